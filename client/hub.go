package client

import (
	"context"

	"birthright/grants/approval"
	"birthright/hub"
)

// Hub has the methods of hub.Hub.
type Hub struct{ *Client }

// Users lists users with their memberships.
func (c Hub) Users(ctx context.Context, _ approval.Actor, q hub.UserQuery) (hub.Page[hub.User], error) {
	query := values("state", string(q.State), "department", q.Department, "team", q.Team, "q", q.Search)
	return pages[hub.User](ctx, c.Client, "/users", query, q.After, q.Limit)
}

// User returns one user, by name or ID, with all that is known.
func (c Hub) User(ctx context.Context, _ approval.Actor, name string) (out hub.User, err error) {
	return out, c.get(ctx, "/users/"+segment(name), nil, &out)
}

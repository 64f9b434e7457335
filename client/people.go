package client

import (
	"context"
	"net/url"
	"time"

	"birthright/grants/approval"
	"birthright/hub"
	"birthright/reconcile"
)

// Me tells who the token speaks for, and what waits for them.
func (c Hub) Me(ctx context.Context, _ approval.Actor) (out hub.Me, err error) {
	return out, c.get(ctx, "/me", nil, &out)
}

// UserThen returns what somebody was and had at a moment.
func (c Hub) UserThen(ctx context.Context, _ approval.Actor, name string, at time.Time) (*hub.Then, error) {
	out := &hub.Then{}
	return out, c.get(ctx, "/users/"+segment(name)+"/then", values("at", exact(at)), out)
}

// UserDifference returns what was not the same of somebody at two moments.
func (c Hub) UserDifference(ctx context.Context, _ approval.Actor, name string, one, other time.Time) (out hub.Difference, err error) {
	return out, c.get(ctx, "/users/"+segment(name)+"/difference", values("at", exact(one), "compare", exact(other)), &out)
}

// exact writes an instant as a parameter.
func exact(t time.Time) string { return t.UTC().Format(time.RFC3339Nano) }

// Explain says why somebody holds access or why not.
func (c Hub) Explain(ctx context.Context, _ approval.Actor, name string, q reconcile.Question) ([]reconcile.Explained, error) {
	query := values("group", q.Group)
	if !q.Entitlement.IsZero() {
		query.Set("entitlement", q.Entitlement.String())
	}
	if q.Lose {
		query.Set("lose", "true")
	}
	var out struct{ Items []reconcile.Explained }
	err := c.get(ctx, "/users/"+segment(name)+"/explain", query, &out)
	return out.Items, err
}

// Timeline tells what happened to somebody, newest first.
func (c Hub) Timeline(ctx context.Context, _ approval.Actor, q hub.TimelineQuery) (hub.Page[hub.Happening], error) {
	return pages[hub.Happening](ctx, c.Client, "/users/"+segment(q.User)+"/timeline", url.Values{}, q.After, q.Limit)
}

// Groups lists groups.
func (c Hub) Groups(ctx context.Context, _ approval.Actor, q hub.GroupQuery) (hub.Page[hub.Group], error) {
	return pages[hub.Group](ctx, c.Client, "/groups", values("q", q.Search), q.After, q.Limit)
}

// Group returns one group.
func (c Hub) Group(ctx context.Context, _ approval.Actor, name string) (out hub.GroupDetail, err error) {
	return out, c.get(ctx, "/groups/"+segment(name), nil, &out)
}

// Members lists who is in a group.
func (c Hub) Members(ctx context.Context, _ approval.Actor, q hub.MemberQuery) (hub.Page[hub.Member], error) {
	return pages[hub.Member](ctx, c.Client, "/groups/"+segment(q.Group)+"/members", values("q", q.Search), q.After, q.Limit)
}

// MembersThen lists who was in a group at a moment.
func (c Hub) MembersThen(ctx context.Context, _ approval.Actor, q hub.MomentQuery) (hub.Page[hub.HeldThen], error) {
	return pages[hub.HeldThen](ctx, c.Client, "/groups/"+segment(q.Group)+"/members/then", values("at", exact(q.At)), q.After, q.Limit)
}

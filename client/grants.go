package client

import (
	"context"
	"time"

	"birthright/grants/approval"
	"birthright/grants/desk"
)

// Grants returns what a query selects, newest first; see Requests.
func (c Desk) Grants(ctx context.Context, _ approval.Actor, q desk.Query) ([]desk.Grant, error) {
	found, err := pages[desk.Grant](ctx, c.Client, "/grants", question(q), "", q.Limit)
	for i := range found.Items {
		found.Items[i].N = number(found.Items[i].ID)
	}
	return found.Items, err
}

// Grant returns one grant.
func (c Desk) Grant(ctx context.Context, _ approval.Actor, id string) (out desk.Grant, err error) {
	return out, c.get(ctx, "/grants/"+segment(id), nil, &out)
}

// Overdue returns what should be gone and is not.
func (c Desk) Overdue(ctx context.Context, _ approval.Actor) ([]desk.Grant, error) {
	var out items[desk.Grant]
	err := c.get(ctx, "/grants/overdue", nil, &out)
	return out.Items, err
}

// Extend asks for a grant to be longer by some time.
func (c Desk) Extend(ctx context.Context, _ approval.Actor, id string, by time.Duration, reason string) (out desk.Extension, err error) {
	return out, c.post(ctx, "/grants/"+segment(id)+"/extend", fields("for", length(by), "reason", reason), &out)
}

// Return gives a grant back.
func (c Desk) Return(ctx context.Context, _ approval.Actor, id string) (out desk.Grant, err error) {
	return out, c.post(ctx, "/grants/"+segment(id)+"/return", nil, &out)
}

// Revoke takes a grant away.
func (c Desk) Revoke(ctx context.Context, _ approval.Actor, id, reason string) (out desk.Grant, err error) {
	return out, c.post(ctx, "/grants/"+segment(id)+"/revoke", map[string]any{"reason": reason}, &out)
}

// BreakGlass gives somebody a group at once, in an emergency.
func (c Desk) BreakGlass(ctx context.Context, _ approval.Actor, w desk.Wish) (out desk.Request, err error) {
	group := ""
	if len(w.Groups) > 0 {
		group = w.Groups[0]
	}
	body := wish(w, "group", group)
	body["reason"] = w.Reason
	return out, c.post(ctx, "/break-glass", body, &out)
}

// Glasses returns the broken glasses that nobody has looked at, or all, oldest first.
func (c Desk) Glasses(ctx context.Context, _ approval.Actor, all bool) ([]desk.Request, error) {
	query := values()
	if all {
		query.Set("all", "true")
	}
	var out items[desk.Request]
	err := c.get(ctx, "/break-glass", query, &out)
	for i := range out.Items {
		out.Items[i].N = number(out.Items[i].ID)
	}
	return out.Items, err
}

// Examine says what came of looking at a broken glass.
func (c Desk) Examine(ctx context.Context, _ approval.Actor, id, verdict, note string) (out desk.Request, err error) {
	return out, c.post(ctx, "/requests/"+segment(id)+"/review", fields("verdict", verdict, "note", note), &out)
}

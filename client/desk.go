package client

import (
	"context"
	"net/http"
	"strconv"

	"birthright/grants/approval"
	"birthright/grants/desk"
)

// Desk has the methods of desk.Desk.
type Desk struct{ *Client }

// items is a list that is whole.
type items[T any] struct{ Items []T }

// Browse looks for what a user can ask for.
func (c Desk) Browse(ctx context.Context, _ approval.Actor, b desk.Browse) (desk.Shelf, error) {
	var out struct {
		Items    []desk.Offer
		Fit, All int
	}
	limit := ""
	if b.Limit > 0 {
		limit = strconv.Itoa(b.Limit)
	}
	err := c.get(ctx, "/catalog", values("user", b.User, "q", b.Search, "limit", limit), &out)
	return desk.Shelf{Offers: out.Items, Fit: out.Fit, All: out.All}, err
}

// Ask makes one request for each group, all or none.
func (c Desk) Ask(ctx context.Context, _ approval.Actor, w desk.Wish) ([]desk.Request, error) {
	var out items[desk.Request]
	err := c.post(ctx, "/requests", wish(w, "groups", w.Groups), &out)
	for i := range out.Items {
		out.Items[i].N = number(out.Items[i].ID)
	}
	return out.Items, err
}

// Requests returns what a query selects, newest first. It does not continue behind a
// page: Before is for who has the database.
func (c Desk) Requests(ctx context.Context, _ approval.Actor, q desk.Query) ([]desk.Request, error) {
	query := question(q)
	if q.Approver != "" {
		query.Set("approver", q.Approver)
	}
	if q.Mine {
		query.Set("mine", "true")
	}
	found, err := pages[desk.Request](ctx, c.Client, "/requests", query, "", q.Limit)
	for i := range found.Items {
		found.Items[i].N = number(found.Items[i].ID)
	}
	return found.Items, err
}

// Request returns one request.
func (c Desk) Request(ctx context.Context, _ approval.Actor, id string) (out desk.Request, err error) {
	return out, c.get(ctx, "/requests/"+segment(id), nil, &out)
}

// Amend changes a request that is open.
func (c Desk) Amend(ctx context.Context, _ approval.Actor, id string, to desk.Amendment) (out desk.Request, err error) {
	body := fields("for", length(to.For), "reason", to.Reason, "ticket", to.Ticket, "start", instant(to.Start))
	return out, c.do(ctx, http.MethodPatch, "/requests/"+segment(id), body, &out)
}

// Decide approves or denies a request.
func (c Desk) Decide(ctx context.Context, _ approval.Actor, id string, w desk.Decision) (desk.Answer, error) {
	verb, body := "deny", map[string]any{"reason": w.Note}
	if w.Approve {
		verb, body = "approve", fields("note", w.Note)
	}
	if w.Revision != 0 {
		body["revision"] = w.Revision
	}
	var out struct {
		desk.Request
		Already bool
	}
	err := c.post(ctx, "/requests/"+segment(id)+"/"+verb, body, &out)
	return desk.Answer{Request: out.Request, Already: out.Already}, err
}

// Cancel takes a request back.
func (c Desk) Cancel(ctx context.Context, _ approval.Actor, id string) (out desk.Request, err error) {
	return out, c.post(ctx, "/requests/"+segment(id)+"/cancel", nil, &out)
}

package client

import (
	"context"
	"net/url"

	"birthright/grants/approval"
	"birthright/hub"
)

// Revocations lists memberships that reviews took away.
func (c Hub) Revocations(ctx context.Context, _ approval.Actor, q hub.TakenQuery) (hub.Page[hub.Revocation], error) {
	return pages[hub.Revocation](ctx, c.Client, "/revocations", taken(q), q.After, q.Limit)
}

// Orders lists access on targets that was ordered to go.
func (c Hub) Orders(ctx context.Context, _ approval.Actor, q hub.TakenQuery) (hub.Page[hub.Order], error) {
	return pages[hub.Order](ctx, c.Client, "/orders", taken(q), q.After, q.Limit)
}

func taken(q hub.TakenQuery) url.Values {
	if q.All {
		return values("all", "true")
	}
	return values()
}

// returned says what is given back and why.
type returned struct {
	IDs    []string `json:"ids"`
	Reason string   `json:"reason"`
}

// Lift ends that reviews keep memberships from people.
func (c Hub) Lift(ctx context.Context, _ approval.Actor, ids []string, reason string) ([]hub.Revocation, error) {
	var out struct{ Items []hub.Revocation }
	err := c.post(ctx, "/revocations/lift", returned{ids, reason}, &out)
	return out.Items, err
}

// Withdraw ends that access on targets is to go.
func (c Hub) Withdraw(ctx context.Context, _ approval.Actor, ids []string, reason string) ([]hub.Order, error) {
	var out struct{ Items []hub.Order }
	err := c.post(ctx, "/orders/withdraw", returned{ids, reason}, &out)
	return out.Items, err
}

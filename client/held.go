package client

import (
	"context"

	"birthright/grants/approval"
	"birthright/hub"
)

// settling is a settlement as the API takes it.
type settling struct {
	IDs    []string `json:"ids,omitempty"`
	All    bool     `json:"all,omitempty"`
	Target string   `json:"target,omitempty"`
	Reason string   `json:"reason"`
	User   string   `json:"user,omitempty"`
	New    bool     `json:"new,omitempty"`
}

// Held lists what guards stopped.
func (c Hub) Held(ctx context.Context, _ approval.Actor, q hub.HeldQuery) (hub.Page[hub.HeldChange], error) {
	query := values("kind", q.Kind, "target", q.Target, "source", q.Source)
	if q.All {
		query.Set("all", "true")
	}
	return pages[hub.HeldChange](ctx, c.Client, "/held", query, q.After, q.Limit)
}

// HeldChange returns one held change with whom it concerns.
func (c Hub) HeldChange(ctx context.Context, _ approval.Actor, id string) (out hub.HeldDetail, err error) {
	return out, c.get(ctx, "/held/"+segment(id), nil, &out)
}

// Release lets held changes go.
func (c Hub) Release(ctx context.Context, _ approval.Actor, by hub.Settlement) ([]hub.HeldChange, error) {
	var out items[hub.HeldChange]
	err := c.post(ctx, "/held/release", settling(by), &out)
	return out.Items, err
}

// Refuse says of held changes that they must not happen.
func (c Hub) Refuse(ctx context.Context, _ approval.Actor, by hub.Settlement) ([]hub.HeldChange, error) {
	var out items[hub.HeldChange]
	err := c.post(ctx, "/held/refuse", settling(by), &out)
	return out.Items, err
}

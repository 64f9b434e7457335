package client

import (
	"context"

	"birthright/grants/approval"
	"birthright/hub"
)

type names struct {
	Names []string `json:"names,omitempty"`
}

// AllTargets lists the configured targets, in their order.
func (c Hub) AllTargets(ctx context.Context, _ approval.Actor) ([]hub.Target, error) {
	var out items[hub.Target]
	err := c.get(ctx, "/targets", nil, &out)
	return out.Items, err
}

// Target returns all that is known of one target.
func (c Hub) Target(ctx context.Context, _ approval.Actor, name string) (out hub.TargetDetail, err error) {
	return out, c.get(ctx, "/targets/"+segment(name), nil, &out)
}

// Entitlements lists what a target can give, without asking it.
func (c Hub) Entitlements(ctx context.Context, _ approval.Actor, q hub.EntitlementQuery) (hub.Page[hub.SeenEntitlement], error) {
	return pages[hub.SeenEntitlement](ctx, c.Client, "/targets/"+segment(q.Target)+"/entitlements", values("q", q.Search), q.After, q.Limit)
}

// CheckTargets asks the named targets, or all, about connection and rights.
func (c Hub) CheckTargets(ctx context.Context, _ approval.Actor, targets []string) ([]hub.Check, error) {
	var out items[hub.Check]
	err := c.post(ctx, "/targets/check", names{targets}, &out)
	return out.Items, err
}

// Catalog asks the named targets, or all, what they can give.
func (c Hub) Catalog(ctx context.Context, _ approval.Actor, targets []string) ([]hub.TargetEntitlement, error) {
	var out items[hub.TargetEntitlement]
	err := c.post(ctx, "/targets/catalog", names{targets}, &out)
	return out.Items, err
}

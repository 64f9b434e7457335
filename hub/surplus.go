package hub

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"

	"birthright/grants/approval"
	"birthright/identity"
	"birthright/reviews/creep"
	"birthright/rights"
)

// Removal is what would remove a surplus, and a mark by which it is known: what is ordered
// is what was looked at.
type Removal struct {
	creep.Plan
	Mark string `json:"mark"`
}

// PlanRemoval lists what would remove the part of the surplus that a query chooses.
func (h *Hub) PlanRemoval(ctx context.Context, a approval.Actor, q ReportQuery) (Removal, error) {
	q.Kind = ReportCreep
	r, err := h.report(ctx, a, &q)
	if err != nil {
		return Removal{}, err
	}
	p := r.Creep.Plan(q.Filter)
	sum := sha256.New()
	for _, o := range p.Orders {
		fmt.Fprintf(sum, "%d %s\n", o.Holder, o.Entitlement)
	}
	return Removal{p, hex.EncodeToString(sum.Sum(nil)[:8])}, nil
}

// Remove orders the surplus removed that a query chooses. Where mark is that of a plan
// that was looked at, and something else would go now, nothing does.
func (h *Hub) Remove(ctx context.Context, a approval.Actor, q ReportQuery, mark, reason string) ([]Order, error) {
	by := ""
	err := h.view(ctx, a, func(s *session) error {
		by = s.Actor.Name
		return s.may(rights.TakeAway, rights.Relation{})
	})
	if err != nil {
		return nil, err
	}
	if strings.TrimSpace(reason) == "" {
		return nil, &identity.Error{Kind: identity.Invalid, Field: "reason", Err: errors.New("say why it is removed: it stands in the audit log")}
	}
	plan, err := h.PlanRemoval(ctx, a, q)
	switch {
	case err != nil:
		return nil, err
	case mark != "" && mark != plan.Mark:
		return nil, &identity.Error{Kind: identity.Conflict, Op: "order removals", Err: errors.New("something else would go now than what you looked at: look again")}
	}
	rows, err := h.Reporter.OrderRemovals(ctx, plan.Plan, by, reason)
	out := make([]Order, len(rows))
	for i, o := range rows {
		out[i] = viewOrder(o)
	}
	return out, err
}

package hub

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"birthright/audit"
	"birthright/grants/approval"
	"birthright/identity"
	"birthright/rights"
	"birthright/store"
)

// Lift ends that reviews keep memberships from people: whoever gives them gives them
// again. One that is not in force is an error, and nothing is lifted.
func (h *Hub) Lift(ctx context.Context, a approval.Actor, ids []string, reason string) (out []Revocation, err error) {
	err = h.update(ctx, a, func(s *session) error {
		if err := s.mayGiveBack(ids, reason); err != nil {
			return err
		}
		found, err := s.tx.RevocationsByID(ctx, lower(ids))
		if err != nil {
			return err
		}
		open := map[string]*store.RevocationRow{}
		for i := range found {
			if found[i].LiftedAt.IsZero() {
				open[found[i].ID] = &found[i]
			}
		}
		var events []audit.Event
		var work []store.Work
		for _, id := range lower(ids) {
			r := open[id]
			if r == nil {
				return notInForce("revocation", id, "`birthright review revocations` lists them")
			}
			out, work = append(out, viewRevocation(r)), append(work, store.Work{UserN: r.UserN})
			events = append(events, s.event("revocation.lifted", "user:"+r.User, map[string]any{"revocation": r.ID, "group": r.Group, "reason": reason}))
		}
		if err := s.tx.LiftRevocations(ctx, lower(ids), s.Actor.Name, events...); err != nil {
			return err
		}
		return s.tx.EnqueueWork(ctx, work)
	})
	return out, err
}

// Withdraw ends that access on targets is to go. One that is not open is an error, and
// nothing is withdrawn.
func (h *Hub) Withdraw(ctx context.Context, a approval.Actor, ids []string, reason string) (out []Order, err error) {
	err = h.update(ctx, a, func(s *session) error {
		if err := s.mayGiveBack(ids, reason); err != nil {
			return err
		}
		found, err := s.tx.OrdersByID(ctx, lower(ids))
		if err != nil {
			return err
		}
		open := map[string]*store.OrderRow{}
		for i := range found {
			if found[i].DoneAt.IsZero() {
				open[found[i].ID] = &found[i]
			}
		}
		var events []audit.Event
		for _, id := range lower(ids) {
			o := open[id]
			if o == nil {
				return notInForce("order", id, "`birthright review orders` lists them")
			}
			out = append(out, viewOrder(o))
			events = append(events, s.event("order.withdrawn", "target:"+o.Target, map[string]any{
				"order": o.ID, "account": o.Account, "entitlement": o.Entitlement.String(), "reason": reason,
			}))
		}
		return s.tx.EndOrders(ctx, lower(ids), store.OrderWithdrawn, events...)
	})
	return out, err
}

func (s *session) mayGiveBack(ids []string, reason string) error {
	if err := s.may(rights.GiveBack, rights.Relation{}); err != nil {
		return err
	}
	switch {
	case strings.TrimSpace(reason) == "":
		return &identity.Error{Kind: identity.Invalid, Field: "reason", Err: errors.New("say why: it stands in the audit log"), Hint: "--reason TEXT"}
	case len(ids) == 0:
		return &identity.Error{Kind: identity.Invalid, Field: "ids", Err: errors.New("say which")}
	}
	return nil
}

func lower(ids []string) []string {
	out := make([]string, len(ids))
	for i, id := range ids {
		out[i] = strings.ToLower(strings.TrimSpace(id))
	}
	slices.Sort(out)
	return slices.Compact(out)
}

func notInForce(what, id, hint string) error {
	return &identity.Error{Kind: identity.NotFound, Err: fmt.Errorf("there is no %s %s in force", what, id), Hint: hint}
}

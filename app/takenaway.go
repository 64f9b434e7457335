package app

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"birthright/audit"
	"birthright/identity"
	"birthright/store"
)

// LiftRevocations ends that reviews keep memberships from people: whoever gives them
// gives them again. One that is not in force is an error, and nothing is lifted.
func (a *App) LiftRevocations(ctx context.Context, ids []string, by, reason string) ([]store.RevocationRow, error) {
	var lifted []store.RevocationRow
	err := a.Store.Update(ctx, func(tx *store.Tx) error {
		open, err := tx.OpenRevocations(ctx)
		if err != nil {
			return err
		}
		var events []audit.Event
		var work []store.Work
		for _, id := range ids {
			at := slices.IndexFunc(open, func(r store.RevocationRow) bool { return r.ID == strings.ToLower(id) })
			if at < 0 {
				return notInForce("revocation", id, "`birthright review revocations` lists them")
			}
			r := open[at]
			lifted, work = append(lifted, r), append(work, store.Work{UserN: r.UserN})
			events = append(events, audit.Event{Actor: by, Action: "revocation.lifted", Subject: "user:" + r.User, Detail: map[string]any{
				"revocation": r.ID, "group": r.Group, "reason": reason,
			}})
		}
		if err := tx.LiftRevocations(ctx, idsOf(lifted), by, events...); err != nil {
			return err
		}
		return tx.EnqueueWork(ctx, work)
	})
	if err == nil {
		a.wakeWorkers()
	}
	return lifted, err
}

func idsOf(rows []store.RevocationRow) []string {
	out := make([]string, len(rows))
	for i, r := range rows {
		out[i] = r.ID
	}
	return out
}

// WithdrawOrders ends that access on targets is to go. One that is not open is an error,
// and nothing is withdrawn.
func (a *App) WithdrawOrders(ctx context.Context, ids []string, by, reason string) ([]store.OrderRow, error) {
	var withdrawn []store.OrderRow
	return withdrawn, a.Store.Update(ctx, func(tx *store.Tx) error {
		open, err := tx.OpenOrders(ctx, "", nil)
		if err != nil {
			return err
		}
		var events []audit.Event
		var names []string
		for _, id := range ids {
			at := slices.IndexFunc(open, func(o store.OrderRow) bool { return o.ID == strings.ToLower(id) })
			if at < 0 {
				return notInForce("order", id, "`birthright review orders` lists them")
			}
			o := open[at]
			withdrawn, names = append(withdrawn, o), append(names, o.ID)
			events = append(events, audit.Event{Actor: by, Action: "order.withdrawn", Subject: "target:" + o.Target, Detail: map[string]any{
				"order": o.ID, "account": o.Account, "entitlement": o.Entitlement.String(), "reason": reason,
			}})
		}
		return tx.EndOrders(ctx, names, store.OrderWithdrawn, events...)
	})
}

func notInForce(what, id, hint string) error {
	return &identity.Error{Kind: identity.NotFound, Err: fmt.Errorf("there is no %s %s in force", what, id), Hint: hint}
}

package reconcile

import (
	"cmp"
	"context"
	"time"

	"birthright/audit"
	"birthright/plan"
	"birthright/store"
)

// hold puts what a guard stopped where a person finds it, and drops what is no
// longer planned.
func (a *applier) hold(ctx context.Context) error {
	known := map[string]bool{}
	for _, row := range a.heldRows {
		known[row.ID] = true
	}
	planned := map[string]bool{}
	for _, c := range a.changes {
		planned[c.ID] = true // released: stays until it is done
	}
	var fresh []plan.Stopped
	for _, s := range a.stopped {
		planned[s.Change.ID] = true
		if !known[s.Change.ID] {
			fresh = append(fresh, s)
		}
	}
	var over []string
	for _, row := range a.heldRows {
		if !planned[row.ID] && a.looksAfter(row.UserN) {
			over = append(over, row.ID)
		}
	}
	if len(fresh)+len(over) == 0 {
		return nil
	}
	err := a.updateLocked(ctx, func(tx *store.Tx) error { return a.keepHeld(ctx, tx, fresh, over) })
	if err == nil && len(fresh) > 0 {
		a.tellHeld(fresh)
	}
	return err
}

// tellHeld has the witness hear what was stopped.
func (a *applier) tellHeld(stopped []plan.Stopped) {
	told := make([]Held, len(stopped))
	for i, s := range stopped {
		told[i] = reportHeld(s)
	}
	a.Witness.Held(a.run, a.partOf, a.dest.Name(), told)
}

func (a *applier) keepHeld(ctx context.Context, tx *store.Tx, fresh []plan.Stopped, over []string) error {
	rows := make([]store.HeldRow, len(fresh))
	events := make([]audit.Event, len(fresh))
	for i, s := range fresh {
		rows[i] = heldRow(s, tx.Now())
		events[i] = a.heldEvent(s)
	}
	if err := tx.SaveHeld(ctx, rows, events...); err != nil {
		return err
	}
	return tx.DropHeld(ctx, over)
}

// looksAfter reports whether this run planned for the user; 0 stands for the
// accounts that nobody owns.
func (a *applier) looksAfter(userN int64) bool {
	if userN == 0 {
		return a.whole
	}
	_, ok := a.person(userN)
	return ok
}

func heldRow(s plan.Stopped, now time.Time) store.HeldRow {
	c := s.Change
	return store.HeldRow{
		ID: c.ID, Kind: store.HeldRemoval, Target: c.Target, UserN: c.UserN, Subject: cmp.Or(c.User, c.Account.Name),
		Action: string(c.Action), Entitlement: address(c.Entitlement), Reason: s.Reason, Created: now,
		Data: map[string]any{"account": c.Account.Name},
	}
}

func (a *applier) heldEvent(s plan.Stopped) audit.Event {
	e := a.event("change.held", s.Change)
	e.Detail["causes"] = causeTexts(s.Change)
	e.Detail["reason"] = s.Reason
	return e
}

package reconcile

import (
	"context"
	"slices"

	"birthright/audit"
	"birthright/plan"
	"birthright/store"
	"birthright/targets"
)

// A change is open from its intent to its outcome, and all that time the target
// is locked. One that is open while somebody else has the lock was left behind
// by a program that was killed in between: whether it happened can only be seen
// on the target. Whoever plans for its user looks there first, and closes it.

// leftBehind reports whether some user's change may have been left behind.
func (p *picture) leftBehind(users []int64) bool {
	return slices.ContainsFunc(p.leftovers, func(c store.ChangeRow) bool { return slices.Contains(users, c.UserN) })
}

// closeLeftovers ends the changes left behind whose fate the picture has shown.
func (a *applier) closeLeftovers(ctx context.Context, tx *store.Tx) error {
	open, err := tx.OpenChanges(ctx, a.dest.Name())
	if err != nil {
		return err
	}
	seen := make(map[string]bool, len(a.leftovers))
	for _, c := range a.leftovers {
		seen[c.ID] = a.whole || c.UserN != 0 && a.looksAfter(c.UserN)
	}
	var closed []store.ChangeRow
	var events []audit.Event
	for _, c := range open {
		if !seen[c.ID] {
			continue
		}
		c.Outcome, c.FinishedAt = string(targets.Unknown), tx.Now()
		c.Error = "the program stopped before the outcome was known; the target was looked at again"
		closed = append(closed, c)
		events = append(events, audit.Event{
			Actor: actorHub, Action: "change.outcome", Subject: subject(c.User, c.Target), Run: c.Run,
			Detail: map[string]any{"change": changeName(c), "target": c.Target, "outcome": c.Outcome, "error": c.Error},
		})
	}
	if err := a.sessionsLeftBehind(ctx, tx, closed); err != nil {
		return err
	}
	return tx.SaveChanges(ctx, closed, events...)
}

// An account that was asked for is the hub's from the intent on, as an
// entitlement is: its answer may be lost, and whoever it was made for may have
// left before anybody looks. Until it is seen, its row has no native id.

// asking is the row of an account that is about to be made.
func (a *applier) asking(c plan.Change) store.AccountRow {
	return store.AccountRow{TargetN: a.state.N, UserN: c.UserN, Name: c.Account.Name, Active: true, Managed: true}
}

// asked reports whether a row stands for an account that was asked for and not
// seen yet.
func asked(row store.AccountRow) bool { return row.Managed && row.NativeID == "" }

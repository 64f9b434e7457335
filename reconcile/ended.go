package reconcile

import (
	"context"
	"slices"

	"birthright/identity"
	"birthright/plan"
	"birthright/store"
)

// A membership that is lost because its time is over ends by order: no guard may
// keep it. The membership itself is forgotten at once; that it ended so is noted
// with what it gave, and stays until that is taken away or given anew, so that a
// target that was down for days, or a program that was killed, makes no removal
// of unknown cause of it.

// endAccess notes what memberships gave whose time was over. What another
// membership still gives has not ended.
func (d *decision) endAccess(ctx context.Context, tx *store.Tx, diffs []membershipDiff) error {
	users := map[identity.Entitlement][]int64{}
	var all []identity.Entitlement
	for _, diff := range diffs {
		if len(diff.ended) == 0 {
			continue
		}
		given := map[identity.Entitlement]bool{}
		for _, row := range d.memberships(diff.user) {
			for _, e := range d.accessOf(row.GroupN) {
				given[e] = true
			}
		}
		for _, group := range diff.ended {
			for _, e := range d.accessOf(group) {
				if !given[e] {
					given[e] = true // once is enough
					users[e], all = append(users[e], diff.user.n), append(all, e)
				}
			}
		}
	}
	if len(all) == 0 {
		return nil
	}
	numbers, err := tx.EntitlementNumbers(ctx, all, false)
	if err != nil {
		return err
	}
	perTarget := map[string]map[int64][]int64{}
	for e, n := range numbers {
		if perTarget[e.Target] == nil {
			perTarget[e.Target] = map[int64][]int64{}
		}
		perTarget[e.Target][n] = users[e]
	}
	for target, ended := range perTarget {
		state, err := stateOf(ctx, tx, target)
		if err != nil {
			return err
		}
		if err := tx.EndAssignments(ctx, state.N, ended); err != nil {
			return err
		}
	}
	return nil
}

// accessOf returns what a group carries on all targets.
func (d *decision) accessOf(groupN int64) []identity.Entitlement {
	group, _ := d.engine.Group(d.groups.name(groupN))
	return group.Access
}

// markEnded notes in what a user has on this target what this very decision ends:
// a plan that is only shown has it nowhere else.
func (w *wants) markEnded(userN int64, have []plan.Holding) {
	for _, e := range w.decision.endedAccess[userN] {
		if n, known := w.ents.numbers[e]; known {
			for i, h := range have {
				have[i].Ended = h.Ended || h.Entitlement == n
			}
		}
	}
	for _, group := range w.decision.ended[userN] {
		for i, h := range have {
			if slices.Contains(w.byGroup[group], h.Entitlement) {
				have[i].Ended = true
			}
		}
	}
}

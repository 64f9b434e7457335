package reconcile

import (
	"context"
	"slices"

	"birthright/store"
)

// A decision grows old while others decide too: the event loop about users who
// change during a full run, another process at the same time. Nothing is written
// or sent for a user about whom somebody decided since; such a user is put into
// the work queue, so that whoever was first, the last decision is a fresh one.

// outdated returns those of the users for whom d no longer holds, given the
// groups in which d takes each of them to be stored now.
func (d *decision) outdated(ctx context.Context, tx *store.Tx, users []decided, stored func(decided) []int64) ([]int64, error) {
	ns := make([]int64, len(users))
	for i, u := range users {
		ns[i] = u.n
	}
	modified, err := tx.ModifiedTimes(ctx, ns)
	if err != nil {
		return nil, err
	}
	rows, err := tx.MembershipsOfUsers(ctx, ns)
	if err != nil {
		return nil, err
	}
	var old []int64
	for _, u := range users {
		found := groupNumbers(rowsOf(rows, u.n))
		if !modified[u.n].Equal(u.modified) || !slices.Equal(found, stored(u)) {
			old = append(old, u.n)
		}
	}
	return old, nil
}

func groupNumbers(rows []store.MembershipRow) []int64 {
	ns := make([]int64, len(rows))
	for i, row := range rows {
		ns[i] = row.GroupN
	}
	return ns
}

// decideAgain has users looked at by whoever takes the next piece of work.
func decideAgain(ctx context.Context, tx *store.Tx, users []int64) error {
	if len(users) == 0 {
		return nil
	}
	work := make([]store.Work, len(users))
	for i, n := range users {
		work[i] = store.Work{UserN: n}
	}
	return tx.EnqueueWork(ctx, work)
}

// current returns the diffs of users about whom nobody else decided.
func (d *decision) current(ctx context.Context, tx *store.Tx, diffs []membershipDiff) ([]membershipDiff, error) {
	users := make([]decided, len(diffs))
	before := make(map[int64][]int64, len(diffs))
	for i, diff := range diffs {
		users[i] = diff.user
		before[diff.user.n] = diff.before(d)
	}
	old, err := d.outdated(ctx, tx, users, func(u decided) []int64 { return before[u.n] })
	if err != nil || len(old) == 0 {
		return diffs, err
	}
	kept := slices.DeleteFunc(slices.Clone(diffs), func(diff membershipDiff) bool { return slices.Contains(old, diff.user.n) })
	return kept, decideAgain(ctx, tx, old)
}

// before returns the groups that were stored when the user was decided about.
func (diff membershipDiff) before(d *decision) []int64 {
	groups := slices.Clone(diff.drop)
	for _, row := range d.memberships(diff.user) {
		if !slices.Contains(diff.gained, row.GroupN) {
			groups = append(groups, row.GroupN)
		}
	}
	slices.Sort(groups)
	return groups
}

// outdated returns those of the users for whom the plan no longer holds, and
// has them looked at again.
func (a *applier) outdated(ctx context.Context, tx *store.Tx, users []int64) (map[int64]bool, error) {
	slices.Sort(users)
	var ours []decided
	for _, n := range slices.Compact(users) {
		if u, ok := a.person(n); ok {
			ours = append(ours, u)
		}
	}
	old, err := a.decision.outdated(ctx, tx, ours, func(u decided) []int64 { return groupNumbers(a.decision.memberships(u)) })
	if err != nil {
		return nil, err
	}
	out := make(map[int64]bool, len(old))
	a.mu.Lock()
	for _, n := range old {
		out[n], a.superseded[n] = true, true
	}
	a.mu.Unlock()
	return out, decideAgain(ctx, tx, old)
}

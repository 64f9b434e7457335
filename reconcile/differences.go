package reconcile

import (
	"cmp"
	"context"
	"slices"

	"birthright/store"
)

// membershipDiff is how one user's memberships differ from the stored ones.
type membershipDiff struct {
	user decided
	put  []store.MembershipRow
	drop []int64 // group numbers
	// gained are the groups in put that were not there before; the others only
	// changed their causes.
	gained []int64
	// ended are the groups in drop for which the time had come: see ended.go.
	ended []int64
}

// compareAll compares with the stored rows while they stream by: both sides are
// in the order of the users.
func (d *decision) compareAll(ctx context.Context, tx *store.Tx) error {
	next := 0
	var stored []store.MembershipRow // of the user at next
	flushUntil := func(userN int64) {
		for next < len(d.users) && d.users[next].n < userN {
			d.compareUser(&d.users[next], stored)
			stored = stored[:0]
			next++
		}
	}
	err := tx.EachMembership(ctx, func(row store.MembershipRow) error {
		flushUntil(row.UserN)
		stored = append(stored, row)
		return nil
	})
	flushUntil(1<<63 - 1)
	return err
}

// compare is compareAll for rows at hand.
func (d *decision) compare(stored []store.MembershipRow) {
	for i := range d.users {
		u := &d.users[i]
		from := 0
		for from < len(stored) && stored[from].UserN < u.n {
			from++
		}
		to := from
		for to < len(stored) && stored[to].UserN == u.n {
			to++
		}
		d.compareUser(u, stored[from:to])
		stored = stored[to:]
	}
}

// rowsOf returns one user's part of rows that are ordered by user.
func rowsOf(rows []store.MembershipRow, userN int64) []store.MembershipRow {
	from, _ := slices.BinarySearchFunc(rows, userN, func(row store.MembershipRow, n int64) int { return cmp.Compare(row.UserN, n) })
	to := from
	for to < len(rows) && rows[to].UserN == userN {
		to++
	}
	return rows[from:to]
}

// compareUser merges the two ascending lists of one user.
func (d *decision) compareUser(u *decided, stored []store.MembershipRow) {
	var diff membershipDiff
	want := d.rows[u.from:u.to]
	for len(want) > 0 || len(stored) > 0 {
		switch {
		case len(stored) == 0 || len(want) > 0 && want[0].GroupN < stored[0].GroupN:
			want[0].Since = d.at.UnixMicro()
			diff.put, diff.gained = append(diff.put, want[0]), append(diff.gained, want[0].GroupN)
			want = want[1:]
		case len(want) == 0 || stored[0].GroupN < want[0].GroupN:
			diff.drop = append(diff.drop, stored[0].GroupN)
			if ends := stored[0].EndsAt; ends != 0 && ends <= d.at.UnixMicro() {
				diff.ended = append(diff.ended, stored[0].GroupN)
			}
			stored = stored[1:]
		default:
			// An edit of the policy that leaves a membership alone leaves its row alone.
			want[0].Since, want[0].PolicyN = stored[0].Since, stored[0].PolicyN
			if stored[0] != want[0] {
				diff.put = append(diff.put, want[0])
			}
			want, stored = want[1:], stored[1:]
		}
	}
	if len(diff.put)+len(diff.drop) > 0 {
		diff.user = *u
		d.diffs = append(d.diffs, diff)
		if len(diff.ended) > 0 {
			d.ended[u.n] = diff.ended
		}
	}
}

package store

import (
	"context"
	"slices"

	"birthright/audit"
)

// MembershipRow is user × group by numbers. Times are microseconds since 1970
// in UTC; EndsAt is 0 when no cause has an end.
type MembershipRow struct {
	UserN, GroupN, CausesN int64 // CausesN: see CauseSetNumber
	Since, EndsAt          int64
	// PolicyN is the loading of the policy under which it was given with these
	// causes; 0 where that was not kept.
	PolicyN int64
}

// Pair names a membership.
type Pair struct{ UserN, GroupN int64 }

var membershipColumns = ints("user_n", "group_n", "causes_n", "since", "ends_at", "policy_n", "from_at")

const selectMemberships = "SELECT user_n, group_n, causes_n, since, ends_at, policy_n FROM memberships "

func readMembership(row scanner) (m MembershipRow, err error) {
	err = row.Scan(&m.UserN, &m.GroupN, &m.CausesN, &m.Since, &m.EndsAt, &m.PolicyN)
	return m, err
}

// EachMembership hands every membership to fn, by UserN and GroupN. It reads
// them in pages: fn may use the transaction.
func (tx *Tx) EachMembership(ctx context.Context, fn func(MembershipRow) error) error {
	return stream(func(after *MembershipRow) ([]MembershipRow, error) {
		var from MembershipRow
		if after != nil {
			from = *after
		}
		return list(ctx, tx, readMembership, selectMemberships+"WHERE (user_n, group_n) > (?, ?) ORDER BY user_n, group_n LIMIT ?",
			from.UserN, from.GroupN, page)
	}, fn)
}

// MembershipsOfUsers returns the memberships of these users, by UserN and GroupN.
func (tx *Tx) MembershipsOfUsers(ctx context.Context, userNs []int64) ([]MembershipRow, error) {
	return list(ctx, tx, readMembership, selectMemberships+"WHERE user_n IN {numbers} ORDER BY user_n, group_n", numbers(userNs))
}

// MembersOf returns up to limit memberships of a group, by UserN, that follow
// afterUserN. A limit of 0 is no bound.
func (tx *Tx) MembersOf(ctx context.Context, groupN, afterUserN int64, limit int) ([]MembershipRow, error) {
	return list(ctx, tx, readMembership, selectMemberships+"WHERE group_n = ? AND user_n > ? ORDER BY user_n LIMIT ?",
		groupN, afterUserN, bound(limit))
}

// bound is a LIMIT for which 0 means none.
func bound(limit int) int64 {
	if limit <= 0 {
		return 1 << 62
	}
	return int64(limit)
}

// dropChunk is how many rows one statement deletes.
const dropChunk = 20_000

// ChangeMemberships deletes drop, then inserts or replaces put. What was before is
// kept: see history.go.
func (tx *Tx) ChangeMemberships(ctx context.Context, put []MembershipRow, drop []Pair, events ...audit.Event) error {
	counts := counting{}
	for chunk := range slices.Chunk(drop, dropChunk) {
		list := make(pairs, len(chunk))
		for i, p := range chunk {
			list[i] = [2]int64{p.UserN, p.GroupN}
		}
		if err := tx.keepFormer(ctx, list); err != nil {
			return err
		}
		if err := tx.countDropped(ctx, list, counts); err != nil {
			return err
		}
		if err := tx.exec(ctx, "DELETE FROM memberships WHERE (user_n, group_n) IN {pairs}", list); err != nil {
			return err
		}
	}
	put = lastOf(put, func(m MembershipRow) Pair { return Pair{m.UserN, m.GroupN} })
	from, err := tx.keepReplaced(ctx, put, counts)
	if err != nil {
		return err
	}
	into := bulk{"memberships", membershipColumns, replacing("user_n, group_n", membershipColumns)}
	err = into.write(ctx, tx, len(put), func(i int, v []any) {
		m := put[i]
		v[0], v[1], v[2], v[3], v[4], v[5], v[6] = m.UserN, m.GroupN, m.CausesN, m.Since, m.EndsAt, m.PolicyN, from[i]
	})
	if err == nil {
		err = tx.saveCounts(ctx, counts)
	}
	return tx.note(err, events)
}

package store

import (
	"cmp"
	"context"
	"maps"
	"slices"
)

// How many members a group has is counted as memberships come and go, by the statements
// that write them: a group of a million says it as quickly as one of three.

// CauseCount is how many members of a group are in it by one list of causes.
type CauseCount struct {
	GroupN, CausesN int64 // CausesN: see CauseSetNumber
	Members         int
}

// counting is by how much the counts of some groups and causes change.
type counting map[[2]int64]int64

func (c counting) add(groupN, causesN, members int64) { c[[2]int64{groupN, causesN}] += members }

// countDropped counts what is about to be deleted.
func (tx *Tx) countDropped(ctx context.Context, list pairs, counts counting) error {
	return tx.each(ctx, func(row scanner) error {
		var group, causes, members int64
		err := row.Scan(&group, &causes, &members)
		counts.add(group, causes, -members)
		return err
	}, "SELECT group_n, causes_n, count(*) FROM memberships WHERE (user_n, group_n) IN {pairs} GROUP BY group_n, causes_n", list)
}

// saveCounts writes what changed, and forgets causes that nobody is in a group by.
func (tx *Tx) saveCounts(ctx context.Context, counts counting) error {
	maps.DeleteFunc(counts, func(_ [2]int64, by int64) bool { return by == 0 })
	keys := slices.SortedFunc(maps.Keys(counts), func(a, b [2]int64) int { return cmp.Or(cmp.Compare(a[0], b[0]), cmp.Compare(a[1], b[1])) })
	into := bulk{"membership_counts", ints("group_n", "causes_n", "members"), "(group_n, causes_n) DO UPDATE SET members = membership_counts.members + excluded.members"}
	err := into.write(ctx, tx, len(keys), func(i int, v []any) { v[0], v[1], v[2] = keys[i][0], keys[i][1], counts[keys[i]] })
	if err != nil {
		return err
	}
	less := slices.DeleteFunc(keys, func(k [2]int64) bool { return counts[k] > 0 })
	if len(less) == 0 {
		return nil
	}
	return tx.exec(ctx, "DELETE FROM membership_counts WHERE (group_n, causes_n) IN {pairs} AND members <= 0", pairs(less))
}

// CountsByCauses returns how many members some groups have by each list of causes, by
// group and list.
func (tx *Tx) CountsByCauses(ctx context.Context, groupNs []int64) ([]CauseCount, error) {
	return list(ctx, tx, func(row scanner) (c CauseCount, err error) {
		err = row.Scan(&c.GroupN, &c.CausesN, &c.Members)
		return c, err
	}, "SELECT group_n, causes_n, members FROM membership_counts WHERE group_n IN {numbers} ORDER BY group_n, causes_n", numbers(groupNs))
}

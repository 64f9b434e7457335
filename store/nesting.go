package store

import (
	"context"
	"slices"

	"birthright/identity"
)

// fillGroups sets the Groups of a few users: it follows the nesting of groups
// upwards from these users only. The recursion drops what it has seen, so a
// cycle of groups ends.
func (tx *Tx) fillGroups(ctx context.Context, users []identity.User) error {
	at := make(map[int64]int, len(users))
	ns := make(numbers, len(users))
	for i, u := range users {
		at[u.N], ns[i] = i, u.N
	}
	if len(users) == 0 {
		return nil
	}
	return tx.each(ctx, func(row scanner) error {
		var n int64
		var name string
		if err := row.Scan(&n, &name); err != nil {
			return err
		}
		u := &users[at[n]]
		u.Groups = append(u.Groups, name)
		return nil
	}, `WITH RECURSIVE above (user_n, group_n) AS (
			SELECT r.user_n, m.group_n FROM records r
			JOIN source_members m ON m.is_group = FALSE AND m.member_n = r.n
			WHERE r.user_n IN {numbers} AND r.user_n <> 0 AND r.gone_at = 0
			UNION
			SELECT above.user_n, m.group_n FROM above
			JOIN source_members m ON m.is_group = TRUE AND m.member_n = above.group_n
		)
		SELECT DISTINCT above.user_n, g.name FROM above JOIN source_groups g ON g.n = above.group_n ORDER BY 1, 2`, ns)
}

// nesting knows the names of all groups and which groups each is in.
type nesting struct {
	names   map[int64]string
	parents map[int64][]int64
	closure map[int64][]string // memo of above
}

func (tx *Tx) loadNesting(ctx context.Context) (*nesting, error) {
	n := &nesting{names: map[int64]string{}, parents: map[int64][]int64{}, closure: map[int64][]string{}}
	err := tx.each(ctx, func(row scanner) error {
		var group int64
		var name string
		err := row.Scan(&group, &name)
		n.names[group] = name
		return err
	}, "SELECT n, name FROM source_groups")
	if err != nil {
		return nil, err
	}
	return n, tx.each(ctx, func(row scanner) error {
		var child, parent int64
		err := row.Scan(&child, &parent)
		n.parents[child] = append(n.parents[child], parent)
		return err
	}, "SELECT member_n, group_n FROM source_members WHERE is_group = TRUE")
}

// above returns the names of the group and of all groups that it is in.
func (n *nesting) above(group int64) []string {
	if names, ok := n.closure[group]; ok {
		return names
	}
	var names []string
	seen := map[int64]bool{group: true}
	for queue := []int64{group}; len(queue) > 0; queue = queue[1:] {
		if name, ok := n.names[queue[0]]; ok {
			names = append(names, name)
		}
		for _, parent := range n.parents[queue[0]] {
			if !seen[parent] {
				seen[parent] = true
				queue = append(queue, parent)
			}
		}
	}
	n.closure[group] = names
	return names
}

// fillGroupsByNesting sets the Groups of a page of users, which are sorted by N
// and next to each other.
func (tx *Tx) fillGroupsByNesting(ctx context.Context, users []identity.User, nesting *nesting) error {
	at := 0
	err := tx.each(ctx, func(row scanner) error {
		var userN, group int64
		if err := row.Scan(&userN, &group); err != nil {
			return err
		}
		for at < len(users) && users[at].N < userN {
			at++
		}
		if at < len(users) && users[at].N == userN {
			users[at].Groups = append(users[at].Groups, nesting.above(group)...)
		}
		return nil
	}, `SELECT r.user_n, m.group_n FROM records r JOIN source_members m ON m.is_group = FALSE AND m.member_n = r.n
		WHERE r.user_n BETWEEN ? AND ? AND r.user_n <> 0 AND r.gone_at = 0 ORDER BY r.user_n`, users[0].N, users[len(users)-1].N)
	for i := range users {
		slices.Sort(users[i].Groups)
		users[i].Groups = slices.Compact(users[i].Groups)
	}
	return err
}

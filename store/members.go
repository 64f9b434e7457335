package store

import (
	"cmp"
	"context"
	"slices"

	"birthright/audit"
)

// Member is a direct member of a source group, as people need to see it.
type Member struct {
	N       int64
	ID, Key string
	Name    string // display name, or else user name
	Group   bool   // the member is a group itself
}

// MemberN names a member by number: a record, or a source group if Group is set.
type MemberN struct {
	N     int64
	Group bool
}

func compareMembers(a, b MemberN) int {
	if a.Group != b.Group {
		if a.Group {
			return 1
		}
		return -1
	}
	return cmp.Compare(a.N, b.N)
}

// GroupMembers returns the direct members: live records by N, then groups by N.
func (tx *Tx) GroupMembers(ctx context.Context, groupN int64) ([]Member, error) {
	return list(ctx, tx, func(row scanner) (m Member, err error) {
		err = row.Scan(&m.N, &m.ID, &m.Key, &m.Name, &m.Group)
		return m, err
	}, `SELECT r.n, r.id, r.key, r.name, m.is_group FROM source_members m JOIN records r ON r.n = m.member_n
		WHERE m.group_n = ? AND m.is_group = FALSE AND r.gone_at = 0
		UNION ALL
		SELECT g.n, g.id, g.key, g.name, m.is_group FROM source_members m JOIN source_groups g ON g.n = m.member_n
		WHERE m.group_n = ? AND m.is_group = TRUE
		ORDER BY 5, 1`, groupN, groupN)
}

// HasMember reports whether the record, or the group, is a direct member.
func (tx *Tx) HasMember(ctx context.Context, groupN, memberN int64, group bool) (bool, error) {
	n, err := tx.number(ctx, "SELECT count(*) FROM source_members WHERE group_n = ? AND is_group = ? AND member_n = ?", groupN, group, memberN)
	return n > 0, err
}

// CountMembers returns how many direct members the group has, gone records too.
func (tx *Tx) CountMembers(ctx context.Context, groupN int64) (int64, error) {
	return tx.number(ctx, "SELECT count(*) FROM source_members WHERE group_n = ?", groupN)
}

// TouchGroupsOf counts a change of each group that has the record, or the group, as
// a direct member: it is about to go, and who has read such a group has read of it.
func (tx *Tx) TouchGroupsOf(ctx context.Context, memberN int64, group bool) error {
	return tx.exec(ctx, `UPDATE source_groups SET version = version + 1, modified = ?
		WHERE n IN (SELECT group_n FROM source_members WHERE is_group = ? AND member_n = ?)`, micros(tx.Now()), group, memberN)
}

// AddMembers makes members direct members of the group and returns those that
// were not before, sorted. It reads nothing of the group's other members.
func (tx *Tx) AddMembers(ctx context.Context, groupN int64, members []MemberN, events ...audit.Event) (changed []MemberN, err error) {
	present, err := tx.presentMembers(ctx, groupN, members)
	if err != nil {
		return nil, err
	}
	changed = without(members, present)
	return changed, tx.note(tx.insertMembers(ctx, groupN, changed), events)
}

// RemoveMembers takes members out of the group and returns those that were in
// it, sorted.
func (tx *Tx) RemoveMembers(ctx context.Context, groupN int64, members []MemberN, events ...audit.Event) (changed []MemberN, err error) {
	changed, err = tx.presentMembers(ctx, groupN, members)
	if err != nil {
		return nil, err
	}
	return changed, tx.note(tx.deleteMembers(ctx, groupN, changed), events)
}

// SetMembers makes members the group's direct members and no others. It writes
// the difference only and returns it, sorted.
func (tx *Tx) SetMembers(ctx context.Context, groupN int64, members []MemberN, events ...audit.Event) (added, removed []MemberN, err error) {
	stored, err := list(ctx, tx, readMember, "SELECT member_n, is_group FROM source_members WHERE group_n = ?", groupN)
	if err != nil {
		return nil, nil, err
	}
	added, removed = without(members, stored), without(stored, members)
	if err := tx.deleteMembers(ctx, groupN, removed); err != nil {
		return nil, nil, err
	}
	return added, removed, tx.note(tx.insertMembers(ctx, groupN, added), events)
}

func readMember(row scanner) (m MemberN, err error) {
	err = row.Scan(&m.N, &m.Group)
	return m, err
}

// presentMembers returns those of members that are in the group, sorted.
func (tx *Tx) presentMembers(ctx context.Context, groupN int64, members []MemberN) ([]MemberN, error) {
	var present []MemberN
	for _, group := range []bool{false, true} {
		ns := memberNumbers(members, group)
		if len(ns) == 0 {
			continue
		}
		found, err := list(ctx, tx, readMember, `SELECT member_n, is_group FROM source_members
			WHERE group_n = ? AND is_group = ? AND member_n IN {numbers} ORDER BY member_n`, groupN, group, ns)
		if err != nil {
			return nil, err
		}
		present = append(present, found...)
	}
	return present, nil
}

func (tx *Tx) insertMembers(ctx context.Context, groupN int64, members []MemberN) error {
	into := bulk{table: "source_members", columns: concat(ints("group_n"), truths("is_group"), ints("member_n"))}
	return into.write(ctx, tx, len(members), func(i int, v []any) { v[0], v[1], v[2] = groupN, members[i].Group, members[i].N })
}

func (tx *Tx) deleteMembers(ctx context.Context, groupN int64, members []MemberN) error {
	for _, group := range []bool{false, true} {
		ns := memberNumbers(members, group)
		if len(ns) == 0 {
			continue
		}
		err := tx.exec(ctx, "DELETE FROM source_members WHERE group_n = ? AND is_group = ? AND member_n IN {numbers}", groupN, group, ns)
		if err != nil {
			return err
		}
	}
	return nil
}

func memberNumbers(members []MemberN, group bool) numbers {
	var ns numbers
	for _, m := range members {
		if m.Group == group {
			ns = append(ns, m.N)
		}
	}
	return ns
}

// without returns the members of a that are not in b, sorted, each once.
func without(a, b []MemberN) []MemberN {
	in := make(map[MemberN]bool, len(b))
	for _, m := range b {
		in[m] = true
	}
	var out []MemberN
	for _, m := range a {
		if !in[m] {
			in[m] = true
			out = append(out, m)
		}
	}
	slices.SortFunc(out, compareMembers)
	return out
}

// UsersUnderGroups returns the users with a live record in one of the groups,
// directly or through nested ones, ascending.
func (tx *Tx) UsersUnderGroups(ctx context.Context, groupNs []int64) ([]int64, error) {
	return list(ctx, tx, readNumber, `WITH RECURSIVE below (group_n) AS (
			SELECT * FROM {numbers} AS start
			UNION
			SELECT m.member_n FROM below JOIN source_members m ON m.group_n = below.group_n AND m.is_group = TRUE
		)
		SELECT DISTINCT r.user_n FROM below
		JOIN source_members m ON m.group_n = below.group_n AND m.is_group = FALSE
		JOIN records r ON r.n = m.member_n
		WHERE r.user_n <> 0 AND r.gone_at = 0 ORDER BY 1`, numbers(groupNs))
}

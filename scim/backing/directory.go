package backing

import (
	"context"

	"birthright/identity"
	"birthright/scim"
	"birthright/store"
)

// Record returns a live record.
func (b *Backing) Record(ctx context.Context, source, id string) (r identity.Record, err error) {
	err = b.db.View(ctx, func(tx *store.Tx) error {
		r, err = tx.RecordByID(ctx, source, id)
		return err
	})
	return r, err
}

// Records returns the live records that q selects.
func (b *Backing) Records(ctx context.Context, source string, q scim.Query) (page []identity.Record, total int, err error) {
	err = b.db.View(ctx, func(tx *store.Tx) error {
		page, total, err = tx.Records(ctx, store.RecordQuery{
			Source: source, Attr: q.Attr, Value: q.Value, AfterN: q.AfterN, Offset: q.Offset, Limit: q.Limit,
		})
		return err
	})
	return page, total, err
}

// GroupsOf returns the groups that each record is a direct member of.
func (b *Backing) GroupsOf(ctx context.Context, source string, recordIDs []string) (map[string][]identity.SourceGroup, error) {
	out := map[string][]identity.SourceGroup{}
	err := b.db.View(ctx, func(tx *store.Tx) error {
		states, err := tx.RecordDigests(ctx, source, recordIDs) // a pushed record's key is its id
		if err != nil {
			return err
		}
		for id, state := range states {
			if out[id], err = tx.GroupsOfRecord(ctx, state.N); err != nil {
				return err
			}
		}
		return nil
	})
	return out, err
}

// Group returns a group.
func (b *Backing) Group(ctx context.Context, source, id string) (g identity.SourceGroup, err error) {
	err = b.db.View(ctx, func(tx *store.Tx) error {
		g, err = tx.SourceGroupByID(ctx, source, id)
		return err
	})
	return g, err
}

// Groups returns the groups that q selects.
func (b *Backing) Groups(ctx context.Context, source string, q scim.Query) (page []identity.SourceGroup, total int, err error) {
	err = b.db.View(ctx, func(tx *store.Tx) error {
		if q.Attr == "members" {
			page, err = groupsOfMember(ctx, tx, source, q.Value)
			total = len(page)
			return err
		}
		page, total, err = tx.SourceGroups(ctx, store.SourceGroupQuery{
			Source: source, Attr: q.Attr, Value: q.Value, AfterN: q.AfterN, Offset: q.Offset, Limit: q.Limit,
		})
		return err
	})
	return page, total, err
}

// groupsOfMember returns the groups that a record or a group is a direct member of.
func groupsOfMember(ctx context.Context, tx *store.Tx, source, id string) ([]identity.SourceGroup, error) {
	members, err := memberNumbers(ctx, tx, source, []string{id})
	if err != nil {
		return nil, err
	}
	member, ok := members[id]
	switch {
	case !ok:
		return nil, nil
	case !member.Group:
		return tx.GroupsOfRecord(ctx, member.N)
	}
	all, _, err := tx.SourceGroups(ctx, store.SourceGroupQuery{Source: source})
	if err != nil {
		return nil, err
	}
	var holding []identity.SourceGroup
	for _, g := range all {
		has, err := tx.HasMember(ctx, g.N, member.N, true)
		if err != nil {
			return nil, err
		}
		if has {
			holding = append(holding, g)
		}
	}
	return holding, nil
}

// Members returns the direct members of a group.
func (b *Backing) Members(ctx context.Context, source, groupID string) (members []scim.Member, err error) {
	err = b.db.View(ctx, func(tx *store.Tx) error {
		g, err := tx.SourceGroupByID(ctx, source, groupID)
		if err != nil {
			return err
		}
		stored, err := tx.GroupMembers(ctx, g.N)
		members = make([]scim.Member, len(stored))
		for i, m := range stored {
			members[i] = scim.Member{ID: m.ID, Name: m.Name, Group: m.Group}
		}
		return err
	})
	return members, err
}

// HasMember reports which of memberIDs are direct members of a group.
func (b *Backing) HasMember(ctx context.Context, source, groupID string, memberIDs []string) (map[string]bool, error) {
	out := map[string]bool{}
	err := b.db.View(ctx, func(tx *store.Tx) error {
		g, err := tx.SourceGroupByID(ctx, source, groupID)
		if err != nil {
			return err
		}
		members, err := memberNumbers(ctx, tx, source, memberIDs)
		if err != nil {
			return err
		}
		for id, m := range members {
			if out[id], err = tx.HasMember(ctx, g.N, m.N, m.Group); err != nil {
				return err
			}
		}
		return nil
	})
	return out, err
}

// Refs finds out what ids are.
func (b *Backing) Refs(ctx context.Context, source string, ids []string) (map[string]identity.MemberRef, error) {
	out := make(map[string]identity.MemberRef, len(ids))
	err := b.db.View(ctx, func(tx *store.Tx) error {
		members, err := memberNumbers(ctx, tx, source, ids)
		for id, m := range members {
			out[id] = identity.MemberRef{Key: id, Group: m.Group}
		}
		return err
	})
	return out, err
}

// memberNumbers looks up live records and groups of a source by their ids, which
// are the keys of what was pushed.
func memberNumbers(ctx context.Context, tx *store.Tx, source string, ids []string) (map[string]store.MemberN, error) {
	states, err := tx.RecordDigests(ctx, source, ids)
	if err != nil {
		return nil, err
	}
	out := make(map[string]store.MemberN, len(ids))
	for id, state := range states {
		if state.Live {
			out[id] = store.MemberN{N: state.N}
		}
	}
	var rest []string
	for _, id := range ids {
		if _, known := out[id]; !known {
			rest = append(rest, id)
		}
	}
	if len(rest) == 0 {
		return out, nil
	}
	groups, err := tx.SourceGroupsByKey(ctx, source, rest)
	for id, g := range groups {
		out[id] = store.MemberN{N: g.N, Group: true}
	}
	return out, err
}

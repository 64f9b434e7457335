package backing

import (
	"context"

	"birthright/identity"
	"birthright/internal/searchdoc"
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
func (b *Backing) Records(ctx context.Context, source string, q searchdoc.Query) (searchdoc.Page[identity.Record], error) {
	return search(ctx, b, source, q, (*store.Tx).SearchRecords)
}

// GroupsOf returns the groups that each record is a direct member of.
func (b *Backing) GroupsOf(ctx context.Context, source string, recordIDs []string) (map[string][]identity.SourceGroup, error) {
	return b.db.GroupsOfRecords(ctx, source, recordIDs)
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
func (b *Backing) Groups(ctx context.Context, source string, q searchdoc.Query) (searchdoc.Page[identity.SourceGroup], error) {
	return search(ctx, b, source, q, (*store.Tx).SearchGroups)
}

// search asks the store a question of the front door's.
func search[T any](ctx context.Context, b *Backing, source string, q searchdoc.Query, ask func(*store.Tx, context.Context, string, searchdoc.Query) (searchdoc.Page[T], error)) (page searchdoc.Page[T], err error) {
	err = b.db.View(ctx, func(tx *store.Tx) error {
		page, err = ask(tx, ctx, source, q)
		return err
	})
	return page, err
}

// Members returns a group with its direct members.
func (b *Backing) Members(ctx context.Context, source, groupID string) (g identity.SourceGroup, members []scim.Member, err error) {
	err = b.db.View(ctx, func(tx *store.Tx) error {
		if g, err = tx.SourceGroupByID(ctx, source, groupID); err != nil {
			return err
		}
		stored, err := tx.GroupMembers(ctx, g.N)
		members = membersOf(stored)
		return err
	})
	return g, members, err
}

func membersOf(stored []store.Member) []scim.Member {
	members := make([]scim.Member, len(stored))
	for i, m := range stored {
		members[i] = scim.Member{ID: m.ID, Name: m.Name, Group: m.Group}
	}
	return members
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

// Learned returns what was learned of a source's extensions.
func (b *Backing) Learned(ctx context.Context, source string) (all []scim.Learned, err error) {
	err = b.db.View(ctx, func(tx *store.Tx) error {
		stored, err := tx.LearnedAttributes(ctx, source)
		for _, a := range stored {
			all = append(all, scim.Learned(a))
		}
		return err
	})
	return all, err
}

// Learn adds to what was learned.
func (b *Backing) Learn(ctx context.Context, source string, more []scim.Learned) error {
	attributes := make([]store.LearnedAttribute, len(more))
	for i, l := range more {
		attributes[i] = store.LearnedAttribute(l)
	}
	return b.db.Update(ctx, func(tx *store.Tx) error { return tx.Learn(ctx, source, attributes) })
}

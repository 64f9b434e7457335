package intake

import (
	"context"
	"errors"
	"maps"
	"slices"

	"birthright/identity"
	"birthright/store"
)

// GroupEdit is what a push makes of a group: the group as it shall be, and what
// happens to its members.
type GroupEdit struct {
	Group identity.SourceGroup
	// Replace says that Members are all members; otherwise Add and Remove are
	// the difference.
	Replace     bool
	Members     []identity.MemberRef
	Add, Remove []identity.MemberRef
	// Told, unless it is nil, receives the direct members as the edit leaves them.
	Told *[]store.Member
}

// CreateGroup takes in a group that source pushes, with its direct members,
// under an identifier of its own. Kind Conflict: twin, which may be nil, says of a
// group of the same name that it is this one, as where a client sends again what
// it got no answer to. Kind Invalid: a member is not of this source.
func (s *Service) CreateGroup(ctx context.Context, source string, g identity.SourceGroup, members []identity.MemberRef, twin func(other identity.SourceGroup) bool) (identity.SourceGroup, error) {
	g.N, g.ID, g.Source = 0, s.o.NewID(), source
	g.Key = g.ID
	err := s.change(ctx, source, sourceActor(source), func(b *batch) error {
		if err := b.uniqueGroup(ctx, g, twin); err != nil {
			return err
		}
		event := b.groupEvent(GroupAdded, g, map[string]any{"members": len(members)})
		if err := b.tx.SaveSourceGroups(ctx, []*identity.SourceGroup{&g}, event); err != nil {
			return err
		}
		_, _, err := b.editMembers(ctx, g, GroupEdit{Add: members})
		return err
	})
	return g, err
}

// uniqueGroup refuses a group that the source has already.
func (b *batch) uniqueGroup(ctx context.Context, g identity.SourceGroup, twin func(identity.SourceGroup) bool) error {
	if twin == nil {
		return nil
	}
	same, _, err := b.tx.SourceGroups(ctx, store.SourceGroupQuery{Source: b.source, Attr: "displayName", Value: g.Name})
	if err != nil {
		return err
	}
	if i := slices.IndexFunc(same, twin); i >= 0 {
		return &identity.Error{Kind: identity.Conflict, Op: "source " + b.source, Object: g.Name, Err: errors.New("this group is there as " + same[i].ID)}
	}
	return nil
}

// EditGroup changes the group id of source into what edit makes of it, members
// and all, in one transaction; its cost is that of the difference, not of the
// group. Kinds: NotFound, Invalid for a member that is not of this source, Held
// for an edit that takes most of a large group away (see emptied.go).
func (s *Service) EditGroup(ctx context.Context, source, id string, edit func(old identity.SourceGroup) (GroupEdit, error)) (identity.SourceGroup, error) {
	var g identity.SourceGroup
	var held *emptied
	err := s.change(ctx, source, sourceActor(source), func(b *batch) error {
		old, err := b.tx.SourceGroupByID(ctx, source, id)
		if err != nil {
			return err
		}
		e, err := edit(old)
		if err != nil {
			return err
		}
		g = e.Group
		g.N, g.ID, g.Source, g.Key, g.Created = old.N, old.ID, old.Source, old.Key, old.Created
		added, removed, err := b.editMembers(ctx, old, e)
		if err != nil {
			return err
		}
		if held, err = b.guardMembers(ctx, old, e, added, removed); err != nil {
			return err
		}
		if e.Told != nil {
			if *e.Told, err = b.tx.GroupMembers(ctx, old.N); err != nil {
				return err
			}
		}
		return b.saveEdited(ctx, old, &g, len(added)+len(removed))
	})
	if held != nil && err != nil {
		err = errors.Join(err, s.hold(ctx, held))
	}
	return g, err
}

// saveEdited stores what differs. A changed membership counts as a change of
// the group, so that its time of modification follows.
func (b *batch) saveEdited(ctx context.Context, old identity.SourceGroup, g *identity.SourceGroup, moved int) error {
	same := old.Name == g.Name && string(old.Payload) == string(g.Payload)
	if same && moved == 0 {
		*g = old
		return nil
	}
	detail := map[string]any{}
	if moved > 0 {
		detail["members_changed"] = moved
	}
	if old.Name != g.Name {
		detail["was"] = old.Name
	}
	if err := b.tx.SaveSourceGroups(ctx, []*identity.SourceGroup{g}, b.groupEvent(GroupChanged, *g, detail)); err != nil {
		return err
	}
	if old.Name == g.Name {
		return nil
	}
	return b.groupsMoved(ctx, []int64{g.N})
}

// UpdateGroup changes the group id of source; its members stay.
func (s *Service) UpdateGroup(ctx context.Context, source, id string, change func(old identity.SourceGroup) (identity.SourceGroup, error)) (identity.SourceGroup, error) {
	return s.EditGroup(ctx, source, id, func(old identity.SourceGroup) (GroupEdit, error) {
		g, err := change(old)
		return GroupEdit{Group: g}, err
	})
}

// ChangeMembers adds and removes direct members of the group id. Who is a
// member already, or is not one, is passed over.
func (s *Service) ChangeMembers(ctx context.Context, source, id string, add, remove []identity.MemberRef) (identity.SourceGroup, error) {
	return s.EditGroup(ctx, source, id, func(old identity.SourceGroup) (GroupEdit, error) {
		return GroupEdit{Group: old, Add: add, Remove: remove}, nil
	})
}

// SetMembers makes members all direct members of the group id.
func (s *Service) SetMembers(ctx context.Context, source, id string, members []identity.MemberRef) (identity.SourceGroup, error) {
	return s.EditGroup(ctx, source, id, func(old identity.SourceGroup) (GroupEdit, error) {
		return GroupEdit{Group: old, Replace: true, Members: members}, nil
	})
}

// RemoveGroup deletes the group id of source; its members stay as people. An
// error of check, which may be nil, is returned, and nothing is changed.
func (s *Service) RemoveGroup(ctx context.Context, source, id string, check func(old identity.SourceGroup) error) error {
	return s.change(ctx, source, sourceActor(source), func(b *batch) error {
		g, err := b.tx.SourceGroupByID(ctx, source, id)
		if err == nil && check != nil {
			err = check(g)
		}
		if err == nil {
			err = b.tx.DropHeld(ctx, []string{emptiedID(g)})
		}
		if err != nil {
			return err
		}
		if err := b.groupsMoved(ctx, []int64{g.N}); err != nil { // while its members are known
			return err
		}
		if err := b.tx.TouchGroupsOf(ctx, g.N, true); err != nil {
			return err
		}
		return b.tx.DeleteSourceGroups(ctx, []int64{g.N}, b.groupEvent(GroupGone, g, nil))
	})
}

// editMembers makes the membership side of e true and returns what changed.
func (b *batch) editMembers(ctx context.Context, g identity.SourceGroup, e GroupEdit) (added, removed []store.MemberN, err error) {
	known := map[string]store.RecordState{}
	if e.Replace {
		members, err := b.members(ctx, e.Members, true, known)
		if err != nil {
			return nil, nil, err
		}
		if added, removed, err = b.tx.SetMembers(ctx, g.N, members); err != nil {
			return nil, nil, err
		}
	}
	unwanted, err := b.members(ctx, e.Remove, false, known)
	if err != nil {
		return nil, nil, err
	}
	wanted, err := b.members(ctx, e.Add, true, known)
	if err != nil {
		return nil, nil, err
	}
	out, err := b.tx.RemoveMembers(ctx, g.N, unwanted)
	if err != nil {
		return nil, nil, err
	}
	in, err := b.tx.AddMembers(ctx, g.N, wanted)
	if err != nil {
		return nil, nil, err
	}
	added, removed = append(added, in...), append(removed, out...)
	return added, removed, b.membersMoved(ctx, slices.Concat(added, removed), known)
}

// members turns references into numbers. One that the source does not have is
// an error if it is needed, and passed over otherwise. The records that were
// looked up are added to known.
func (b *batch) members(ctx context.Context, refs []identity.MemberRef, needed bool, known map[string]store.RecordState) ([]store.MemberN, error) {
	if len(refs) == 0 {
		return nil, nil
	}
	groups, records, err := b.memberNumbers(ctx, []toldGroup{{members: refs}})
	if err != nil {
		return nil, err
	}
	maps.Copy(known, records)
	out := make([]store.MemberN, 0, len(refs))
	for _, ref := range refs {
		n := records[ref.Key].N
		if ref.Group {
			n = groups[ref.Key].N
		}
		switch {
		case n != 0:
			out = append(out, store.MemberN{N: n, Group: ref.Group})
		case needed:
			return nil, &identity.Error{Kind: identity.Invalid, Op: "source " + b.source, Object: ref.Key,
				Err: errors.New("no such member: it is neither a user nor a group of this source")}
		}
	}
	return out, nil
}

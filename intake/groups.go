package intake

import (
	"bytes"
	"context"
	"maps"
	"slices"

	"birthright/audit"
	"birthright/identity"
	"birthright/store"
)

// groupBatch is how many groups, with all their members, one
// transaction takes in.
const groupBatch = 100

// applyGroups makes the groups of the pull true: all groups first, because one
// may be a member of another, then the members, then those that are no more.
func (p *pull) applyGroups(ctx context.Context, sf *sift) error {
	for told, err := range sf.groups.groups(ctx, groupBatch) {
		if err != nil {
			return err
		}
		if err := p.batch(ctx, func(b *batch) error { return p.changedGroups(b.saveGroups(ctx, told)) }); err != nil {
			return err
		}
	}
	for told, err := range sf.groups.groups(ctx, groupBatch) {
		if err != nil {
			return err
		}
		if err := p.batch(ctx, func(b *batch) error { return p.changedGroups(b.setMembers(ctx, told)) }); err != nil {
			return err
		}
	}
	for ns := range chunks(p.lost, groupBatch) {
		if err := p.batch(ctx, func(b *batch) error { return p.changedGroups(b.dropGroups(ctx, ns)) }); err != nil {
			return err
		}
	}
	return nil
}

// changedGroups counts.
func (p *pull) changedGroups(n int, err error) error {
	p.report.GroupsChanged += n
	return err
}

// saveGroups stores the groups that are new or differ, and returns how many.
func (b *batch) saveGroups(ctx context.Context, told []toldGroup) (int, error) {
	keys := make([]string, len(told))
	for i, t := range told {
		keys[i] = t.group.Key
	}
	stored, err := b.tx.SourceGroupsByKey(ctx, b.source, keys)
	if err != nil {
		return 0, err
	}
	var groups []*identity.SourceGroup
	var renamed []int64
	for _, t := range told {
		g, known := stored[t.group.Key]
		if known && g.Name == t.group.Name && bytes.Equal(g.Payload, t.group.Payload) {
			continue
		}
		action := GroupAdded
		if known {
			action = GroupChanged
			if g.Name != t.group.Name {
				renamed = append(renamed, g.N)
			}
		}
		g.Source, g.Key, g.Name, g.Payload = b.source, t.group.Key, t.group.Name, t.group.Payload
		groups = append(groups, &g)
		b.events = append(b.events, b.groupEvent(action, g, nil))
	}
	if len(groups) == 0 {
		return 0, nil
	}
	if err := b.tx.SaveSourceGroups(ctx, groups, b.takeEvents()...); err != nil {
		return 0, err
	}
	return len(groups), b.groupsMoved(ctx, renamed)
}

// setMembers makes the members of the told groups true by difference, and
// returns how many groups changed.
func (b *batch) setMembers(ctx context.Context, told []toldGroup) (int, error) {
	groups, people, err := b.memberNumbers(ctx, told)
	if err != nil {
		return 0, err
	}
	changed := 0
	var moved []store.MemberN
	for _, t := range told {
		g := groups[t.group.Key]
		var members []store.MemberN
		for _, m := range t.members {
			n := people[m.Key].N
			if m.Group {
				n = groups[m.Key].N
			}
			if n != 0 {
				members = append(members, store.MemberN{N: n, Group: m.Group})
			}
		}
		added, removed, err := b.tx.SetMembers(ctx, g.N, members)
		if err != nil {
			return 0, err
		}
		if len(added)+len(removed) > 0 {
			changed++
			b.events = append(b.events, b.groupEvent(GroupChanged, g, map[string]any{"added": len(added), "removed": len(removed)}))
			moved = append(append(moved, added...), removed...)
		}
	}
	return changed, b.membersMoved(ctx, moved, people)
}

// memberNumbers looks up the told groups and their members, all at once, by key.
func (b *batch) memberNumbers(ctx context.Context, told []toldGroup) (map[string]identity.SourceGroup, map[string]store.RecordState, error) {
	people, groups := map[string]bool{}, map[string]bool{}
	for _, t := range told {
		groups[t.group.Key] = true
		for _, m := range t.members {
			if m.Group {
				groups[m.Key] = true
			} else {
				people[m.Key] = true
			}
		}
	}
	known, err := b.tx.SourceGroupsByKey(ctx, b.source, slices.Sorted(maps.Keys(groups)))
	if err != nil {
		return nil, nil, err
	}
	states, err := b.tx.RecordDigests(ctx, b.source, slices.Sorted(maps.Keys(people)))
	if err != nil {
		return nil, nil, err
	}
	maps.DeleteFunc(states, func(_ string, state store.RecordState) bool { return !state.Live })
	return known, states, nil
}

// dropGroups deletes groups that the source no longer has.
func (b *batch) dropGroups(ctx context.Context, ns []int64) (int, error) {
	if err := b.groupsMoved(ctx, ns); err != nil { // while their members are known
		return 0, err
	}
	b.events = append(b.events, audit.Event{Actor: b.actor, Action: GroupGone, Subject: "source:" + b.source, Detail: map[string]any{"groups": len(ns)}})
	return len(ns), b.tx.DeleteSourceGroups(ctx, ns, b.takeEvents()...)
}

// groupsMoved leaves work for everybody in the groups, nested ones included.
func (b *batch) groupsMoved(ctx context.Context, groupNs []int64) error {
	if len(groupNs) == 0 {
		return nil
	}
	users, err := b.tx.UsersUnderGroups(ctx, groupNs)
	if err != nil {
		return err
	}
	return b.enqueueUsers(ctx, users)
}

// membersMoved leaves work for those who became or ceased to be members; known
// are the records that were looked up already.
func (b *batch) membersMoved(ctx context.Context, moved []store.MemberN, known map[string]store.RecordState) error {
	if err := b.tx.Audit(ctx, b.takeEvents()...); err != nil || len(moved) == 0 {
		return err
	}
	userOf := make(map[int64]int64, len(known))
	for _, state := range known {
		userOf[state.N] = state.UserN
	}
	users := map[int64]bool{}
	var strangers, groups []int64
	for _, m := range moved {
		n, ok := userOf[m.N]
		switch {
		case m.Group:
			groups = append(groups, m.N)
		case ok:
			users[n] = true
		default:
			strangers = append(strangers, m.N)
		}
	}
	if err := b.usersOfRecords(ctx, strangers, users); err != nil {
		return err
	}
	delete(users, 0)
	if err := b.enqueueUsers(ctx, slices.Sorted(maps.Keys(users))); err != nil {
		return err
	}
	return b.groupsMoved(ctx, groups)
}

// usersOfRecords adds the users that records of the batch's source speak of.
func (b *batch) usersOfRecords(ctx context.Context, recordNs []int64, users map[int64]bool) error {
	if len(recordNs) == 0 {
		return nil
	}
	keyOf, err := b.tx.RecordKeys(ctx, recordNs)
	if err != nil {
		return err
	}
	states, err := b.tx.RecordDigests(ctx, b.source, slices.Sorted(maps.Values(keyOf)))
	if err != nil {
		return err
	}
	for _, state := range states {
		users[state.UserN] = true
	}
	return nil
}

// takeEvents hands the collected events over.
func (b *batch) takeEvents() []audit.Event {
	events := b.events
	b.events = nil
	return events
}

package intake

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"birthright/identity"
	"birthright/store"
)

// Create takes in a record that source pushes, under an identifier of its own,
// and returns it as stored: placed with a user, or held with the reason. It is
// durable on return. Kind Conflict: the source has that userName already, and
// revive, which may be nil, does not make of that record what is told now. Kind
// Invalid: something about the lifecycle cannot be read.
func (s *Service) Create(ctx context.Context, source string, r identity.Record, revive func(old identity.Record) (identity.Record, bool)) (identity.Record, error) {
	return s.push(ctx, source, "create user", func(b *batch) (old, told identity.Record, err error) {
		r.ID = s.o.NewID()
		r.Key = r.ID
		if revive == nil {
			return old, r, nil
		}
		name := r.Attributes.First(identity.AttrUserName)
		there, err := b.tx.RecordNamed(ctx, source, name, r.ID)
		if err != nil {
			return old, r, err
		}
		if there == "" {
			b.free = name
			return old, r, nil
		}
		if old, err = b.tx.RecordByID(ctx, source, there); err != nil {
			return old, r, err
		}
		if told, ok := revive(old); ok {
			told.ID, told.Key = old.ID, old.Key
			return old, told, nil
		}
		return identity.Record{}, r, nil
	})
}

// Update changes the record id of source into what change makes of it; number,
// identifier and key stay. An error of change is returned and nothing is
// changed. Kinds as for Create, and NotFound. Work, log and durability follow
// what really changed: an update that changes nothing writes nothing.
func (s *Service) Update(ctx context.Context, source, id string, change func(old identity.Record) (identity.Record, error)) (identity.Record, error) {
	return s.push(ctx, source, "update user", func(b *batch) (old, told identity.Record, err error) {
		if old, err = b.tx.RecordByID(ctx, source, id); err != nil {
			return old, told, err
		}
		offered := old
		offered.Attributes = old.Attributes.Clone()
		told, err = change(offered)
		told.ID, told.Key = old.ID, old.Key
		return old, told, err
	})
}

// push takes one record in; prepare returns it as stored and as told.
func (s *Service) push(ctx context.Context, source, op string, prepare func(b *batch) (old, told identity.Record, err error)) (identity.Record, error) {
	var stored identity.Record
	err := s.change(ctx, source, sourceActor(source), func(b *batch) error {
		old, told, err := prepare(b)
		if err != nil {
			return err
		}
		if err := s.authority.Check(identity.Record{Source: source, Attributes: told.Attributes}); err != nil {
			return &identity.Error{Kind: identity.Invalid, Op: op, Object: told.Attributes.First(identity.AttrUserName), Err: err}
		}
		if err := b.uniqueName(ctx, told, old.Attributes.First(identity.AttrUserName)); err != nil {
			return err
		}
		if stored, err = b.takeIn(ctx, old, told); err != nil {
			return err
		}
		return b.reconsiderUnless(ctx, s.correlate.Keys(old), s.correlate.Keys(stored))
	})
	return stored, err
}

// takeIn is arrive for one record whose stored state is at hand; it returns the
// record as it is stored then.
func (b *batch) takeIn(ctx context.Context, old, told identity.Record) (identity.Record, error) {
	b.enter(old, told)
	if len(b.entries) == 0 {
		return old, nil
	}
	err := b.finish(ctx)
	return b.entries[0].record, err
}

// Remove takes in that source no longer has the record id. Who has no other
// record left is a leaver; whoever comes back with the same match keys is the
// same user again. An error of check, which may be nil, is returned, and nothing
// is changed.
func (s *Service) Remove(ctx context.Context, source, id string, check func(old identity.Record) error) error {
	return s.change(ctx, source, sourceActor(source), func(b *batch) error {
		r, err := b.tx.RecordByID(ctx, source, id)
		if err == nil && check != nil {
			err = check(r)
		}
		if err != nil {
			return err
		}
		if err := b.leaveGroups(ctx, r); err != nil {
			return err
		}
		if err := b.leave(ctx, []identity.Record{r}); err != nil {
			return err
		}
		return b.reconsider(ctx, s.correlate.Keys(r))
	})
}

// leaveGroups ends the memberships of a record that is going.
func (b *batch) leaveGroups(ctx context.Context, r identity.Record) error {
	groups, err := b.tx.GroupsOfRecord(ctx, r.N)
	if err != nil || len(groups) == 0 {
		return err
	}
	if err := b.tx.TouchGroupsOf(ctx, r.N, false); err != nil {
		return err
	}
	for _, g := range groups {
		if _, err := b.tx.RemoveMembers(ctx, g.N, []store.MemberN{{N: r.N}}); err != nil {
			return err
		}
	}
	if r.UserN == 0 {
		return nil
	}
	return b.enqueueUsers(ctx, []int64{r.UserN})
}

// uniqueName refuses a userName that another record of the source has. before
// is the name that the record had.
func (b *batch) uniqueName(ctx context.Context, r identity.Record, before string) error {
	name := r.Attributes.First(identity.AttrUserName)
	if name == "" || strings.EqualFold(name, before) || name == b.free {
		return nil
	}
	other, err := b.tx.RecordNamed(ctx, b.source, name, r.ID)
	if err != nil || other == "" {
		return err
	}
	return &identity.Error{Kind: identity.Conflict, Op: "source " + b.source, Object: name, Err: errors.New("this userName is taken by " + other)}
}

// reconsiderUnless looks again at held records that shared a match key with a
// record, unless that kept all of its keys.
func (b *batch) reconsiderUnless(ctx context.Context, before, after []string) error {
	if slices.Equal(before, after) {
		return nil
	}
	return b.reconsider(ctx, before)
}

// reconsider looks again at held records that share one of keys with a record
// that moved out of their way.
func (b *batch) reconsider(ctx context.Context, keys []string) error {
	if len(keys) == 0 {
		return nil
	}
	found, err := b.tx.MatchKeys(ctx, keys)
	if err != nil {
		return err
	}
	waiting := map[string][]int64{}
	for _, key := range keys {
		for _, m := range found[key] {
			if m.UserN == 0 && m.Live && !slices.Contains(waiting[m.Source], m.RecordN) { // it may share several keys
				waiting[m.Source] = append(waiting[m.Source], m.RecordN)
			}
		}
	}
	for source, ns := range sorted(waiting) {
		slices.Sort(ns) // one that shares two keys still waits once
		records, err := recordsByN(ctx, b.tx, source, slices.Compact(ns))
		if err != nil {
			return err
		}
		if err := b.again(ctx, source, records); err != nil {
			return err
		}
	}
	return nil
}

// again runs stored records of source through a batch in the same transaction.
func (b *batch) again(ctx context.Context, source string, records []identity.Record) error {
	next := b.s.newBatch(b.tx, source, "hub")
	for _, r := range records {
		if !refused(r.HeldReason) {
			next.enter(r, r)
		}
	}
	if err := next.finish(ctx); err != nil {
		return fmt.Errorf("look at held records again: %w", err)
	}
	b.worked = append(b.worked, next.worked...)
	b.signalled += next.signalled
	return nil
}

// reconsiderAll looks again at every held record: a person, another source or
// the rest of a pull may have settled what kept it.
func (s *Service) reconsiderAll(ctx context.Context) error {
	for after, more := int64(0), true; more; {
		err := s.change(ctx, "", "hub", func(b *batch) error {
			records, _, err := b.tx.Records(ctx, store.RecordQuery{Held: true, AfterN: after, Limit: s.batch})
			if err != nil {
				return err
			}
			more = len(records) == s.batch
			bySource := map[string][]identity.Record{}
			for _, r := range records {
				after = r.N
				bySource[r.Source] = append(bySource[r.Source], r)
			}
			for source, records := range sorted(bySource) {
				if err := b.again(ctx, source, records); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			return err
		}
	}
	return nil
}

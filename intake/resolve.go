package intake

import (
	"context"
	"errors"
	"fmt"

	"birthright/identity"
	"birthright/store"
)

// ResolveAmbiguous places a held record as a person decided: with the user of
// the given ID or user name, or with a new user where user is "". actor is who
// decided ("operator:NAME", "user:NAME") and reason why. Kind Conflict: the
// record's source already speaks for that user. Kind Invalid: only the source
// can settle it.
func (s *Service) ResolveAmbiguous(ctx context.Context, heldID, user, actor, reason string) error {
	return s.change(ctx, "", actor, func(b *batch) error {
		row, err := b.tx.HeldByID(ctx, heldID)
		if err != nil {
			return err
		}
		r, err := b.heldRecord(ctx, row)
		if err != nil {
			return err
		}
		b.source, b.reason = r.Source, reason
		e := &entry{old: r, record: r, keys: s.correlate.Keys(r)}
		e.record.HeldReason = ""
		b.entries = append(b.entries, e)
		if user == "" {
			b.put(e, b.newPerson())
			return b.finishResolved(ctx)
		}
		p, err := b.chosen(ctx, user)
		if err != nil {
			return err
		}
		if speaker := p.candidate(b, true).Speaker; speaker != "" {
			return &identity.Error{Kind: identity.Conflict, Op: "place " + row.Subject, Object: p.name(),
				Err: fmt.Errorf("source %s already speaks for %s with record %s", r.Source, p.name(), speaker)}
		}
		b.put(e, p)
		return b.finishResolved(ctx)
	})
}

// heldRecord returns the record behind a row that a person may settle.
func (b *batch) heldRecord(ctx context.Context, row store.HeldRow) (identity.Record, error) {
	invalid := func(text string) error {
		return &identity.Error{Kind: identity.Invalid, Op: "place " + row.Subject, Err: errors.New(text), Hint: "correct it at source " + row.Source}
	}
	if row.Kind != HeldAmbiguous {
		return identity.Record{}, invalid("this is not a record that waits for its user")
	}
	r, err := b.tx.RecordByID(ctx, row.Source, row.ID)
	switch {
	case err != nil:
		return r, err
	case r.UserN != 0, refused(r.HeldReason):
		return r, invalid(r.HeldReason)
	}
	return r, nil
}

// chosen loads the user whom a person named.
func (b *batch) chosen(ctx context.Context, user string) (*person, error) {
	u, err := b.tx.UserByID(ctx, user)
	if identity.KindOf(err) == identity.NotFound {
		u, err = b.tx.UserByName(ctx, user)
	}
	if err != nil {
		return nil, err
	}
	if err := b.meet(ctx, []int64{u.N}); err != nil {
		return nil, err
	}
	return b.people[u.N], nil
}

// finishResolved builds and saves. A new person whose name is taken gets the
// next best one: that they are two people is what was decided.
func (b *batch) finishResolved(ctx context.Context) error {
	b.build()
	p := b.order[0]
	if p.isNew() {
		names := b.s.authority.Names(p.records, p.next.Attributes)
		taken, err := b.tx.UserNumbers(ctx, names)
		if err != nil {
			return err
		}
		for _, name := range names {
			if _, ok := taken[name]; !ok {
				p.next.UserName = name
				break
			}
		}
	} else if err := b.settleNames(ctx); err != nil {
		return err
	}
	return b.save(ctx)
}

// Release lets a held pull through: the next one may lack the people and groups
// that were missing when it was held. Kind Conflict: somebody released it
// already.
func (s *Service) Release(ctx context.Context, heldID, actor, reason string) error {
	return s.db.Update(ctx, func(tx *store.Tx) error {
		row, err := tx.HeldByID(ctx, heldID)
		if err != nil {
			return err
		}
		if row.Kind != HeldMissing {
			return &identity.Error{Kind: identity.Invalid, Op: "release " + heldID, Err: errors.New("this does not hold an import")}
		}
		if !row.ReleasedAt.IsZero() {
			return &identity.Error{Kind: identity.Conflict, Op: "release " + heldID, Err: fmt.Errorf("%s released it already", row.ReleasedBy)}
		}
		row.ReleasedAt, row.ReleasedBy, row.ReleaseReason = tx.Now(), actor, reason
		return tx.SaveHeld(ctx, []store.HeldRow{row}, heldReleased(actor, row, reason))
	})
}

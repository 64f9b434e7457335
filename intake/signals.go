package intake

import (
	"context"
	"slices"
	"strings"

	"birthright/identity"
	"birthright/signals"
	"birthright/store"
)

// Signals are the receivers that hear of people who were deactivated or deleted.
type Signals struct {
	Receivers []signals.Receiver
	// Pushing are the sources whose records are resources at the SCIM endpoint.
	Pushing []string
	// Notify is told after something was noted for a receiver; may be nil.
	Notify func()
}

// saveSignals notes what receivers are to be told, in the transaction of the
// change: a crash behind it loses nothing. A batch that leaves no work does this
// too, because whoever looks at its users gives them no signals.
func (b *batch) saveSignals(ctx context.Context) error {
	if len(b.s.o.Signals.Receivers) == 0 {
		return nil
	}
	var rows []store.SignalRow
	for _, p := range b.order {
		if p.isNew() {
			continue // nobody can have a session who was not there
		}
		change, moved := b.standing(p)
		if !moved {
			continue
		}
		told, err := change.Signals(b.s.o.Signals.Receivers)
		if err != nil {
			return err
		}
		for _, s := range told {
			rows = append(rows, store.SignalRow{Receiver: s.Receiver, Event: string(s.Event), UserName: s.UserName, Data: string(s.Payload)})
		}
	}
	b.signalled += len(rows)
	return b.tx.AddSignals(ctx, rows)
}

// standing compares what p was with what they are to be, and reports whether
// that is a move.
func (b *batch) standing(p *person) (signals.Change, bool) {
	change := signals.Change{
		From: signals.StandingOf(p.old.State, b.wasKnown(p)), To: signals.StandingOf(p.next.State, slices.ContainsFunc(p.records, identity.Record.Live)),
		State: p.next.State, At: b.now, ByPerson: strings.HasPrefix(b.actor, "operator:") || strings.HasPrefix(b.actor, "user:"),
	}
	if change.From == change.To {
		return change, false
	}
	change.Person = b.subject(p)
	change.Txn = b.s.o.NewID()
	return change, true
}

// wasKnown reports whether a source had p before this batch. It matters only for
// somebody who had left already: nobody else has no record.
func (b *batch) wasKnown(p *person) bool {
	if p.old.State != identity.Left {
		return true
	}
	touched := map[int64]bool{}
	for _, e := range b.entries {
		if e.old.N != 0 && e.old.UserN == p.n {
			touched[e.old.N] = true
			if e.old.Live() {
				return true
			}
		}
	}
	return slices.ContainsFunc(p.records, func(r identity.Record) bool { return r.N != 0 && !touched[r.N] && r.Live() })
}

// subject is p as receivers know them: by what was true before the change. A
// directory may well take away the address of whom it disables.
func (b *batch) subject(p *person) signals.Person {
	s := signals.Person{ID: p.old.ID, UserName: p.old.UserName, Attributes: p.next.Attributes.Clone()}
	for name, values := range p.old.Attributes {
		s.Attributes.Set(name, values...)
	}
	if r, found := b.resource(p); found {
		s.Resource, s.ExternalID = r.ID, r.Attributes.First(identity.AttrExternalID)
	}
	return s
}

// resource is the record of p that a SCIM client pushed: the one that this batch
// is about, else that of the first source that pushes.
func (b *batch) resource(p *person) (identity.Record, bool) {
	pushed := func(r identity.Record) int { return slices.Index(b.s.o.Signals.Pushing, r.Source) }
	for _, e := range p.entries {
		if pushed(e.record) >= 0 {
			return e.record, true
		}
	}
	var best identity.Record
	for _, r := range p.records {
		if pushed(r) < 0 {
			continue
		}
		if best.ID == "" || pushed(r) < pushed(best) || pushed(r) == pushed(best) && r.Live() && !best.Live() {
			best = r
		}
	}
	return best, best.ID != ""
}

package intake

import (
	"context"

	"birthright/directory"
	"birthright/identity"
	"birthright/store"
)

// save writes what the batch came to: users first, for records point at them.
func (b *batch) save(ctx context.Context) error {
	if err := b.saveUsers(ctx); err != nil {
		return err
	}
	if err := b.saveRecords(ctx); err != nil {
		return err
	}
	if err := b.saveHeld(ctx); err != nil {
		return err
	}
	if err := b.endSessions(ctx); err != nil {
		return err
	}
	if err := b.saveSignals(ctx); err != nil {
		return err
	}
	return b.tx.Audit(ctx, b.takeEvents()...)
}

// saveUsers stores users that differ and leaves work for those about whom
// something changed that access may depend on.
func (b *batch) saveUsers(ctx context.Context) error {
	var users []*identity.User
	var changed []*person
	for _, p := range b.order {
		if !p.isNew() && directory.SameUser(p.old, p.next) {
			continue
		}
		users = append(users, &p.next)
		if p.isNew() || p.matters() {
			changed = append(changed, p)
		}
	}
	if len(users) > 0 {
		if err := b.tx.SaveUsers(ctx, users); err != nil {
			return err
		}
	}
	var work []store.Work
	for _, p := range changed {
		b.events = append(b.events, b.userEvent(p))
		work = append(work, b.workFor(p))
	}
	return b.enqueue(ctx, work)
}

// matters reports whether what changed may change what the user has access to.
// That another source now says the same does not.
func (p *person) matters() bool {
	return p.old.UserName != p.next.UserName || p.old.State != p.next.State || !p.old.Attributes.Equal(p.next.Attributes)
}

// workFor is the note that p must be looked at. Someone who loses their place
// never waits for the rest of an import.
func (b *batch) workFor(p *person) store.Work {
	w := store.Work{UserN: p.next.N, DueAt: b.due}
	if p.old.State == identity.Active && p.next.State != identity.Active {
		w.DueAt, w.Removal = b.now, true
	}
	return w
}

// enqueue leaves work for the run.
func (b *batch) enqueue(ctx context.Context, work []store.Work) error {
	if len(work) == 0 || b.quiet {
		return nil
	}
	for _, w := range work {
		b.worked = append(b.worked, w.UserN)
	}
	return b.tx.EnqueueWork(ctx, work)
}

// saveRecords stores the entries whose record differs, with their match keys.
func (b *batch) saveRecords(ctx context.Context) error {
	var records []*identity.Record
	for _, e := range b.entries {
		if e.person != nil {
			e.record.UserN = e.person.next.N
		}
		if !e.differs() {
			continue
		}
		b.note(e)
		records = append(records, &e.record)
	}
	if len(records) == 0 {
		return nil
	}
	if err := b.tx.SaveRecords(ctx, records); err != nil {
		return err
	}
	for _, e := range b.entries {
		if e.old.N != 0 && e.old.Live() == e.record.Live() && sameContent(e.old, e.record) { // only whose it is changed
			e.record.Version, e.record.Modified = e.old.Version, e.old.Modified
		}
	}
	keys := map[int64][]string{}
	for _, e := range b.entries {
		if e.rekey && len(e.keys) > 0 {
			keys[e.record.N] = e.keys
		}
	}
	if len(keys) == 0 {
		return nil
	}
	return b.tx.SetMatchKeys(ctx, keys)
}

// differs reports whether the record must be written.
func (e *entry) differs() bool {
	o, r := e.old, e.record
	return o.N == 0 || o.UserN != r.UserN || o.HeldReason != r.HeldReason || !o.GoneAt.Equal(r.GoneAt) || !sameContent(o, r)
}

// note counts what becomes of an entry and, where no event tells of its user,
// writes one for the record.
func (b *batch) note(e *entry) {
	switch {
	case !e.record.Live():
		// counted where it was found missing
	case e.old.N == 0 || !e.old.Live():
		b.counts.Added++
	default:
		b.counts.Changed++
	}
	if e.person == nil || !(e.person.isNew() || e.person.matters()) {
		b.events = append(b.events, b.recordEvent(e))
	}
}

// saveHeld keeps the rows that people see in step with the records' reasons.
func (b *batch) saveHeld(ctx context.Context) error {
	var rows []store.HeldRow
	var settled []string
	for _, e := range b.entries {
		switch {
		case e.record.HeldReason == e.old.HeldReason:
		case e.record.HeldReason == "":
			settled = append(settled, e.record.ID)
		default:
			rows = append(rows, b.heldRow(e))
		}
	}
	if len(rows) > 0 {
		if err := b.tx.SaveHeld(ctx, rows); err != nil {
			return err
		}
	}
	if len(settled) > 0 {
		return b.tx.DropHeld(ctx, settled)
	}
	return nil
}

// heldRow shows a held record to people. It bears the record's own ID, so that
// there is one row for one record.
func (b *batch) heldRow(e *entry) store.HeldRow {
	r := e.record
	data := map[string]any{"key": r.Key}
	for _, name := range []string{identity.AttrUserName, identity.AttrDisplayName, identity.AttrEmail} {
		if value := r.Attributes.First(name); value != "" {
			data[name] = value
		}
	}
	if len(e.whom) > 0 {
		data["candidates"] = e.whom
	}
	return store.HeldRow{
		ID: r.ID, Kind: HeldAmbiguous, Source: r.Source, UserN: r.UserN, RecordN: r.N,
		Subject: recordSubject(r), Action: "correlate", Reason: r.HeldReason, Data: data, Created: b.now,
	}
}

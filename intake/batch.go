package intake

import (
	"context"
	"time"

	"github.com/RoaringBitmap/roaring/v2/roaring64"

	"birthright/audit"
	"birthright/identity"
	"birthright/store"
)

// batch takes some records of one source in, within one transaction:
//
//	arrive or leave → entries → place each with a person → build the persons
//	               → settle their user names → save everything
//
// Reads are one per question and batch, never one per record.
type batch struct {
	s      *Service
	tx     *store.Tx
	now    time.Time
	source string
	actor  string
	reason string // why a person ordered it; "" for what sources say
	free   string // a user name that no record of the source was seen to have

	// leaving are the records that the current pull found missing: they no
	// longer speak for anybody, though they are not marked yet.
	leaving *roaring64.Bitmap
	// due is when the work that the batch leaves becomes due.
	due time.Time

	entries []*entry
	people  map[int64]*person   // by user number; provisional ones are negative
	order   []*person           // those touched, in order of the entries
	placed  map[string][]*entry // by match key, placed in this batch

	events []audit.Event
	counts Counts
	// worked are the users for whom work was enqueued; those in parked wait
	// for the end of the pull already.
	worked []int64
	quiet  bool // leave no work
	parked *roaring64.Bitmap
	// signalled is how many signals were noted.
	signalled int
}

// Counts tells what became of records.
type Counts struct {
	Added, Changed, Gone, Unchanged int
}

func (c *Counts) add(d Counts) {
	c.Added += d.Added
	c.Changed += d.Changed
	c.Gone += d.Gone
	c.Unchanged += d.Unchanged
}

// entry is one record on its way through a batch.
type entry struct {
	old    identity.Record // as stored; zero for a new one
	record identity.Record // as it shall be stored
	keys   []string        // match keys of record
	rekey  bool            // they are to be stored once record has a number
	person *person         // nil while it speaks of nobody
	whom   []string        // names of the candidates, where it is ambiguous
}

func (s *Service) newBatch(tx *store.Tx, source, actor string) *batch {
	return &batch{
		s: s, tx: tx, now: tx.Now(), due: tx.Now(), source: source, actor: actor,
		people: map[int64]*person{}, placed: map[string][]*entry{},
	}
}

// arrive takes in records that the source has: new ones, changed ones, ones that
// came back. Those that are as stored are counted and left alone.
func (b *batch) arrive(ctx context.Context, told []identity.Record) error {
	keys := make([]string, len(told))
	for i, r := range told {
		keys[i] = r.Key
	}
	stored, err := b.tx.RecordsByKey(ctx, b.source, keys)
	if err != nil {
		return err
	}
	for _, r := range told {
		b.enter(stored[r.Key], r)
	}
	return b.finish(ctx)
}

// leave marks records that the source no longer has.
func (b *batch) leave(ctx context.Context, records []identity.Record) error {
	for _, r := range records {
		if !r.Live() {
			continue
		}
		e := &entry{old: r, record: r}
		e.record.GoneAt, e.record.HeldReason = b.now, ""
		b.counts.Gone++
		b.entries = append(b.entries, e)
	}
	return b.finish(ctx)
}

// enter makes the entry for a told record, given the stored one of the same key.
func (b *batch) enter(old, told identity.Record) {
	e := &entry{old: old, record: old}
	e.record.Source, e.record.Key = b.source, told.Key
	if e.record.ID == "" {
		e.record.ID = told.ID
	}
	if err := b.s.authority.Check(identity.Record{Source: b.source, Attributes: told.Attributes}); err != nil {
		b.refuse(e, told, err)
		return
	}
	e.record.Attributes, e.record.Payload = told.Attributes, told.Payload
	e.record.GoneAt, e.record.HeldReason = time.Time{}, ""
	if old.N != 0 && old.Live() && old.HeldReason == "" && sameContent(old, told) {
		b.counts.Unchanged++
		return
	}
	e.keys = b.s.correlate.Keys(e.record)
	b.entries = append(b.entries, e)
}

// refuse handles a record whose lifecycle cannot be read. One that is known
// stays as it is; a new one is stored and held. Neither gets anybody access,
// and both are shown.
func (b *batch) refuse(e *entry, told identity.Record, fault error) {
	e.record.HeldReason = refusedPrefix + oneLine(fault)
	if e.old.UserN == 0 {
		e.record.Attributes, e.record.Payload, e.record.GoneAt = told.Attributes, told.Payload, time.Time{}
		e.keys = b.s.correlate.Keys(e.record)
	} else {
		e.keys = b.s.correlate.Keys(e.old)
	}
	if e.old.N != 0 && e.record.HeldReason == e.old.HeldReason && sameContent(e.old, e.record) {
		b.counts.Unchanged++
		return
	}
	b.entries = append(b.entries, e)
}

// finish carries the entries through to the store.
func (b *batch) finish(ctx context.Context) error {
	if len(b.entries) == 0 {
		return nil
	}
	if err := b.rekey(ctx); err != nil {
		return err
	}
	found, err := b.findMatches(ctx)
	if err != nil {
		return err
	}
	if err := b.meet(ctx, b.userNumbers(found)); err != nil {
		return err
	}
	b.place(found)
	b.build()
	if err := b.settleNames(ctx); err != nil {
		return err
	}
	return b.save(ctx)
}

// sameContent reports whether a and b say the same.
func sameContent(a, b identity.Record) bool {
	return store.Digest(a.Attributes, a.Payload) == store.Digest(b.Attributes, b.Payload)
}

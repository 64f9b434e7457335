package intake

import (
	"context"
	"fmt"
	"maps"
	"slices"

	"birthright/directory"
	"birthright/store"
)

// rekey writes the match keys of linked records that changed them, so that the
// rest of the batch is matched against what is true now.
func (b *batch) rekey(ctx context.Context) error {
	changed := map[int64][]string{}
	for _, e := range b.entries {
		switch {
		case !e.record.Live(): // someone who comes back is found by the keys they had
		case e.old.N == 0:
			e.rekey = true // once the record has a number
		case !slices.Equal(e.keys, b.s.correlate.Keys(e.old)):
			changed[e.old.N] = e.keys
		}
	}
	if len(changed) == 0 {
		return nil
	}
	return b.tx.SetMatchKeys(ctx, changed)
}

// findMatches returns the records that carry the match keys of those entries
// that speak of nobody yet.
func (b *batch) findMatches(ctx context.Context) (map[string][]store.Match, error) {
	var keys []string
	for _, e := range b.entries {
		if e.loose() {
			keys = append(keys, e.keys...)
		}
	}
	if len(keys) == 0 {
		return nil, nil
	}
	return b.tx.MatchKeys(ctx, keys)
}

// loose reports whether it is open whom the record speaks of. A link once made
// is kept: an address that moves to someone else does not take the record along.
func (e *entry) loose() bool {
	return e.old.UserN == 0 && e.record.Live() && !refused(e.record.HeldReason)
}

// userNumbers lists the users that the batch may touch.
func (b *batch) userNumbers(found map[string][]store.Match) []int64 {
	numbers := map[int64]bool{}
	for _, e := range b.entries {
		numbers[e.old.UserN] = true
	}
	for _, matches := range found {
		for _, m := range matches {
			numbers[m.UserN] = true
		}
	}
	delete(numbers, 0)
	return slices.Sorted(maps.Keys(numbers))
}

// place gives each entry its person: the one it is linked to, the one that it
// matches, or a new one. Ambiguous ones stay without and say why.
func (b *batch) place(found map[string][]store.Match) {
	for _, e := range b.entries {
		switch {
		case e.old.UserN != 0:
			b.resume(e, b.people[e.old.UserN])
		case e.loose():
			b.correlate(e, found)
		}
	}
}

// resume puts a linked entry with its person again. One that comes back after
// its source began to speak for the person with another record is held.
func (b *batch) resume(e *entry, p *person) {
	comesBack := !e.old.Live() && e.record.Live()
	if speaker := p.candidate(b, true).Speaker; comesBack && speaker != "" {
		e.record.UserN = 0
		e.record.HeldReason = fmt.Sprintf("it spoke for %s before, but source %s now does so with record %s", p.name(), b.source, speaker)
		e.whom = []string{p.name()}
		return
	}
	b.put(e, p)
}

// correlate decides whom a loose entry speaks of.
func (b *batch) correlate(e *entry, found map[string][]store.Match) {
	candidates := map[string][]directory.Candidate{}
	for _, key := range e.keys {
		for _, m := range found[key] {
			if p := b.people[m.UserN]; p != nil && m.RecordN != e.old.N {
				candidates[key] = append(candidates[key], p.candidate(b, m.Live && !b.isLeaving(m.RecordN)))
			}
		}
		for _, other := range b.placed[key] {
			candidates[key] = append(candidates[key], other.person.candidate(b, true))
		}
	}
	v := b.s.correlate.Match(e.record, e.keys, candidates)
	switch v.Outcome {
	case directory.Link:
		b.put(e, b.people[v.UserN])
	case directory.New:
		b.put(e, b.newPerson())
	case directory.Ambiguous:
		e.record.HeldReason = v.Reason
		for _, n := range v.Candidates {
			e.whom = append(e.whom, b.people[n].name())
		}
	}
}

// put makes e speak for p. Another record of the source that is leaving gives
// way at once, so that one source never speaks twice.
func (b *batch) put(e *entry, p *person) {
	e.person = p
	if p.touch() {
		b.order = append(b.order, p)
	}
	p.entries = append(p.entries, e)
	if e.record.Live() && (e.old.UserN == 0 || !e.old.Live()) {
		b.retire(p, e.record.Key)
		for _, key := range e.keys {
			b.placed[key] = append(b.placed[key], e)
		}
	}
	p.setRecord(e.record)
}

// retire marks the leaving record of the batch's source that spoke for p.
func (b *batch) retire(p *person, successor string) {
	for _, r := range p.records {
		if r.Source != b.source || r.Key == successor || !r.Live() || !b.isLeaving(r.N) {
			continue
		}
		old := &entry{old: r, record: r, person: p}
		old.record.GoneAt = b.now
		b.counts.Gone++
		b.entries = append(b.entries, old)
		p.setRecord(old.record)
	}
}

func (b *batch) isLeaving(recordN int64) bool {
	return b.leaving != nil && b.leaving.Contains(uint64(recordN))
}

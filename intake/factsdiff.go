package intake

import (
	"maps"
	"slices"
	"time"

	"birthright/identity"
	"birthright/sources"
	"birthright/store"
)

// reading is when and on what terms a context source was read.
type reading struct {
	terms sources.Terms
	last  time.Time // when it was read whole before; zero for never
	at    time.Time // when this read began
	now   time.Time
}

// factsDiff is what a read changes.
type factsDiff struct {
	counts    Counts
	put, drop []identity.Fact
	// concerned are the users to look at; true where access may have ended.
	concerned map[int64]bool
	// changed are those of whom something is new, other or gone.
	changed map[int64]bool
}

// replaceFacts compares what is stored of a source with what it tells now.
func replaceFacts(source string, stored, told []identity.Fact, r reading) factsDiff {
	type name struct{ kind, key string }
	d := factsDiff{concerned: map[int64]bool{}, changed: map[int64]bool{}}
	before := make(map[name]identity.Fact, len(stored))
	for _, f := range stored {
		before[name{f.Kind, f.Key}] = f
	}
	for _, f := range told {
		old, known := before[name{f.Kind, f.Key}]
		delete(before, name{f.Kind, f.Key})
		f.Source, f.Seen = source, r.now
		openEnded := f.End.IsZero()
		if openEnded {
			f.End = r.bound(old.End)
		}
		d.compare(old, f, known, openEnded, r)
	}
	for _, f := range stored {
		if _, gone := before[name{f.Kind, f.Key}]; gone {
			d.counts.Gone++
			d.drop = append(d.drop, f)
			d.touch(f.UserN, true)
		}
	}
	delete(d.concerned, 0)
	delete(d.changed, 0)
	return d
}

// compare decides what becomes of one fact that is told.
func (d *factsDiff) compare(old, f identity.Fact, known, openEnded bool, r reading) {
	switch {
	case !known:
		d.counts.Added++
		d.put = append(d.put, f)
		d.touch(f.UserN, false)
	case !sameFact(old, f) || !openEnded && !old.End.Equal(f.End):
		d.counts.Changed++
		d.put = append(d.put, f)
		d.touch(old.UserN, true)
		d.touch(f.UserN, true)
	default:
		d.counts.Unchanged++
		if !old.End.Equal(f.End) { // no news, but memberships that end with it end later
			f.Seen = old.Seen
			d.put = append(d.put, f)
			d.look(f.UserN, false)
		}
		if f.Begun(r.now) && f.Start.After(r.last.Add(r.terms.MaxAge)) {
			d.look(f.UserN, false) // it began when nobody knew whether it still would
		}
	}
}

// sameFact reports whether a source says the same of a fact but for its end.
func sameFact(a, b identity.Fact) bool {
	return a.Name == b.Name && a.Person == b.Person && a.UserN == b.UserN && a.Start.Equal(b.Start)
}

// bound is when something without an end of its own ends unless it is read again.
// One that is known is moved on only when a tenth of the time has gone by: a read
// each minute must not write every open ticket anew.
func (r reading) bound(stored time.Time) time.Time {
	latest := r.at.Add(r.terms.ExpireAfter)
	if stored.After(latest.Add(-r.terms.ExpireAfter/10)) && !stored.After(latest) {
		return stored
	}
	return latest
}

func (d *factsDiff) look(userN int64, removal bool) {
	d.concerned[userN] = d.concerned[userN] || removal
}

func (d *factsDiff) touch(userN int64, removal bool) {
	d.look(userN, removal)
	d.changed[userN] = true
}

// news returns the users of whom something is new, other or gone, ascending.
func (d *factsDiff) news() []int64 { return slices.Sorted(maps.Keys(d.changed)) }

// work is what the change leaves to do. What may have ended never waits behind a
// bulk load.
func (d *factsDiff) work() []store.Work {
	var work []store.Work
	for _, n := range slices.Sorted(maps.Keys(d.concerned)) {
		work = append(work, store.Work{UserN: n, Removal: d.concerned[n]})
	}
	return work
}

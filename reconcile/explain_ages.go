package reconcile

import (
	"context"
	"slices"
	"strings"
	"time"

	"birthright/identity"
	"birthright/rules"
	"birthright/store"
)

// sourceAges tells how old is what each source says of one person.
type sourceAges struct {
	records map[string]sourceAge // by source
	facts   []identity.Fact      // shifts and tickets
	read    map[string]time.Time // when each source was last read whole
	at      time.Time
}

// sourceAge is when what a source says of a person changed last, and when it is
// known to have said it last: with the last whole read of a source that is pulled,
// with the change itself for one that pushes.
type sourceAge struct{ since, asOf time.Time }

// agesOf reads the ages of everything that is said of a user: one query for the
// records, one for shifts and tickets, one for the sources.
func agesOf(ctx context.Context, tx *store.Tx, userN int64) (sourceAges, error) {
	out := sourceAges{records: map[string]sourceAge{}, read: map[string]time.Time{}, at: tx.Now()}
	records, err := tx.RecordsOfUsers(ctx, []int64{userN})
	if err != nil {
		return out, err
	}
	states, err := tx.SourceStates(ctx)
	if err != nil {
		return out, err
	}
	for _, r := range records[userN] {
		if !r.Live() {
			continue
		}
		age := out.records[r.Source]
		if r.Modified.After(age.since) {
			age.since, age.asOf = r.Modified, r.Modified
		}
		out.records[r.Source] = age
	}
	for _, s := range states {
		out.read[s.Name] = s.LastCompleteAt
		if age, ok := out.records[s.Name]; ok && s.LastCompleteAt.After(age.asOf) {
			age.asOf = s.LastCompleteAt
			out.records[s.Name] = age
		}
	}
	out.facts, err = tx.FactsOfUsers(ctx, []int64{userN})
	return out, err
}

// date fills in the ages of everything that was read.
func (ages sourceAges) date(e *Explained) {
	for i := range e.Unmet {
		u := &e.Unmet[i]
		ages.dateReads(u.Reads)
		if u.Source == "" {
			u.Source = rules.SourcesOf(u.Reads)
		}
	}
	ages.dateReasons(e.Because)
	if e.Flips == nil {
		return
	}
	for _, way := range e.Flips.Ways {
		for i := range way.Changes {
			ages.dateRead(&way.Changes[i].Evidence)
		}
	}
}

func (ages sourceAges) dateReasons(reasons []rules.Reason) {
	for i := range reasons {
		ages.dateReads(reasons[i].Reads)
		ages.dateReasons(reasons[i].Behind)
	}
}

func (ages sourceAges) dateReads(reads []rules.Evidence) {
	for i := range reads {
		ages.dateRead(&reads[i])
	}
}

// dateRead fills in the age of one thing. Groups and the state follow from what all
// sources say together: what is known of it is as old as the oldest of them.
func (ages sourceAges) dateRead(r *rules.Evidence) {
	if r.Fact.Kind != "" {
		ages.dateFact(r)
		return
	}
	if r.Source == "" && (r.Attribute == "groups" || r.Attribute == "state") {
		r.Source = ages.all()
	}
	for source := range strings.SplitSeq(r.Source, ", ") {
		age, ok := ages.records[source]
		if !ok {
			continue
		}
		if asOf := age.asOf.UTC(); r.AsOf == nil || asOf.Before(*r.AsOf) {
			r.AsOf = &asOf
		}
		if since := age.since.UTC(); r.Since == nil || since.After(*r.Since) {
			r.Since = &since
		}
	}
}

// dateFact fills in who says that there is, or will be, a shift or a ticket. Where
// nobody does, no source says the contrary either.
func (ages sourceAges) dateFact(r *rules.Evidence) {
	for _, f := range ages.facts {
		if f.Kind != r.Fact.Kind || f.Name != r.Fact.Name || f.Over(ages.at) {
			continue
		}
		asOf, since := ages.read[f.Source].UTC(), f.Seen.UTC()
		r.Source, r.AsOf, r.Since = f.Source, &asOf, &since
		if f.Begun(ages.at) {
			return
		}
	}
}

// all names the sources.
func (ages sourceAges) all() string {
	var names []string
	for name := range ages.records {
		names = append(names, name)
	}
	slices.Sort(names)
	return strings.Join(names, ", ")
}

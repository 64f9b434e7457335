package reconcile

import (
	"context"
	"slices"
	"strings"
	"time"

	"birthright/rules"
	"birthright/store"
)

// sourceAges tells how old is what each source says of one person.
type sourceAges map[string]sourceAge

// sourceAge is when what a source says of a person changed last, and when it is
// known to have said it last: with the last whole read of a source that is pulled,
// with the change itself for one that pushes.
type sourceAge struct{ since, asOf time.Time }

// agesOf reads the ages of everything that is said of a user: one query for the
// records, one for the sources.
func agesOf(ctx context.Context, tx *store.Tx, userN int64) (sourceAges, error) {
	records, err := tx.RecordsOfUsers(ctx, []int64{userN})
	if err != nil {
		return nil, err
	}
	states, err := tx.SourceStates(ctx)
	if err != nil {
		return nil, err
	}
	out := sourceAges{}
	for _, r := range records[userN] {
		if !r.Live() {
			continue
		}
		age := out[r.Source]
		if r.Modified.After(age.since) {
			age.since, age.asOf = r.Modified, r.Modified
		}
		out[r.Source] = age
	}
	for _, s := range states {
		if age, ok := out[s.Name]; ok && s.LastCompleteAt.After(age.asOf) {
			age.asOf = s.LastCompleteAt
			out[s.Name] = age
		}
	}
	return out, nil
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
	if r.Source == "" && (r.Attribute == "groups" || r.Attribute == "state") {
		r.Source = ages.all()
	}
	for source := range strings.SplitSeq(r.Source, ", ") {
		age, ok := ages[source]
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

// all names the sources.
func (ages sourceAges) all() string {
	var names []string
	for name := range ages {
		names = append(names, name)
	}
	slices.Sort(names)
	return strings.Join(names, ", ")
}

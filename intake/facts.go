package intake

import (
	"context"
	"errors"
	"fmt"
	"time"

	"birthright/audit"
	"birthright/identity"
	"birthright/sources"
	"birthright/store"
)

// ImportFacts reads context source name whole and makes what it tells the facts of
// that source: what is no longer told is gone. It applies nothing unless the read
// ended whole. Work is left for exactly the users concerned. An error of kind
// Conflict means that another import of the source is running.
//
// Nothing guards against a rota that shrinks: shifts end, and whoever loses access
// by that is the removal guard's concern. What ends by its own time is ordered.
func (s *Service) ImportFacts(ctx context.Context, name string, src sources.Context) (Report, error) {
	began := s.o.Now()
	report := Report{Source: name, Facts: true}
	unlock, err := s.lockImport(ctx, name)
	if err != nil {
		return report, err
	}
	defer unlock()
	told, err := listen(ctx, src)
	if err == nil {
		err = s.applyFacts(ctx, began, src.Terms(), told, &report)
	}
	report.Duration = s.o.Now().Sub(began)
	if err != nil {
		err = unread(name, err)
		return report, errors.Join(err, s.rememberFailure(context.WithoutCancel(ctx), name, err))
	}
	s.o.Log.Info("imported", "report", report)
	return report, nil
}

// listen reads a source to its end and refuses what cannot be.
func listen(ctx context.Context, src sources.Context) ([]identity.Fact, error) {
	type name struct{ kind, key string }
	var facts []identity.Fact
	taken := map[name]bool{}
	end, err := src.Facts(ctx, func(f identity.Fact) error {
		if why := impossible(f); why != "" {
			return &identity.Error{Kind: identity.Invalid, Err: fmt.Errorf("%s %q of %q: %s", f.Kind, f.Key, f.Person, why)}
		}
		if taken[name{f.Kind, f.Key}] {
			return &identity.Error{Kind: identity.Invalid, Err: fmt.Errorf("two facts are %s %q", f.Kind, f.Key)}
		}
		taken[name{f.Kind, f.Key}] = true
		f.Start, f.End = asStored(f.Start), asStored(f.End)
		facts = append(facts, f)
		return nil
	})
	if err == nil && !end.Complete {
		err = &identity.Error{Kind: identity.Incomplete, Err: errors.New("the read ended before it was whole")}
	}
	return facts, err
}

// impossible says why nothing can follow from f, "" where something can.
func impossible(f identity.Fact) string {
	switch {
	case f.Kind != identity.FactShift && f.Kind != identity.FactTicket:
		return "it is neither a shift nor a ticket"
	case f.Name == "":
		return "it has no schedule or queue"
	case f.Key == "":
		return "it has no key"
	case f.Person == "":
		return "it is nobody's"
	case !f.End.IsZero() && !f.Start.Before(f.End):
		return "it ends before it begins"
	}
	return ""
}

// asStored is a time as it comes back from the store.
func asStored(t time.Time) time.Time {
	if t.IsZero() {
		return t
	}
	return t.UTC().Truncate(time.Microsecond)
}

// applyFacts replaces what is known of a source by what it told. The knowledge is
// as old as the beginning of the read: what changed during it may not be in it.
func (s *Service) applyFacts(ctx context.Context, began time.Time, terms sources.Terms, told []identity.Fact, report *Report) error {
	var work []store.Work
	err := s.db.Update(ctx, func(tx *store.Tx) error {
		state, err := tx.SourceState(ctx, report.Source)
		if err != nil {
			return err
		}
		stored, err := tx.FactsOfSource(ctx, report.Source)
		if err != nil {
			return err
		}
		strangers, err := s.matchFacts(ctx, tx, terms.Match, told)
		if err != nil {
			return err
		}
		if len(told) == 0 && len(stored) > 0 {
			s.o.Log.Warn("a context source that knew of shifts or tickets knows of none now", "source", report.Source, "before", len(stored))
		}
		d := replaceFacts(report.Source, stored, told, reading{terms: terms, last: state.LastCompleteAt, at: asStored(began), now: tx.Now()})
		report.Seen, report.Counts = len(told), d.counts
		report.Unmatched, report.Strangers = len(strangers), firstOf(strangers, maxHeldItems)
		events, err := s.factsEvent(ctx, tx, report, d)
		if err != nil {
			return err
		}
		if err := tx.ChangeFacts(ctx, d.put, d.drop, events...); err != nil {
			return err
		}
		work = d.work()
		if err := tx.EnqueueWork(ctx, work); err != nil {
			return err
		}
		state.Name, state.LastAt, state.LastCompleteAt, state.Seen, state.LastError = report.Source, tx.Now(), asStored(began), len(told), ""
		return tx.SaveSourceState(ctx, state)
	})
	if err == nil && len(work) > 0 {
		s.o.Notify()
	}
	return err
}

// mostNamed is how many people an event names.
const mostNamed = 100

// factsEvent tells of an import that changed something, and whom it is about.
func (s *Service) factsEvent(ctx context.Context, tx *store.Tx, r *Report, d factsDiff) ([]audit.Event, error) {
	if r.Added+r.Changed+r.Gone == 0 {
		return nil, nil
	}
	users, err := tx.BareUsers(ctx, firstOf(d.news(), mostNamed))
	if err != nil {
		return nil, err
	}
	names := make([]string, len(users))
	for i, u := range users {
		names[i] = u.UserName
	}
	return []audit.Event{{Actor: sourceActor(r.Source), Action: FactsImported, Subject: "source:" + r.Source, Detail: map[string]any{
		"seen": r.Seen, "added": r.Added, "changed": r.Changed, "gone": r.Gone, "unmatched": r.Unmatched, "concerns": len(d.news()), "users": names,
	}}}, nil
}

func firstOf[T any](list []T, n int) []T { return list[:min(n, len(list))] }

package intake_test

import (
	"context"
	"fmt"
	"testing"

	"birthright/identity"
	"birthright/sources"
)

// town is a source that makes people up as it goes: n people with the thirteen
// attributes of an ordinary directory entry, and groups of a hundred.
type town struct{ people, groups int }

func (town) Probe(context.Context) (sources.Report, error) { return sources.Report{}, nil }

func (s town) Pull(_ context.Context, _ sources.Cursor, sink sources.Sink) (sources.Checkpoint, error) {
	for i := range s.people {
		n := fmt.Sprint(i)
		r := identity.Record{Key: "6f1c0000-0000-4000-8000-" + fmt.Sprintf("%012d", i), Attributes: identity.Attributes{
			"userName": {"user" + n}, "displayName": {"Given" + n + " Family" + n}, "givenName": {"Given" + n}, "familyName": {"Family" + n},
			"email": {"user" + n + "@example.com"}, "employeeNumber": {n}, "title": {"Engineer"}, "department": {"Department " + fmt.Sprint(i%50)},
			"team": {"Team " + fmt.Sprint(i%700)}, "location": {"Oslo"}, "manager": {"user" + fmt.Sprint(i/10)}, "phone": {"+47 " + n}, "employeeType": {"Employee"},
		}}
		if err := sink.Record(r); err != nil {
			return sources.Checkpoint{}, err
		}
	}
	for g := range s.groups {
		refs := make([]identity.MemberRef, 0, 100)
		for m := range 100 {
			refs = append(refs, identity.MemberRef{Key: "6f1c0000-0000-4000-8000-" + fmt.Sprintf("%012d", (g*97+m*13)%s.people)})
		}
		if err := sink.Group(identity.SourceGroup{Key: fmt.Sprint("g", g), Name: fmt.Sprint("group ", g)}, refs); err != nil {
			return sources.Checkpoint{}, err
		}
	}
	return sources.Checkpoint{Complete: true, Seen: s.people}, nil
}

// nothing takes what a source tells and forgets it: the floor of an import.
type nothing struct{}

func (nothing) Record(identity.Record) error                           { return nil }
func (nothing) Group(identity.SourceGroup, []identity.MemberRef) error { return nil }

// BenchmarkPull is 100,000 people and 1,000 groups of 100 to durable, correlated
// state, and the same once more without a change.
func BenchmarkPull(b *testing.B) {
	src := town{people: 100_000, groups: 1000}
	b.Run("making the people up", func(b *testing.B) {
		for b.Loop() {
			if _, err := src.Pull(b.Context(), "", nothing{}); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("first", func(b *testing.B) {
		for b.Loop() {
			b.StopTimer()
			h := newHub(b, options())
			b.StartTimer()
			if _, err := h.Pull(b.Context(), "corp", src); err != nil {
				b.Fatal(err)
			}
		}
		b.ReportMetric(float64(src.people*b.N)/b.Elapsed().Seconds(), "people/s")
	})
	b.Run("unchanged", func(b *testing.B) {
		h := newHub(b, options())
		if _, err := h.Pull(b.Context(), "corp", src); err != nil {
			b.Fatal(err)
		}
		for b.Loop() {
			if _, err := h.Pull(b.Context(), "corp", src); err != nil {
				b.Fatal(err)
			}
		}
		b.ReportMetric(float64(src.people*b.N)/b.Elapsed().Seconds(), "people/s")
	})
}

// BenchmarkPush is one pushed change among few and among many people: the cost
// must not follow the population.
func BenchmarkPush(b *testing.B) {
	for _, people := range []int{1000, 100_000} {
		b.Run(fmt.Sprint("among ", people), func(b *testing.B) {
			h := newHub(b, options())
			if _, err := h.Pull(b.Context(), "corp", town{people: people, groups: 10}); err != nil {
				b.Fatal(err)
			}
			r, err := h.Create(b.Context(), "okta", person("", "userName", "someone", "email", "someone@example.com"), nil)
			if err != nil {
				b.Fatal(err)
			}
			for i := 0; b.Loop(); i++ {
				if _, err := h.set("okta", r.ID, "title", fmt.Sprint(i)); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

package sourcetest

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"birthright/identity"
	"birthright/sources"
)

// ContextCases returns the contract of context sources in reading order.
func ContextCases() []ContextCase {
	return slices.Concat(factCases(), factEndingCases())
}

// factCases are about what is told.
func factCases() []ContextCase {
	return []ContextCase{
		{
			Name: "tells every fact as it is", Why: "a shift of another length or person is access of another length or person",
			check: func(t testing.TB, h ContextHarness) error { return tells(t, h, h.rota()) },
			plant: changeFacts(func(f *identity.Fact) { f.End = f.End.Add(1) }),
		},
		{
			Name: "tells each fact once over many pages", Why: "errors hide at the borders of pages: shifts lost, or told twice",
			check: func(t testing.TB, h ContextHarness) error { return tells(t, h, h.rush(250)) },
			plant: skipFact(100),
		},
		{
			Name: "tells nothing of an empty world", Why: "nobody is on call is an answer, and not a fault: the last shift may have ended",
			check: func(t testing.TB, h ContextHarness) error { return tells(t, h, nil) },
			plant: addFact,
		},
		{
			Name: "keys are there, differ and stay", Why: "a shift with a new key has ended and another has begun: people are looked at for nothing",
			check: func(t testing.TB, h ContextHarness) error {
				source := h.Open(t, h.rota()).Source
				first, err := heardFacts(t.Context(), source)
				if err != nil {
					return err
				}
				second, err := heardFacts(t.Context(), source)
				if err != nil {
					return err
				}
				known := map[string]bool{}
				for _, f := range first {
					if f.Key == "" || known[f.Kind+" "+f.Key] {
						return fmt.Errorf("the key %q of %s is empty or taken", f.Key, f.Name)
					}
					known[f.Kind+" "+f.Key] = true
				}
				for _, f := range second {
					if !known[f.Kind+" "+f.Key] {
						return fmt.Errorf("the key %q was another before", f.Key)
					}
				}
				return nil
			},
			plant: renumberFacts,
		},
		{
			Name: "sets nothing that is the hub's", Why: "whom a name stands for is not the source's to say",
			check: func(t testing.TB, h ContextHarness) error {
				facts, err := heardFacts(t.Context(), h.Open(t, h.rota()).Source)
				for _, f := range facts {
					if f.Source != "" || f.UserN != 0 || !f.Seen.IsZero() {
						return fmt.Errorf("%+v sets more than a source may", f)
					}
				}
				return err
			},
			plant: changeFacts(func(f *identity.Fact) { f.UserN = 1 }),
		},
		{
			Name: "what was changed is told as it is now", Why: "a shift that was handed over must not stay with who had it",
			check: func(t testing.TB, h ContextHarness) error {
				peer := h.Open(t, h.rota())
				if peer.Change == nil {
					return nil
				}
				if _, err := heardFacts(t.Context(), peer.Source); err != nil {
					return err
				}
				after := h.rota()[1:]
				after[0].Person = "chen@x.test"
				peer.Change(t, after)
				return hears(t, peer.Source, after)
			},
			plant: rememberFacts,
		},
	}
}

// factEndingCases are about when a read is complete.
func factEndingCases() []ContextCase {
	return []ContextCase{
		{
			Name: "a read that breaks off is an error", Why: "half a rota that goes for complete takes the others' access away",
			check: func(t testing.TB, h ContextHarness) error {
				peer := h.Open(t, h.rush(250))
				if peer.Break == nil {
					return nil
				}
				peer.Break(t)
				return unclaimed(peer.Source.Facts(t.Context(), deaf))
			},
			plant: swallowFacts,
		},
		{
			Name: "a cancelled read is an error", Why: "a read that a shutdown ended would go for the whole truth",
			check: func(t testing.TB, h ContextHarness) error {
				ctx, cancel := context.WithCancel(t.Context())
				cancel()
				return unclaimed(h.Open(t, h.rota()).Source.Facts(ctx, deaf))
			},
			plant: swallowFacts,
		},
		{
			Name: "the caller's error ends the read and comes back as it is", Why: "the caller must know its own error again",
			check: func(t testing.TB, h ContextHarness) error {
				full := errors.New("no more")
				end, err := h.Open(t, h.rota()).Source.Facts(t.Context(), func(identity.Fact) error { return full })
				if end.Complete || err != full { //nolint:errorlint // as it is, not wrapped
					return fmt.Errorf("ended with %+v, %v", end, err)
				}
				return nil
			},
			plant: swallowFacts,
		},
		{
			Name: "counts what it told", Why: "people compare that number with what the other system shows",
			check: func(t testing.TB, h ContextHarness) error {
				told := 0
				end, err := h.Open(t, h.rota()).Source.Facts(t.Context(), func(identity.Fact) error { told++; return nil })
				if err == nil && (end.Seen != told || len(end.Gone) > 0) {
					err = fmt.Errorf("%d facts were told, the checkpoint is %+v", told, end)
				}
				return err
			},
			plant: changeFactsEnd(func(c sources.Checkpoint, err error) (sources.Checkpoint, error) { c.Seen++; return c, err }),
		},
		{
			Name: "a probe says how it is", Why: "people ask it first when something is wrong",
			check: func(t testing.TB, h ContextHarness) error {
				report, err := h.Open(t, h.rota()).Source.Probe(t.Context())
				if err == nil && (!report.Reachable || len(report.Findings) == 0) {
					err = fmt.Errorf("of a good source it says %+v", report)
				}
				return err
			},
			plant: silent,
		},
	}
}

func deaf(identity.Fact) error { return nil }

// heardFacts reads s whole and expects that to work.
func heardFacts(ctx context.Context, s sources.Context) (facts []identity.Fact, err error) {
	end, err := s.Facts(ctx, func(f identity.Fact) error { facts = append(facts, f); return nil })
	if err != nil {
		return nil, fmt.Errorf("the read failed: %w", err)
	}
	if !end.Complete {
		return nil, errors.New("a read without an error is not complete")
	}
	return facts, nil
}

// tells opens a world and expects to hear exactly that.
func tells(t testing.TB, h ContextHarness, world []identity.Fact) error {
	return hears(t, h.Open(t, world).Source, world)
}

func hears(t testing.TB, s sources.Context, world []identity.Fact) error {
	facts, err := heardFacts(t.Context(), s)
	if err != nil {
		return err
	}
	if diff := cmp.Diff(described(world), described(facts)); diff != "" {
		return fmt.Errorf("the facts told are not those that are so (-want +got):\n%s", diff)
	}
	return nil
}

package sourcetest

import (
	"fmt"
	"sync"
	"testing"

	"birthright/sources"
)

// mannerCases are about being a good neighbour.
func mannerCases() []Case {
	return []Case{
		{
			Name: "what was told belongs to the hearer", Why: "the hub keeps and changes records; memory shared with the source would change other people",
			check: func(t testing.TB, h Harness) error {
				w := company(h.Nested)
				source := h.Open(t, w).Source
				var got heard
				got.scribble = true
				if _, err := source.Pull(t.Context(), "", &got); err != nil {
					return err
				}
				if err := got.matches(w); err != nil {
					return fmt.Errorf("after writing over what was told before: %w", err)
				}
				again, err := pull(t.Context(), source)
				if err != nil {
					return err
				}
				return again.matches(w)
			},
			plant: share,
		},
		{
			Name: "two pulls at once are two whole pulls", Why: "a probe or a second import may run beside a scheduled one",
			check: func(t testing.TB, h Harness) error {
				w := company(h.Nested)
				source := h.Open(t, w).Source
				var wg sync.WaitGroup
				faults := make([]error, 4)
				for i := range faults {
					wg.Go(func() {
						got, err := pull(t.Context(), source)
						if err == nil {
							err = got.matches(w)
						}
						faults[i] = err
					})
				}
				wg.Wait()
				for _, err := range faults {
					if err != nil {
						return err
					}
				}
				return nil
			},
			plant: onlyOne,
		},
		{
			Name: "a probe of a good source finds nothing wrong", Why: "an operator who is told of faults that are none stops reading",
			check: func(t testing.TB, h Harness) error {
				w := company(h.Nested)
				report, err := h.Open(t, w).Source.Probe(t.Context())
				if err != nil {
					return err
				}
				if !report.Reachable || report.Users != -1 && report.Users != len(w.People) || report.Groups != -1 && report.Groups != len(w.Groups) {
					return fmt.Errorf("a source of %d people and %d groups is reported as %+v", len(w.People), len(w.Groups), report)
				}
				for _, f := range report.Findings {
					if !f.OK {
						return fmt.Errorf("a good source has the finding %+v", f)
					}
				}
				return nil
			},
			plant: changeReport(func(r *sources.Report) { r.Findings = append(r.Findings, sources.Finding{Check: "mood"}) }),
		},
		{
			Name: "a probe says what is wrong and what to do", Why: "it is the first thing that a person runs when an import fails",
			check: func(t testing.TB, h Harness) error {
				peer := h.Open(t, crowd(2500))
				if peer.Break == nil {
					return nil
				}
				peer.Break(t)
				report, err := peer.Source.Probe(t.Context())
				if err != nil {
					return nil // it could not find out, and says so
				}
				for _, f := range report.Findings {
					if !f.OK && f.Detail != "" && f.Remedy != "" {
						return nil
					}
				}
				return fmt.Errorf("a broken source is reported as %+v", report)
			},
			plant: changeReport(func(r *sources.Report) { r.Findings = nil }),
		},
	}
}

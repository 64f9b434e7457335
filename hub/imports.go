package hub

import (
	"context"
	"errors"

	"birthright/grants/approval"
	"birthright/identity"
	"birthright/intake"
	"birthright/rights"
)

// Imported is what reading sources came to.
type Imported struct {
	Imports []SourceImport `json:"imports" nullable:"false"`
	// Faults are why sources could not be taken in.
	Faults []Fault `json:"faults" nullable:"false"`
}

// SourceImport is what reading one source came to.
type SourceImport struct {
	Source     string   `json:"source"`
	Seen       int      `json:"seen"`
	Added      int      `json:"added"`
	Changed    int      `json:"changed"`
	Gone       int      `json:"gone"`
	Unchanged  int      `json:"unchanged"`
	Groups     int      `json:"groups"`
	Ambiguous  int      `json:"ambiguous"`
	Unmatched  int      `json:"unmatched"`
	Strangers  []string `json:"strangers" nullable:"false"`
	Held       []string `json:"held" nullable:"false"`
	DurationMS int64    `json:"duration_ms"`
	// Facts is set for a source of shifts and tickets.
	Facts bool `json:"facts"`
}

// Err joins the faults.
func (i Imported) Err() error {
	faults := make([]error, len(i.Faults))
	for n := range i.Faults {
		faults[n] = i.Faults[n].Err()
	}
	return errors.Join(faults...)
}

// Import reads the named sources, or all that can be read, into the directory, and waits
// until that is done. What could not be taken in stands in the answer; the error says why
// nothing was tried.
func (h *Hub) Import(ctx context.Context, a approval.Actor, names []string) (Imported, error) {
	o, do, err := h.orderImport(ctx, a, names)
	if err != nil {
		return Imported{}, err
	}
	h.carry(ctx, o, do)
	report, _ := o.report.(Imported)
	return report, o.err
}

// StartImport begins what Import does, and returns while it goes on.
func (h *Hub) StartImport(ctx context.Context, a approval.Actor, names []string) (Run, error) {
	o, do, err := h.orderImport(ctx, a, names)
	if err != nil {
		return Run{}, err
	}
	h.behind(o, do)
	return viewRun(o.row, o.row.Started), nil
}

func (h *Hub) orderImport(ctx context.Context, a approval.Actor, names []string) (*order, func(context.Context) (fruit, error), error) {
	o, err := h.ordered(ctx, a, rights.Import, KindImport, func(s *session) (Scope, error) {
		return Scope{Sources: names}, s.checkReadable(names)
	})
	if err != nil {
		return nil, nil, err
	}
	return o, func(ctx context.Context) (fruit, error) { return h.imported(ctx, names) }, nil
}

// checkReadable refuses what cannot be read.
func (s *session) checkReadable(names []string) error {
	chosen, err := s.chosenSources(names)
	if err != nil || len(names) > 0 {
		return err
	}
	for _, setting := range chosen {
		if !setting.Pushes {
			return nil
		}
	}
	return &identity.Error{
		Kind: identity.Invalid, Op: "import", Err: errors.New("no source can be read: each of them pushes, or none is configured"),
		Hint: "a SCIM source fills the directory while `birthright serve` runs; see docs/sources.md",
	}
}

func (h *Hub) imported(ctx context.Context, names []string) (fruit, error) {
	reports, faults := h.ReadSources(ctx, names)
	out := Imported{Imports: []SourceImport{}, Faults: []Fault{}}
	f := fruit{complete: len(faults) == 0, counts: map[string]int{countRead: len(reports)}}
	for _, r := range reports {
		out.Imports = append(out.Imports, viewImport(r))
		f.counts[countImported] += r.Added + r.Changed + r.Gone
	}
	for _, err := range faults {
		out.Faults = append(out.Faults, *faultOf(err))
	}
	if err := errors.Join(faults...); err != nil {
		f.trouble = err.Error()
	}
	f.report = out
	return f, nil
}

func viewImport(r intake.Report) SourceImport {
	v := SourceImport{
		Source: r.Source, Seen: r.Seen, Added: r.Added, Changed: r.Changed, Gone: r.Gone, Unchanged: r.Unchanged,
		Groups: r.Groups, Ambiguous: r.Ambiguous, Held: []string{}, Facts: r.Facts,
		Unmatched: r.Unmatched, Strangers: append([]string{}, r.Strangers...), DurationMS: r.Duration.Milliseconds(),
	}
	for _, h := range r.Held {
		v.Held = append(v.Held, h.Subject+": "+h.Reason)
	}
	return v
}

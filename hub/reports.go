package hub

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"birthright/grants/approval"
	"birthright/identity"
	"birthright/reviews/creep"
	"birthright/reviews/jit"
	"birthright/rights"
)

// The kinds of report.
const (
	ReportCreep       = "creep"
	ReportOrphans     = "orphans"
	ReportDormant     = "dormant"
	ReportSoD         = "sod"
	ReportJIT         = "jit"
	ReportSuggestions = "suggestions"
)

// ReportKinds lists them all.
func ReportKinds() []string {
	return []string{ReportCreep, ReportOrphans, ReportDormant, ReportSoD, ReportJIT, ReportSuggestions}
}

// ReportQuery asks for a report.
type ReportQuery struct {
	Kind string
	// Looking is for the kinds of what people hold; what is zero in it is as configured.
	Looking Looking
	// Filter chooses a part of a report of creep.
	Filter creep.Filter
	// Since is how far back requests count, of jit; Learning is for suggestions.
	Since    time.Duration
	Learning Learning
}

// Report is what was found: one of them is set, by kind.
type Report struct {
	Creep       *creep.Report
	JIT         *jit.Report
	Suggestions *Suggestions
}

// At is as of when it is.
func (r *Report) At() time.Time {
	switch {
	case r.Creep != nil:
		return r.Creep.At
	case r.JIT != nil:
		return r.JIT.At
	}
	return r.Suggestions.Until
}

// Orphans are accounts on targets that belong to nobody.
type Orphans struct {
	At         time.Time          `json:"at"`
	Incomplete []creep.Incomplete `json:"incomplete"`
	Orphans    []creep.Orphan     `json:"orphans"`
}

// Dormant are accounts that nobody used for long.
type Dormant struct {
	At         time.Time          `json:"at"`
	Dormant    []creep.Dormant    `json:"dormant"`
	Incomplete []creep.Incomplete `json:"incomplete"`
}

// SoD is who holds together what constraints keep apart.
type SoD struct {
	At         time.Time          `json:"at"`
	Incomplete []creep.Incomplete `json:"incomplete"`
	SoD        []creep.SoD        `json:"sod"`
}

// Shown is the report as programs read it.
func (r *Report) Shown(kind string) any {
	switch kind {
	case ReportCreep:
		return r.Creep
	case ReportOrphans:
		return Orphans{r.Creep.At, r.Creep.Incomplete, r.Creep.Orphans}
	case ReportDormant:
		return Dormant{r.Creep.At, r.Creep.Dormant, r.Creep.Incomplete}
	case ReportSoD:
		return SoD{r.Creep.At, r.Creep.Incomplete, r.Creep.SoD}
	case ReportJIT:
		return r.JIT
	}
	return r.Suggestions
}

// chooses reports whether a query asks for a part of a report.
func (q *ReportQuery) chooses() bool {
	f := &q.Filter
	return len(f.Users)+len(f.Targets)+len(f.Entitlements)+f.MinScore+f.MinUserScore > 0
}

// proper fills in what is as configured, and refuses what cannot be right.
func (q *ReportQuery) proper(r Reporter) error {
	if !slices.Contains(ReportKinds(), q.Kind) {
		return &identity.Error{
			Kind: identity.NotFound, Err: fmt.Errorf("there is no report %q: there are %s", q.Kind, strings.Join(ReportKinds(), ", ")),
		}
	}
	usual := r.Usual()
	if q.Looking.Usage == "" {
		q.Looking.Usage = usual.Usage
	}
	if q.Looking.Dormant == 0 {
		q.Looking.Dormant = usual.Dormant
	}
	if q.Looking.Stale == 0 {
		q.Looking.Stale = usual.Stale
	}
	if q.Since == 0 {
		q.Since = usualSince
	}
	if q.Learning == (Learning{}) {
		q.Learning = UsualLearning()
	}
	return nil
}

// title is by what the shelf knows what a query asks for.
func (q *ReportQuery) title() string {
	switch q.Kind {
	case ReportJIT:
		return fmt.Sprint("jit ", q.Since)
	case ReportSuggestions:
		return fmt.Sprintf("suggestions %+v", q.Learning)
	}
	return fmt.Sprintf("held %+v", q.Looking)
}

// Report makes a report as of now: one that was made already is told again while nothing
// changed since, for some minutes at most. Those who ask for the same at once wait for the
// same.
func (h *Hub) Report(ctx context.Context, a approval.Actor, q ReportQuery) (*Report, error) {
	whole, err := h.report(ctx, a, &q)
	if err != nil || !q.chooses() {
		return whole, err
	}
	return &Report{Creep: whole.Creep.Narrowed(q.Filter)}, nil
}

func (h *Hub) report(ctx context.Context, a approval.Actor, q *ReportQuery) (*Report, error) {
	b, err := h.order(ctx, a, q)
	if err != nil {
		return nil, err
	}
	return b.wait(ctx)
}

// order has a report made, unless there is one that shows the hub as it is.
func (h *Hub) order(ctx context.Context, a approval.Actor, q *ReportQuery) (*book, error) {
	mark, err := h.reportMark(ctx, a)
	if err != nil {
		return nil, err
	}
	if err := q.proper(h.Reporter); err != nil {
		return nil, err
	}
	if q.chooses() && q.Kind != ReportCreep {
		return nil, &identity.Error{Kind: identity.Invalid, Err: errors.New("only a report of creep can be asked for in part")}
	}
	return h.shelf.take(ctx, q.title(), mark, h.Now, func(ctx context.Context) (*Report, error) { return h.compute(ctx, *q) }), nil
}

// reportMark sees that an actor may read reports, and returns a mark of how the hub is: it
// is another one after whatever is put on record, and after each look at a target.
func (h *Hub) reportMark(ctx context.Context, a approval.Actor) (mark string, err error) {
	err = h.view(ctx, a, func(s *session) error {
		if err := s.may(rights.ReadReports, rights.Relation{}); err != nil {
			return err
		}
		head, err := s.tx.AuditHead(ctx)
		if err != nil {
			return err
		}
		states, err := s.tx.TargetStates(ctx)
		mark = fmt.Sprint(head.Seq, " ", s.Engine().Policy().Hash)
		for _, t := range states {
			mark += fmt.Sprint(" ", t.N, t.LastFullAt.UnixMicro(), t.LastOKAt.UnixMicro(), t.LastError)
		}
		return err
	})
	return mark, err
}

func (h *Hub) compute(ctx context.Context, q ReportQuery) (*Report, error) {
	var r Report
	var err error
	switch q.Kind {
	case ReportJIT:
		r.JIT, err = h.Reporter.JIT(ctx, q.Since)
	case ReportSuggestions:
		r.Suggestions, err = h.Reporter.Suggest(ctx, q.Learning)
	default:
		r.Creep, err = h.Reporter.Creep(ctx, q.Looking)
	}
	return &r, err
}

package hub

import (
	"context"
	"errors"
	"io"
	"time"

	"birthright/grants/approval"
	"birthright/identity"
	"birthright/reviews/document"
	"birthright/rights"
)

// PaperQuery asks for a report as a document.
type PaperQuery struct {
	ReportQuery
	Form document.Form
	// Table is which table is wanted as CSV: the main one where it is "", an archive of
	// all of them where it is "*".
	Table string
}

// mainTables are the tables that a spreadsheet wants first.
var mainTables = map[string]string{
	ReportCreep: "surplus", ReportOrphans: "holds", ReportDormant: "dormant", ReportSoD: "sod", ReportJIT: "groups",
}

// Paper writes a report as a document, and names it in the audit log with its sum.
func (h *Hub) Paper(ctx context.Context, a approval.Actor, q PaperQuery, w io.Writer) error {
	switch {
	case q.Kind == ReportSuggestions:
		return &identity.Error{Kind: identity.Invalid, Field: "format", Err: errors.New("suggestions are told as JSON; each has its rule as YAML")}
	case q.chooses():
		return &identity.Error{Kind: identity.Invalid, Field: "format", Err: errors.New("a report that is kept is whole: leave out what chooses a part of it, or take JSON")}
	case q.Table == "":
		q.Table = mainTables[q.Kind]
	}
	r, err := h.report(ctx, a, &q.ReportQuery)
	if err != nil {
		return err
	}
	m, err := h.Reporter.Paper(q.Kind, r, q.Looking)
	if err != nil {
		return err
	}
	by, err := h.actor(ctx, a)
	if err != nil {
		return err
	}
	return h.Reporter.PrintPaper(ctx, &m, w, q.Form, q.Table, by)
}

// ReviewPaper writes what a campaign came to as a document, and names it in the audit log.
// Of CSV it writes the items where no table is named.
func (h *Hub) ReviewPaper(ctx context.Context, a approval.Actor, id string, form document.Form, table string, w io.Writer) error {
	m, _, err := h.Reporter.ReviewPaper(ctx, a, id)
	if err != nil {
		return err
	}
	by, err := h.actor(ctx, a)
	if err != nil {
		return err
	}
	if table == "" {
		table = "items"
	}
	return h.Reporter.PrintPaper(ctx, &m, w, form, table, by)
}

// actor is what an actor is called now.
func (h *Hub) actor(ctx context.Context, a approval.Actor) (name string, err error) {
	err = h.view(ctx, a, func(s *session) error {
		name = s.Actor.Name
		return nil
	})
	return name, err
}

// Standing is a report that is there, and whether another is being made.
type Standing struct {
	Report *Report   // nil for none
	Begun  time.Time // when the one that is being made was asked for; zero for none
	Err    error     // why the last one could not be made
}

// patience is how long pages wait for a report, and quick how long one took that they
// have made without being told.
const patience, quick = 1200 * time.Millisecond, 3 * time.Second

// Standing returns a report without waiting for long: the last that was made, where it
// takes its time to make another. Anew has one made in any case; else one is made where
// that was quick the last time, or where there is none.
func (h *Hub) Standing(ctx context.Context, a approval.Actor, q ReportQuery, anew bool) (out Standing, err error) {
	if _, err := h.reportMark(ctx, a); err != nil {
		return out, err
	}
	if err := q.proper(h.Reporter); err != nil {
		return out, err
	}
	last := h.shelf.last(q.title())
	if last != nil && last.ready() && last.err == nil {
		out.Report = last.report
	}
	if anew || last == nil || last.ready() && last.took < quick {
		if last, err = h.order(ctx, a, &q); err != nil {
			return out, err
		}
	}
	wait, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	switch r, err := last.wait(wait); {
	case err == nil:
		out.Report = r
	case last.ready():
		out.Err = err
	default:
		out.Begun = last.begun
	}
	return out, nil
}

// WriteReports writes the reports of the configuration into its folder, on the hub's
// machine, and tells the owners.
func (h *Hub) WriteReports(ctx context.Context, a approval.Actor) ([]string, error) {
	by := ""
	err := h.view(ctx, a, func(s *session) error {
		by = s.Actor.Name
		return s.may(rights.WriteReports, rights.Relation{})
	})
	if err != nil {
		return nil, err
	}
	return h.Reporter.WriteReports(ctx, by)
}

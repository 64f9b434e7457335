package api

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"birthright/grants/approval"
	"birthright/hub"
	"birthright/identity"
	"birthright/reviews/creep"
	"birthright/reviews/document"
)

type reportDesk interface {
	Report(ctx context.Context, a approval.Actor, q hub.ReportQuery) (*hub.Report, error)
	Paper(ctx context.Context, a approval.Actor, q hub.PaperQuery, w io.Writer) error
	Reports(ctx context.Context, a approval.Actor, q hub.KeptQuery) (hub.Page[hub.KeptReport], error)
	Trend(ctx context.Context, a approval.Actor) ([]creep.Summary, error)
	PlanRemoval(ctx context.Context, a approval.Actor, q hub.ReportQuery) (hub.Removal, error)
	Remove(ctx context.Context, a approval.Actor, q hub.ReportQuery, mark, reason string) ([]hub.Order, error)
	WriteReports(ctx context.Context, a approval.Actor) ([]string, error)
}

// HeldQuestion says what a report of what people hold counts as what.
type HeldQuestion struct {
	Dormant string `query:"dormant" maxLength:"40" doc:"what was not used for so long is dormant; as configured where it is left out"`
	Stale   string `query:"stale" maxLength:"40" doc:"a target not read for so long is named as incomplete; as configured where it is left out"`
}

func (q *HeldQuestion) looking() (l hub.Looking, err error) {
	if l.Dormant, err = length("dormant", q.Dormant); err != nil {
		return l, err
	}
	l.Stale, err = length("stale", q.Stale)
	return l, err
}

// LearningQuestion says what suggestions must reach.
type LearningQuestion struct {
	MinAskers    int     `query:"min_askers" minimum:"0"`
	MinRequests  int     `query:"min_requests" minimum:"0"`
	MinPrecision float64 `query:"min_precision" minimum:"0" maximum:"1"`
	MinCoverage  float64 `query:"min_coverage" minimum:"0" maximum:"1"`
	MinApproval  float64 `query:"min_approval" minimum:"0" maximum:"1"`
	MinHolders   int     `query:"min_holders" minimum:"0"`
	Held         string  `query:"held" enum:"true,false" doc:"look for rules in what people hold on targets, too; true where it is left out"`
	Draft        bool    `query:"draft" doc:"with suggestions: the policy with every draft in it, too"`
}

func (q *LearningQuestion) learning(since time.Duration) hub.Learning {
	l := hub.UsualLearning()
	set := func(into *int, n int) {
		if n > 0 {
			*into = n
		}
	}
	share := func(into *float64, x float64) {
		if x > 0 {
			*into = x
		}
	}
	set(&l.Askers, q.MinAskers)
	set(&l.Requests, q.MinRequests)
	set(&l.FromHeld.Holders, q.MinHolders)
	share(&l.Precision, q.MinPrecision)
	share(&l.Coverage, q.MinCoverage)
	share(&l.Approval, q.MinApproval)
	l.Held, l.Draft = q.Held != "false", q.Draft
	if since > 0 {
		l.Since = since
	}
	return l
}

// reportQuestion asks for a report.
type reportQuestion struct {
	Kind string `path:"kind" enum:"creep,orphans,dormant,sod,jit,suggestions"`
	HeldQuestion
	LearningQuestion
	Since        string   `query:"since" maxLength:"40" doc:"of jit and suggestions: how long ago requests count; 90d where it is left out"`
	Users        []string `query:"user" maxItems:"1000" doc:"of creep: only these users, with commas"`
	Targets      []string `query:"target" maxItems:"1000"`
	Entitlements []string `query:"entitlement" maxItems:"1000"`
	MinScore     int      `query:"min_score" minimum:"0"`
	MinUserScore int      `query:"min_user_score" minimum:"0"`
	Format       string   `query:"format" enum:"json,html,csv,markdown,xlsx" doc:"what Accept says where it is left out, else json; the others are documents, and named in the audit log"`
	Table        string   `query:"table" maxLength:"40" doc:"with csv: this table, the main one where it is left out, or * for a ZIP archive of all of them"`
	Accept       string   `header:"Accept" hidden:"true"`
}

func (q *reportQuestion) query() (hub.ReportQuery, error) {
	out := hub.ReportQuery{Kind: q.Kind, Filter: creep.Filter{Users: q.Users, Targets: q.Targets, Entitlements: q.Entitlements, MinScore: q.MinScore, MinUserScore: q.MinUserScore}}
	var err error
	if out.Looking, err = q.looking(); err != nil {
		return out, err
	}
	if out.Since, err = length("since", q.Since); err != nil {
		return out, err
	}
	out.Learning = q.learning(out.Since)
	return out, nil
}

// form is the form that was asked for; "" for the data.
func (q *reportQuestion) form() document.Form {
	if q.Format == "json" {
		return ""
	}
	if q.Format != "" {
		return document.Form(q.Format)
	}
	for part := range strings.SplitSeq(q.Accept, ",") {
		kind, _, _ := strings.Cut(strings.TrimSpace(part), ";")
		for _, f := range document.Forms() {
			media, _, _ := strings.Cut(f.MediaType(), ";")
			if kind == media {
				if f == document.FormJSON {
					return ""
				}
				return f
			}
		}
	}
	return ""
}

func (s *server) report(ctx context.Context, who approval.Actor, q *reportQuestion) (*huma.StreamResponse, error) {
	ask, err := q.query()
	if err != nil {
		return nil, err
	}
	if form := q.form(); form != "" {
		return s.paper(ctx, who, hub.PaperQuery{ReportQuery: ask, Form: form, Table: q.Table})
	}
	found, err := s.Hub.Report(ctx, who, ask)
	if err != nil {
		return nil, err
	}
	return &huma.StreamResponse{Body: func(c huma.Context) {
		if w, ok := c.BodyWriter().(http.ResponseWriter); ok {
			_ = http.NewResponseController(w).SetWriteDeadline(time.Now().Add(perFile)) // a test's writer has none
		}
		c.SetHeader("Content-Type", "application/json")
		c.SetHeader("Last-Modified", found.At().UTC().Format(http.TimeFormat))
		c.SetStatus(http.StatusOK)
		if err := s.api.Marshal(c.BodyWriter(), "application/json", found.Shown(q.Kind)); err != nil {
			s.Log.Debug("api: a report was not taken", "error", err)
		}
	}}, nil
}

// paper answers with a report as a document.
func (s *server) paper(ctx context.Context, who approval.Actor, q hub.PaperQuery) (*huma.StreamResponse, error) {
	name, kind := q.Kind+"."+q.Form.Ending(), q.Form.MediaType()
	if q.Form == document.FormCSV && q.Table == "*" {
		name, kind = q.Kind+".zip", "application/zip"
	}
	d, err := spooled(name, kind, func(w io.Writer) error { return s.Hub.Paper(ctx, who, q, w) })
	if err != nil {
		return nil, err
	}
	return d.answer(s)
}

// keptQuestion selects reports that were written.
type keptQuestion struct {
	Paging
	Kind string `query:"kind" enum:"creep,orphans,dormant,sod,jit,review"`
}

// SurplusChoice chooses a part of the surplus.
type SurplusChoice struct {
	Users        []string `json:"users,omitempty" maxItems:"1000"`
	Targets      []string `json:"targets,omitempty" maxItems:"1000"`
	Entitlements []string `json:"entitlements,omitempty" maxItems:"1000"`
	MinScore     int      `json:"min_score,omitempty" minimum:"0"`
	MinUserScore int      `json:"min_user_score,omitempty" minimum:"0"`
	Orphans      bool     `json:"orphans,omitempty" doc:"also what accounts hold that belong to nobody"`
}

func (c *SurplusChoice) query() hub.ReportQuery {
	return hub.ReportQuery{Kind: hub.ReportCreep, Filter: creep.Filter{
		Users: c.Users, Targets: c.Targets, Entitlements: c.Entitlements, MinScore: c.MinScore, MinUserScore: c.MinUserScore, Orphans: c.Orphans,
	}}
}

type planning struct {
	Key  string `header:"Idempotency-Key" maxLength:"200"`
	Body SurplusChoice
}

type removing struct {
	Key  string `header:"Idempotency-Key" maxLength:"200"`
	Body struct {
		SurplusChoice
		Mark   string `json:"mark,omitempty" maxLength:"64" doc:"that of the plan that was looked at: where something else would go now, nothing does"`
		Reason string `json:"reason" minLength:"1" maxLength:"4000"`
	}
}

type writing struct {
	Key string `header:"Idempotency-Key" maxLength:"200"`
}

// written are files on the hub's machine.
type written struct {
	Files []string `json:"files" nullable:"false"`
}

func (s *server) mountReports() {
	op := operation("report", http.MethodGet, "/reports/{kind}", "A report of everything that the hub knows, as data or as a document")
	op.Responses = map[string]*huma.Response{"200": {Description: "The report; Last-Modified says as of when", Content: map[string]*huma.MediaType{"application/json": {}}}}
	for _, f := range document.Forms() {
		if media, _, _ := strings.Cut(f.MediaType(), ";"); f != document.FormJSON {
			op.Responses["200"].Content[media] = &huma.MediaType{Schema: &huma.Schema{Type: huma.TypeString}}
		}
	}
	route(s, op, s.report)
	route(s, operation("reports", http.MethodGet, "/reports", "Reports that were written, on schedule or for somebody, with the sums of their files"),
		func(ctx context.Context, who approval.Actor, in *keptQuestion) (*answer[page[hub.KeptReport]], error) {
			return paging(in.Paging, question("reports", in.Kind), func(after string, limit int) (hub.Page[hub.KeptReport], error) {
				return s.Hub.Reports(ctx, who, hub.KeptQuery{Kind: in.Kind, After: after, Limit: limit})
			})
		})
	route(s, operation("write-reports", http.MethodPost, "/reports", "Write the reports of the configuration into its folder now, and tell the owners"),
		func(ctx context.Context, who approval.Actor, _ *writing) (*answer[written], error) {
			files, err := s.Hub.WriteReports(ctx, who)
			return answering(written{append([]string{}, files...)}, err)
		})
	route(s, operation("report-trend", http.MethodGet, "/reports/{kind}/trend", "The figures of the reports of creep that were written, by time"),
		func(ctx context.Context, who approval.Actor, in *trendPath) (*answer[items[creep.Summary]], error) {
			if in.Kind != hub.ReportCreep {
				return nil, &identity.Error{Kind: identity.NotFound, Err: fmt.Errorf("of %s no figures are kept", in.Kind)}
			}
			return listing(s.Hub.Trend(ctx, who))
		})
	route(s, questionable(operation("plan-removal", http.MethodPost, "/reports/creep/plan", "What would remove a surplus; nothing is ordered")),
		func(ctx context.Context, who approval.Actor, in *planning) (*answer[hub.Removal], error) {
			return answering(s.Hub.PlanRemoval(ctx, who, in.Body.query()))
		})
	route(s, operation("remove", http.MethodPost, "/reports/creep/apply", "Order a surplus removed: all of it, or the part that is chosen"),
		func(ctx context.Context, who approval.Actor, in *removing) (*answer[items[hub.Order]], error) {
			return listing(s.Hub.Remove(ctx, who, in.Body.query(), in.Body.Mark, in.Body.Reason))
		})
}

type trendPath struct {
	Kind string `path:"kind" maxLength:"40"`
}

package console

import (
	"context"
	"errors"
	"io"
	"net/http"
	"slices"
	"time"

	"birthright/grants/approval"
	"birthright/hub"
	"birthright/identity"
	"birthright/reviews/creep"
	"birthright/reviews/document"
	"birthright/reviews/paper"
	"birthright/rights"
)

type reportHub interface {
	Standing(ctx context.Context, a approval.Actor, q hub.ReportQuery, anew bool) (hub.Standing, error)
	Paper(ctx context.Context, a approval.Actor, q hub.PaperQuery, w io.Writer) error
	ReviewPaper(ctx context.Context, a approval.Actor, id string, form document.Form, table string, w io.Writer) error
	Reports(ctx context.Context, a approval.Actor, q hub.KeptQuery) (hub.Page[hub.KeptReport], error)
	Trend(ctx context.Context, a approval.Actor) ([]creep.Summary, error)
	Evidence(ctx context.Context, a approval.Actor, from, until time.Time, name string, w io.Writer) (*hub.Evidence, error)
}

// reportKind is a kind of report, with a sentence.
type reportKind struct{ Kind, Title, About string }

var reportKinds = []reportKind{
	{hub.ReportCreep, "Privilege creep", "What people hold on targets that no rule, grant, shift or ticket of theirs explains, and how much it matters."},
	{hub.ReportOrphans, "Orphaned accounts", "Accounts on targets that belong to nobody, and what they hold."},
	{hub.ReportDormant, "Dormant accounts", "Accounts that hold something and that nobody used for long."},
	{hub.ReportSoD, "Separation of duties", "Who holds together what constraints keep apart, whoever gave it."},
	{hub.ReportJIT, "Just-in-time access", "Who asks for what, how long decisions take, and who approves without a look."},
	{hub.ReportSuggestions, "Suggestions", "Rules drafted from what people ask for and hold, with the numbers behind them."},
}

// reportsPage lists the kinds, and the reports that were written.
type reportsPage struct {
	Kinds       []reportKind
	Kept        hub.Page[hub.KeptReport]
	Pager       pager
	MayEvidence bool
}

// mostUsers is how many people, accounts or suggestions a page shows; the file has all.
const mostUsers = 100

// reportPage is one report.
type reportPage struct {
	reportKind
	hub.Standing
	Users []creep.User // of creep, as far as the page shows them
	Trend *chart
	Path  string
	Asked surplus // what the users are narrowed to
	Found int     // users, before the page cuts them off
	Most  int
	Forms []document.Form
	May   map[string]bool
}

func (c *Console) mountReports(d door) {
	d.page("GET /reports", c.reports)
	d.page("GET /reports/{kind}", c.report)
	d.form("POST /reports/{kind}", c.reportAnew)
	d.raw("GET /reports/{kind}/file", c.reportFile)
}

func (c *Console) reports(r *http.Request, v visitor) (view, error) {
	kept, err := c.Hub.Reports(r.Context(), v.Actor, hub.KeptQuery{After: r.URL.Query().Get("after"), Limit: pageSize})
	if err != nil {
		return view{}, err
	}
	who, err := c.Hub.Self(r.Context(), v.Actor)
	return view{
		Page: "reports.html", Section: "Reports", Title: "Reports",
		Body: reportsPage{Kinds: reportKinds, Kept: kept, Pager: pagerOf(r.URL, kept.Next), MayEvidence: who.Admin},
	}, err
}

func kindOf(r *http.Request) (reportKind, error) {
	at := slices.IndexFunc(reportKinds, func(k reportKind) bool { return k.Kind == r.PathValue("kind") })
	if at < 0 {
		return reportKind{}, &identity.Error{Kind: identity.NotFound, Err: errors.New("there is no such report")}
	}
	return reportKinds[at], nil
}

// report shows a report, without waiting for long.
func (c *Console) report(r *http.Request, v visitor) (view, error) {
	kind, err := kindOf(r)
	if err != nil {
		return view{}, err
	}
	standing, err := c.Hub.Standing(r.Context(), v.Actor, hub.ReportQuery{Kind: kind.Kind}, false)
	if err != nil {
		return view{}, err
	}
	page := reportPage{reportKind: kind, Standing: standing, Path: r.URL.Path, Most: mostUsers, Forms: []document.Form{document.FormHTML, document.FormXLSX, document.FormCSV, document.FormMarkdown, document.FormJSON}}
	if kind.Kind == hub.ReportSuggestions {
		page.Forms = nil
	}
	if kind.Kind == hub.ReportCreep {
		points, err := c.Hub.Trend(r.Context(), v.Actor)
		if err != nil {
			return view{}, err
		}
		page.Trend = trendChart(points)
		page.narrow(surplusOf(r.URL.Query()))
	}
	page.May, err = c.may(r, v, rights.TakeAway)
	return view{Page: "report.html", Section: "Reports", Title: kind.Title, Body: page}, err
}

// narrow chooses the part of the surplus that is shown.
func (p *reportPage) narrow(asked surplus) {
	p.Asked = asked
	if p.Report == nil {
		return
	}
	found := p.Report.Creep
	if asked != (surplus{}) {
		found = found.Narrowed(asked.filter())
	}
	p.Found, p.Users = len(found.Users), found.Users[:min(mostUsers, len(found.Users))]
}

// Cause is how surplus came, for people.
func (p reportPage) Cause(cause string) string { return paper.CauseText(cause) }

// Sides are the groups that somebody holds together, and how.
func (p reportPage) Sides(x creep.SoD) string { return paper.SidesText(&x) }

// How says how somebody holds what is to be kept apart.
func (p reportPage) How(x creep.SoD) string { return paper.HowText(&x) }

// reportAnew has a report made again.
func (c *Console) reportAnew(r *http.Request, v visitor) (view, error) {
	kind, err := kindOf(r)
	if err != nil {
		return view{}, err
	}
	standing, err := c.Hub.Standing(r.Context(), v.Actor, hub.ReportQuery{Kind: kind.Kind}, true)
	if err != nil {
		return view{}, err
	}
	said := "This is how it is now."
	if !standing.Begun.IsZero() {
		said = "A new one is being made; the page shows it as soon as it is there."
	}
	return goTo(r.URL.Path, said), nil
}

func (c *Console) reportFile(w http.ResponseWriter, r *http.Request, v visitor) {
	kind, err := kindOf(r)
	if err != nil {
		c.fail(w, r, v, err)
		return
	}
	c.file(w, r, v, kind.Kind, func(form document.Form, to io.Writer) error {
		return c.Hub.Paper(r.Context(), v.Actor, hub.PaperQuery{ReportQuery: hub.ReportQuery{Kind: kind.Kind}, Form: form}, to)
	})
}

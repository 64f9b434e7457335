package console

import (
	"context"
	"net/http"
	"strings"
	"time"

	"birthright/grants/approval"
	"birthright/hub"
	"birthright/identity"
	"birthright/live"
	"birthright/reconcile"
	"birthright/rights"
)

type runHub interface {
	Plan(ctx context.Context, a approval.Actor, scope hub.Scope) (reconcile.Report, error)
	StartSync(ctx context.Context, a approval.Actor, scope hub.Scope) (hub.Run, error)
	Runs(ctx context.Context, a approval.Actor, q hub.RunQuery) (hub.Page[hub.Run], error)
	Run(ctx context.Context, a approval.Actor, id string) (hub.RunDetail, error)
	RunChanges(ctx context.Context, a approval.Actor, q hub.ChangeQuery) (hub.Page[hub.RunChange], error)
	Watch(ctx context.Context, a approval.Actor, run, after string) (*live.Watcher, error)
}

// changesShown is how many changes a page of a run, and one target's part of a plan, has.
const changesShown = 200

type runsPage struct {
	hub.Page[hub.Run]
	Target  string
	Targets []string
	Pager   pager
	May     map[string]bool
}

// runPage is one run.
type runPage struct {
	hub.RunDetail
	People []changesOf
	Pager  pager
}

// changesOf is what changes for one person on one target.
type changesOf struct {
	Target, User string
	Changes      []hub.RunChange
}

// planPage is what a sync would do.
type planPage struct {
	Scope hub.Scope
	Runs  []plannedRun
	reconcile.Report
	Changes, Held int
	May           map[string]bool
}

// plannedRun is one target's part of a plan; More is how many changes are not shown.
type plannedRun struct {
	reconcile.Run
	People []changesOf
	More   int
}

func (c *Console) mountRuns(d door) {
	d.page("GET /runs", c.runs)
	d.page("GET /runs/{run}", c.run)
	d.raw("GET /runs/{run}/events", c.runEvents)
	d.slowForm("POST /runs/plan", c.plan)
	d.form("POST /runs", c.sync)
}

// slowForm is form for what may take longer than other answers.
func (d door) slowForm(pattern string, h handler) {
	serve := d.known(d.answer(d.fitting(h)))
	d.mount(pattern, maxForm, func(w http.ResponseWriter, r *http.Request) {
		control := http.NewResponseController(w)
		_ = control.SetReadDeadline(time.Time{}) // a writer without deadlines needs no others
		_ = control.SetWriteDeadline(time.Time{})
		serve(w, r)
	})
}

func (c *Console) runs(r *http.Request, v visitor) (view, error) {
	asked := r.URL.Query()
	found, err := c.Hub.Runs(r.Context(), v.Actor, hub.RunQuery{Target: asked.Get("target"), After: asked.Get("after"), Limit: pageSize})
	if err != nil {
		return view{}, err
	}
	body := runsPage{Page: found, Target: asked.Get("target"), Pager: pagerOf(r.URL, found.Next)}
	if body.May, err = c.may(r, v, rights.Run, rights.Plan, rights.ReadTargets); err != nil {
		return view{}, err
	}
	known, err := c.Hub.AllTargets(r.Context(), v.Actor)
	for _, t := range known {
		body.Targets = append(body.Targets, t.Name)
	}
	return view{Page: "runs.html", Section: "Runs", Title: "Runs", Body: body}, err
}

func (c *Console) run(r *http.Request, v visitor) (view, error) {
	id := r.PathValue("run")
	found, err := c.Hub.Run(r.Context(), v.Actor, id)
	if err != nil {
		return view{}, err
	}
	changes, err := c.Hub.RunChanges(r.Context(), v.Actor, hub.ChangeQuery{Run: id, After: r.URL.Query().Get("after"), Limit: changesShown})
	if err != nil {
		return view{}, err
	}
	return view{
		Page: "run.html", Section: "Runs", Title: runTitle(found.Run),
		Body: runPage{RunDetail: found, People: byPerson(changes.Items), Pager: pagerOf(r.URL, changes.Next)},
	}, nil
}

func runTitle(r hub.Run) string {
	switch {
	case r.Kind == hub.KindImport:
		return "Import"
	case r.Kind == hub.KindSync:
		return "Sync"
	}
	return "Pass over " + r.Target
}

// byPerson groups changes that follow one another for one person on one target.
func byPerson(changes []hub.RunChange) []changesOf {
	var out []changesOf
	at := map[[2]string]int{}
	for _, change := range changes {
		of := [2]string{change.Target, change.User}
		i, known := at[of]
		if !known {
			i, at[of] = len(out), len(out)
			out = append(out, changesOf{Target: change.Target, User: change.User})
		}
		out[i].Changes = append(out[i].Changes, change)
	}
	return out
}

// runEvents tells a page what its run does.
func (c *Console) runEvents(w http.ResponseWriter, r *http.Request, v visitor) {
	id := r.PathValue("run")
	watch, err := c.Hub.Watch(r.Context(), v.Actor, id, r.Header.Get("Last-Event-ID"))
	if err != nil {
		status, said := c.told(err)
		http.Error(w, said, status)
		return
	}
	live.Serve(w, r, watch, hub.Last(id))
}

// scopeOf reads what a plan or a sync is to be for.
func scopeOf(r *http.Request) hub.Scope {
	s := hub.Scope{User: strings.TrimSpace(r.PostFormValue("user")), Full: r.PostFormValue("full") != ""}
	for _, name := range r.PostForm["target"] {
		if name != "" {
			s.Targets = append(s.Targets, name)
		}
	}
	return s
}

func (c *Console) plan(r *http.Request, v visitor) (view, error) {
	scope := scopeOf(r)
	report, err := c.Hub.Plan(r.Context(), v.Actor, scope)
	if err != nil {
		return view{}, err
	}
	body := planPage{Scope: scope, Report: report}
	body.Changes, body.Held, _ = report.Totals()
	for _, run := range report.Runs {
		one := plannedRun{Run: run, More: max(0, len(run.Changes)-changesShown)}
		var shown []hub.RunChange
		for _, change := range run.Changes[:min(changesShown, len(run.Changes))] {
			shown = append(shown, planned(run.Target, change))
		}
		one.People = byPerson(shown)
		body.Runs = append(body.Runs, one)
	}
	body.May, err = c.may(r, v, rights.Run)
	return view{Page: "plan.html", Section: "Runs", Title: "What a sync would do", Body: body}, err
}

func planned(target string, c reconcile.Change) hub.RunChange {
	return hub.RunChange{
		ID: c.ID, Target: target, Action: string(c.Action), User: c.User, Account: c.Account, Entitlement: c.Entitlement,
		Causes: append([]identity.Cause{}, c.Causes...), Outcome: c.Outcome, Error: c.Error,
	}
}

func (c *Console) sync(r *http.Request, v visitor) (view, error) {
	run, err := c.Hub.StartSync(r.Context(), v.Actor, scopeOf(r))
	if err != nil {
		return view{}, err
	}
	return goTo("/runs/"+run.ID, "The sync has begun."), nil
}

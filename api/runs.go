package api

import (
	"context"
	"encoding/json"
	"net/http"
	"strings"

	"birthright/grants/approval"
	"birthright/hub"
	"birthright/live"
	"birthright/reconcile"
)

type runDesk interface {
	Plan(ctx context.Context, a approval.Actor, scope hub.Scope) (reconcile.Report, error)
	StartSync(ctx context.Context, a approval.Actor, scope hub.Scope) (hub.Run, error)
	StartImport(ctx context.Context, a approval.Actor, sources []string) (hub.Run, error)
	Await(ctx context.Context, id string) error
	Runs(ctx context.Context, a approval.Actor, q hub.RunQuery) (hub.Page[hub.Run], error)
	Run(ctx context.Context, a approval.Actor, id string) (hub.RunDetail, error)
	RunReport(ctx context.Context, a approval.Actor, id string) (json.RawMessage, error)
	RunChanges(ctx context.Context, a approval.Actor, q hub.ChangeQuery) (hub.Page[hub.RunChange], error)
	Watch(ctx context.Context, a approval.Actor, run, after string) (*live.Watcher, error)
}

// scopeBody says what a plan or a sync is for; an empty one is for everybody everywhere.
type scopeBody struct {
	Targets []string `json:"targets,omitempty" maxItems:"1000" doc:"only these targets"`
	User    string   `json:"user,omitempty" maxLength:"256" doc:"only this user, by name or id"`
	Full    bool     `json:"full,omitempty" doc:"look at targets instead of trusting what is remembered of them"`
}

func (b scopeBody) scope() hub.Scope {
	return hub.Scope{Targets: b.Targets, User: b.User, Full: b.Full}
}

type forecasting struct {
	Body scopeBody
}

// Waiting says whether the answer is to come when all is done.
type Waiting struct {
	Wait   bool   `query:"wait" doc:"answer when it is over, with what it came to"`
	Prefer string `header:"Prefer" maxLength:"200" doc:"wait is the same (RFC 7240, section 4.3)"`
}

func (w Waiting) waits() bool { return w.Wait || strings.HasPrefix(w.Prefer, "wait") }

type syncing struct {
	Waiting
	Key  string `header:"Idempotency-Key" maxLength:"200"`
	Body scopeBody
}

type importing struct {
	Waiting
	Key  string `header:"Idempotency-Key" maxLength:"200"`
	Body struct {
		Sources []string `json:"sources,omitempty" maxItems:"1000" doc:"all that can be read where none is named"`
	}
}

// begun is a run that goes on, or what it came to.
type begun struct {
	Status   int
	Location string `header:"Location"`
	Body     any
}

// RunPath names a run.
type RunPath struct {
	Run string `path:"run" maxLength:"64"`
}

type runQuestion struct {
	Paging
	Target string `query:"target" maxLength:"256" doc:"only passes over this target"`
	Kind   string `query:"kind" enum:"sync,import,full,incremental"`
}

type changeQuestion struct {
	RunPath
	Paging
	Outcome string `query:"outcome" maxLength:"40"`
}

func (s *server) mountRuns() {
	route(s, questionable(operation("plan", http.MethodPost, "/plans", "What a sync would do and why; changes nothing, and nothing is kept")),
		func(ctx context.Context, who approval.Actor, in *forecasting) (*answer[reconcile.Report], error) {
			report, err := s.Hub.Plan(ctx, who, in.Body.scope())
			return answering(report, spokenOf(err))
		})
	route(s, beginning("sync", "/runs", "Bring targets up to what people should have; 202 while it goes on"),
		func(ctx context.Context, who approval.Actor, in *syncing) (*begun, error) {
			run, err := s.Hub.StartSync(ctx, who, in.Body.scope())
			return s.begun(ctx, who, in.Waiting, run, err)
		})
	route(s, beginning("import", "/imports", "Read sources into the directory; 202 while it goes on"),
		func(ctx context.Context, who approval.Actor, in *importing) (*begun, error) {
			run, err := s.Hub.StartImport(ctx, who, in.Body.Sources)
			return s.begun(ctx, who, in.Waiting, run, err)
		})
	route(s, operation("runs", http.MethodGet, "/runs", "Runs, newest first"),
		func(ctx context.Context, who approval.Actor, in *runQuestion) (*answer[page[hub.Run]], error) {
			return paging(in.Paging, question("runs", in.Target, in.Kind), func(after string, limit int) (hub.Page[hub.Run], error) {
				return s.Hub.Runs(ctx, who, hub.RunQuery{Target: in.Target, Kind: in.Kind, After: after, Limit: limit})
			})
		})
	route(s, operation("run", http.MethodGet, "/runs/{run}", "One run: how far it is, or what came of it; and its passes"),
		func(ctx context.Context, who approval.Actor, in *RunPath) (*answer[hub.RunDetail], error) {
			return answering(s.Hub.Run(ctx, who, in.Run))
		})
	route(s, operation("run-changes", http.MethodGet, "/runs/{run}/changes", "What a run tried on targets, newest first"),
		func(ctx context.Context, who approval.Actor, in *changeQuestion) (*answer[page[hub.RunChange]], error) {
			return paging(in.Paging, question("changes", in.Run, in.Outcome), func(after string, limit int) (hub.Page[hub.RunChange], error) {
				return s.Hub.RunChanges(ctx, who, hub.ChangeQuery{Run: in.Run, Outcome: in.Outcome, After: after, Limit: limit})
			})
		})
	route(s, operation("run-report", http.MethodGet, "/runs/{run}/report", "What an ordered run came to, whole, as `sync` and `import` print it"),
		func(ctx context.Context, who approval.Actor, in *RunPath) (*answer[json.RawMessage], error) {
			report, err := s.Hub.RunReport(ctx, who, in.Run)
			return answering(report, spokenOf(err))
		})
}

// begun answers whoever ordered a run: that it goes on, or what it came to.
func (s *server) begun(ctx context.Context, who approval.Actor, w Waiting, run hub.Run, err error) (*begun, error) {
	if err != nil {
		return nil, err
	}
	out := &begun{Status: http.StatusAccepted, Location: Prefix + "/runs/" + run.ID, Body: run}
	if !w.waits() {
		return out, nil
	}
	if err := s.Hub.Await(ctx, run.ID); err != nil {
		return nil, err
	}
	report, err := s.Hub.RunReport(ctx, who, run.ID)
	out.Status, out.Body = http.StatusOK, report
	return out, spokenOf(err)
}

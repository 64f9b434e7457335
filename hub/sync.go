package hub

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"birthright/grants/approval"
	"birthright/identity"
	"birthright/reconcile"
	"birthright/rights"
	"birthright/store"
	"birthright/targets"
)

// Plan works out what a sync would do, and changes nothing.
func (h *Hub) Plan(ctx context.Context, a approval.Actor, scope Scope) (reconcile.Report, error) {
	var req reconcile.Request
	err := h.view(ctx, a, func(s *session) error {
		if err := s.may(rights.Plan, rights.Relation{}); err != nil {
			return err
		}
		scope, err := s.fit(scope)
		req = request(scope, "")
		return err
	})
	if err != nil {
		return reconcile.Report{}, err
	}
	return h.Runner.Plan(ctx, req)
}

// Sync brings targets up to what people should have, and waits until that is done.
func (h *Hub) Sync(ctx context.Context, a approval.Actor, scope Scope) (reconcile.Report, error) {
	o, do, err := h.orderSync(ctx, a, scope)
	if err != nil {
		return reconcile.Report{}, err
	}
	h.carry(ctx, o, do)
	report, _ := o.report.(reconcile.Report)
	return report, o.err
}

// StartSync begins what Sync does, and returns while it goes on.
func (h *Hub) StartSync(ctx context.Context, a approval.Actor, scope Scope) (Run, error) {
	o, do, err := h.orderSync(ctx, a, scope)
	if err != nil {
		return Run{}, err
	}
	h.behind(o, do)
	return viewRun(o.row, o.row.Started), nil
}

func (h *Hub) orderSync(ctx context.Context, a approval.Actor, scope Scope) (*order, func(context.Context) (fruit, error), error) {
	var req reconcile.Request
	o, err := h.ordered(ctx, a, rights.Run, KindSync, func(s *session) (Scope, error) {
		fit, err := s.fit(scope)
		req = request(fit, s.Actor.Name)
		return fit, err
	})
	if err != nil {
		return nil, nil, err
	}
	req.PartOf = o.row.ID
	return o, func(ctx context.Context) (fruit, error) { return h.sync(ctx, req) }, nil
}

func (h *Hub) sync(ctx context.Context, req reconcile.Request) (fruit, error) {
	report, err := h.RunSync(ctx, req)
	f := fruit{report: report, counts: sum(report), complete: err == nil && len(report.Incomplete()) == 0}
	var trouble []string
	for _, run := range report.Runs {
		if !run.Complete {
			trouble = append(trouble, run.Error)
		}
	}
	f.trouble = strings.Join(trouble, "\n")
	return f, err
}

// sum adds up what the passes of a run came to.
func sum(report reconcile.Report) map[string]int {
	counts := map[string]int{}
	for _, run := range report.Runs {
		if run.Complete {
			counts[countRead]++
		}
		for _, c := range run.Changes {
			counts[c.Outcome]++
		}
		for name, n := range map[string]int{reconcile.CountHeld: run.Counts.Held, reconcile.CountDrift: len(run.Drift), reconcile.CountWaiting: len(run.Waiting)} {
			if n > 0 {
				counts[name] += n
			}
		}
	}
	return counts
}

// fit checks a scope, and writes what it names as the hub does.
func (s *session) fit(scope Scope) (Scope, error) {
	if _, err := s.destinations(scope.Targets); err != nil {
		return scope, err
	}
	scope.Targets = slices.Compact(slices.Sorted(slices.Values(scope.Targets)))
	if scope.User == "" {
		return scope, nil
	}
	u, err := s.findUser(scope.User)
	scope.User = u.UserName
	return scope, err
}

func request(scope Scope, by string) reconcile.Request {
	return reconcile.Request{Targets: scope.Targets, User: scope.User, Full: scope.Full, Actor: by}
}

// Await waits until a run of this process is over.
func (h *Hub) Await(ctx context.Context, id string) error {
	o := h.orders.find(id)
	if o == nil {
		return nil
	}
	select {
	case <-o.done:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// RunReport returns what an ordered run came to, as JSON: that of reconcile.Report, or of
// Imported. The error is the one that the run ended with. Kind Conflict: it goes on still;
// NotFound: there is no such run, or it is not kept any more what it came to.
func (h *Hub) RunReport(ctx context.Context, a approval.Actor, id string) (out json.RawMessage, err error) {
	var kept json.RawMessage
	err = h.view(ctx, a, func(s *session) error {
		if err := s.may(rights.ReadRuns, rights.Relation{}); err != nil {
			return err
		}
		row, err := s.tx.Run(ctx, id)
		if err != nil {
			return noRun(err, id)
		}
		if kept, err = s.tx.RunReport(ctx, id); err != nil || kept != nil {
			return err
		}
		if row.Finished.IsZero() && row.Target == "" {
			return &identity.Error{Kind: identity.Conflict, Op: "look at run", Object: id, Err: errors.New("it is not over yet")}
		}
		return &identity.Error{
			Kind: identity.NotFound, Op: "look at run", Object: id, Err: errors.New("it is not kept any more what it came to, step by step"),
			Hint: fmt.Sprintf("that is kept of the last %d ordered runs; its changes are kept", keptReports),
		}
	})
	if err != nil {
		return nil, err
	}
	var found struct {
		Report json.RawMessage `json:"report"`
		Fault  *Fault          `json:"fault"`
	}
	if err := json.Unmarshal(kept, &found); err != nil {
		return nil, err
	}
	return found.Report, found.Fault.Err()
}

// RunChange is one step of a run and what became of it.
type RunChange struct {
	ID          string           `json:"id"`
	Run         string           `json:"run" doc:"the pass that it belongs to"`
	Target      string           `json:"target"`
	Action      string           `json:"action"`
	User        string           `json:"user"`
	Account     string           `json:"account"`
	Entitlement string           `json:"entitlement"`
	Causes      []identity.Cause `json:"causes" nullable:"false"`
	Ordered     bool             `json:"ordered" doc:"by a person, the lifecycle or an end time"`
	Outcome     string           `json:"outcome" doc:"empty while it is not known"`
	Error       string           `json:"error"`
	row         store.ChangeRow
}

// Removes reports whether the change takes something away.
func (c RunChange) Removes() bool { return targets.Action(c.Action).Removes() }

// ChangeQuery selects the changes of a run, newest first.
type ChangeQuery struct {
	Run     string
	Outcome string
	After   string // Next of the page before
	Limit   int    // 0 for all
}

// RunChanges lists what a run and its passes did. What was never tried is not in it.
func (h *Hub) RunChanges(ctx context.Context, a approval.Actor, q ChangeQuery) (out Page[RunChange], err error) {
	err = h.view(ctx, a, func(s *session) error {
		if err := s.may(rights.ReadRuns, rights.Relation{}); err != nil {
			return err
		}
		row, err := s.tx.Run(ctx, q.Run)
		if err != nil {
			return noRun(err, q.Run)
		}
		at, id, err := momentBehind(q.After)
		if err != nil {
			return err
		}
		passes := []string{row.ID}
		if row.Target == "" {
			parts, err := s.tx.Runs(ctx, store.RunQuery{PartsOf: passes})
			if err != nil {
				return err
			}
			for _, part := range parts {
				passes = append(passes, part.ID)
			}
		}
		rows, err := s.tx.Changes(ctx, store.ChangeQuery{
			Runs: passes, Outcome: q.Outcome, After: store.ChangePosition{PlannedAt: at, ID: id}, Limit: more(q.Limit),
		})
		found := make([]RunChange, len(rows))
		for i, row := range rows {
			found[i] = viewChange(row)
		}
		out = pageOf(found, q.Limit, func(c RunChange) string { return positionAt(c.row.PlannedAt, c.row.ID) })
		return err
	})
	return out, err
}

func viewChange(row store.ChangeRow) RunChange {
	return RunChange{
		ID: row.ID, Run: row.Run, Target: row.Target, Action: row.Action, User: row.User, Account: row.Account, Entitlement: row.Entitlement,
		Causes: append([]identity.Cause{}, row.Causes...), Ordered: row.Ordered, Outcome: row.Outcome, Error: row.Error, row: row,
	}
}

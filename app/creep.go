package app

import (
	"context"
	"encoding/json"
	"time"

	"birthright/audit"
	"birthright/identity"
	"birthright/reviews/creep"
	"birthright/reviews/suggest"
	"birthright/store"
)

// Looking says what reports of what people hold are to count as what.
type Looking struct {
	// Usage is a file of who used what last; "" for none.
	Usage string
	// Dormant is for how long an account must not have been used, and Stale how old the
	// last look at a target may be.
	Dormant, Stale time.Duration
}

// Usual is what the configuration says of reports.
func (a *App) Usual() Looking {
	r := a.Config.Reports
	l := Looking{Dormant: r.Dormant, Stale: r.Stale}
	if r.Usage != "" {
		l.Usage = a.path(r.Usage)
	}
	return l
}

// reportCreep is the kind of the reports of surplus.
const reportCreep = "creep"

// mostEarlier is with how many reports before it a report is compared.
const mostEarlier = 52

// Creep finds what people hold on targets and nothing explains, as of one moment. It
// changes nothing.
func (a *App) Creep(ctx context.Context, l Looking) (report *creep.Report, err error) {
	err = a.Store.View(ctx, func(tx *store.Tx) error {
		report, err = a.creep(ctx, tx, l)
		return err
	})
	return report, err
}

func (a *App) creep(ctx context.Context, tx *store.Tx, l Looking) (*creep.Report, error) {
	p := a.policy.loaded.Load()
	in := creep.Input{At: tx.Now(), Engine: p.Engine, MaxAge: l.Stale, Unused: l.Dormant}
	reader, err := suggest.Reader(creep.Readings())
	if err != nil {
		return nil, err
	}
	crowd, err := a.Runner.Crowd(ctx, tx, nil, p.Engine, reader)
	if err != nil {
		return nil, err
	}
	in.Population = crowd.Population
	in.Population.Seal()
	in.Everyone = p.Engine.Everyone(crowd.Population, crowd.World)
	if in.Targets, err = a.observed(ctx, tx); err != nil {
		return nil, err
	}
	a.Progress("", "comparing what is held", 0, 0)
	s := creep.Find(in)
	d := creepDetails{App: a, tx: tx, engine: p.Engine, surplus: s, targets: in.Targets}
	details, err := d.load(ctx, l)
	if err != nil {
		return nil, err
	}
	details.Version = p.version()
	return creep.Weigh(s, details), nil
}

// observed is what targets were seen to hold. One whose last look failed is told so,
// whatever was seen before.
func (a *App) observed(ctx context.Context, tx *store.Tx) ([]creep.Target, error) {
	states, err := tx.TargetStates(ctx)
	if err != nil {
		return nil, err
	}
	byName := make(map[string]store.TargetState, len(states))
	for _, s := range states {
		byName[s.Name] = s
	}
	var out []creep.Target
	for _, dest := range a.destinations {
		t := creep.Target{Name: dest.Name()}
		if state, known := byName[t.Name]; known {
			if t, err = observedOn(ctx, tx, state); err != nil {
				return nil, err
			}
		}
		out = append(out, t)
	}
	return out, nil
}

func observedOn(ctx context.Context, tx *store.Tx, state store.TargetState) (creep.Target, error) {
	t := creep.Target{Name: state.Name}
	sighting, err := tx.Sighting(ctx, state.N)
	if err != nil {
		return t, err
	}
	t.First, t.SeenAt, t.Gap, t.Tells, t.Uses = sighting.First, sighting.Last, sighting.Gap, sighting.Tells, sighting.Uses
	if state.LastError != "" {
		t.Gap = "the last attempt to read it failed: " + state.LastError
	}
	layers, err := tx.HoldingsOn(ctx, state.N)
	if err != nil {
		return t, err
	}
	rows, err := tx.Entitlements(ctx, state.Name)
	if err != nil {
		return t, err
	}
	address := make(map[int64]identity.Entitlement, len(rows))
	for _, row := range rows {
		address[row.N] = row.Address
	}
	for _, l := range layers {
		ent := address[l.EntN]
		if n := len(t.Observed); n == 0 || t.Observed[n-1].Entitlement != ent {
			t.Observed = append(t.Observed, creep.Observed{Entitlement: ent})
		}
		last := &t.Observed[len(t.Observed)-1]
		last.Layers = append(last.Layers, creep.Layer{Since: l.Since, Indirect: l.Indirect, Holders: l.Holders})
	}
	return t, nil
}

// KeepCreep keeps a report, for later ones to be compared with, and returns what it is
// called. event says who made it and in which forms.
func (a *App) KeepCreep(ctx context.Context, r *creep.Report, event audit.Event) (store.ReportRow, error) {
	summary, err := json.Marshal(r.Summary)
	if err != nil {
		return store.ReportRow{}, err
	}
	lines, err := json.Marshal(r.Lines())
	if err != nil {
		return store.ReportRow{}, err
	}
	row := store.ReportRow{Kind: reportCreep, At: r.At, By: event.Actor, Policy: a.Engine().Policy().Hash, Summary: summary, Lines: lines}
	return row, a.Store.Update(ctx, func(tx *store.Tx) error { return tx.AddReport(ctx, &row, event) })
}

// earlierReports are the reports before, in few figures, and what the last one found.
func earlierReports(ctx context.Context, tx *store.Tx) (earlier []creep.Summary, last []creep.Line, err error) {
	rows, err := tx.Reports(ctx, reportCreep, mostEarlier)
	if err != nil || len(rows) == 0 {
		return nil, nil, err
	}
	for _, row := range rows {
		var s creep.Summary
		if err := json.Unmarshal(row.Summary, &s); err != nil {
			return nil, nil, err
		}
		earlier = append(earlier, s)
	}
	data, err := tx.ReportLines(ctx, rows[0].N)
	if err != nil {
		return nil, nil, err
	}
	return earlier, last, json.Unmarshal(data, &last)
}

// OrderRemovals has what a plan lists taken away: at once from people, and from accounts
// without a user with the next look at their target.
func (a *App) OrderRemovals(ctx context.Context, plan creep.Plan, by, reason string) ([]*store.OrderRow, error) {
	rows := make([]*store.OrderRow, len(plan.Orders))
	var work []store.Work
	events := make([]audit.Event, len(plan.Orders))
	for i, o := range plan.Orders {
		rows[i] = &store.OrderRow{Holder: int64(o.Holder), Account: o.Account, Entitlement: o.Access, By: by, Reason: reason}
		subject := "target:" + o.Target
		if o.User != "" {
			subject = "user:" + o.User
			work = append(work, store.Work{Target: o.Target, UserN: int64(o.Holder), Removal: true})
		}
		events[i] = audit.Event{Actor: by, Action: "order.made", Subject: subject, Detail: map[string]any{
			"account": o.Account, "entitlement": o.Entitlement, "cause": o.Cause, "score": o.Score, "reason": reason,
		}}
	}
	err := a.Store.Update(ctx, func(tx *store.Tx) error {
		if err := tx.AddOrders(ctx, rows, events...); err != nil {
			return err
		}
		return tx.EnqueueWork(ctx, work)
	})
	if err == nil {
		a.wakeWorkers()
	}
	return rows, err
}


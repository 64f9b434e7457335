package app

import (
	"context"
	"encoding/json"
	"slices"
	"strings"
	"time"

	"birthright/audit"
	"birthright/hub"
	"birthright/identity"
	"birthright/reviews"
	"birthright/reviews/creep"
	"birthright/reviews/suggest"
	"birthright/store"
)

// Usual is what the configuration says of reports.
func (a *App) Usual() hub.Looking {
	r := a.Config.Reports
	l := hub.Looking{Dormant: r.Dormant, Stale: r.Stale}
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
func (a *App) Creep(ctx context.Context, l hub.Looking) (report *creep.Report, err error) {
	err = a.Store.View(ctx, func(tx *store.Tx) error {
		report, err = a.creep(ctx, tx, l)
		return err
	})
	return report, err
}

func (a *App) creep(ctx context.Context, tx *store.Tx, l hub.Looking) (*creep.Report, error) {
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

// keepReport keeps a report, for later ones to be compared with.
func (a *App) keepReport(ctx context.Context, m *hub.Made, event audit.Event) error {
	row := store.ReportRow{
		ID: m.Manifest.Report, Kind: m.Manifest.Kind, At: m.Manifest.MadeAt, By: event.Actor, Policy: a.Engine().Policy().Hash,
		Summary: json.RawMessage("{}"), Lines: json.RawMessage("[]"),
	}
	if m.Creep != nil && m.Manifest.Kind == reportCreep {
		var err error
		if row.Summary, err = json.Marshal(m.Creep.Summary); err != nil {
			return err
		}
		if row.Lines, err = json.Marshal(m.Creep.Lines()); err != nil {
			return err
		}
	}
	return a.Store.Update(ctx, func(tx *store.Tx) error { return tx.AddReport(ctx, &row, event) })
}

// reportedSince reports whether reports were made at an instant or later.
func (a *App) reportedSince(ctx context.Context, at time.Time) (done bool, err error) {
	err = a.Store.View(ctx, func(tx *store.Tx) error {
		for _, kind := range a.Config.Reports.Kinds {
			rows, err := tx.Reports(ctx, kind, 1)
			if err != nil {
				return err
			}
			done = done || len(rows) > 0 && !rows[0].At.Before(at)
		}
		return nil
	})
	return done, err
}

// tellOwners tells those who answer for what was found in surplus where the report is.
func (a *App) tellOwners(ctx context.Context, made []hub.Made, dir string) error {
	at := slices.IndexFunc(made, func(m hub.Made) bool { return m.Manifest.Kind == reportCreep })
	if at < 0 {
		return nil
	}
	r := made[at].Creep
	return a.Store.Update(ctx, func(tx *store.Tx) error {
		var rows []store.NoticeRow
		for _, sum := range r.Owners {
			users, err := a.owners(ctx, tx, sum.Name)
			if err != nil {
				return err
			}
			if len(users) > 0 {
				rows = append(rows, store.NoticeRow{Kind: reviews.NoticeReport, Users: users, Data: map[string]any{
					"report": made[at].Manifest.Report, "folder": dir, "owner": sum.Name, "people": sum.Users, "surplus": sum.Surplus, "score": sum.Score,
				}})
			}
		}
		return tx.AddNotices(ctx, rows)
	})
}

// mostOwners is how many members of a group are told.
const mostOwners = 50

// owners are the users who answer for something: user:NAME or group:NAME.
func (a *App) owners(ctx context.Context, tx *store.Tx, owner string) ([]int64, error) {
	kind, name, _ := strings.Cut(owner, ":")
	switch kind {
	case "user":
		u, err := tx.UserByName(ctx, name)
		if identity.KindOf(err) == identity.NotFound {
			return nil, nil
		}
		return []int64{u.N}, err
	case "group":
		numbers, err := tx.GroupNumbers(ctx, []string{name}, false)
		if err != nil || numbers[name] == 0 {
			return nil, err
		}
		rows, err := tx.MembersOf(ctx, numbers[name], 0, mostOwners)
		out := make([]int64, len(rows))
		for i, row := range rows {
			out[i] = row.UserN
		}
		return out, err
	}
	return nil, nil
}

// earlierReports are the reports before, in few figures, and what the last one found.
func earlierReports(ctx context.Context, tx *store.Tx) (earlier []creep.Summary, last []creep.Line, err error) {
	rows, err := tx.Reports(ctx, reportCreep, mostEarlier)
	if err != nil || len(rows) == 0 {
		return nil, nil, err
	}
	for i, row := range rows {
		if i > 0 && row.At.Equal(rows[i-1].At) {
			continue // the same, in another form
		}
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
	for i, o := range plan.Orders {
		rows[i] = &store.OrderRow{Holder: int64(o.Holder), Account: o.Account, Entitlement: o.Access, By: by, Reason: reason}
		if o.User != "" {
			work = append(work, store.Work{Target: o.Target, UserN: int64(o.Holder), Removal: true})
		}
	}
	err := a.Store.Update(ctx, func(tx *store.Tx) error {
		if err := tx.AddOrders(ctx, rows); err != nil {
			return err
		}
		return tx.EnqueueWork(ctx, work, orderEvents(plan, rows, by, reason)...)
	})
	if err == nil {
		a.wakeWorkers()
	}
	return rows, err
}

// orderEvents are what the audit log says of orders, once they have their IDs.
func orderEvents(plan creep.Plan, rows []*store.OrderRow, by, reason string) []audit.Event {
	events := make([]audit.Event, len(rows))
	for i, o := range plan.Orders {
		subject := "account:" + o.Target + "/" + o.Account
		if o.User != "" {
			subject = "user:" + o.User
		}
		events[i] = audit.Event{Actor: by, Action: "access.ordered", Subject: subject, Detail: map[string]any{
			"order": rows[i].ID, "account": o.Account, "entitlement": o.Entitlement, "cause": o.Cause, "score": o.Score, "by": by, "reason": reason,
		}}
	}
	return events
}

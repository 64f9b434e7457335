// Package desktest is a hub with a desk for tests: a real store and run, a target in
// memory, people who exist by a line of code, and a clock that the test moves.
package desktest

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"birthright/grants"
	"birthright/grants/approval"
	"birthright/grants/desk"
	"birthright/identity"
	"birthright/intake"
	"birthright/plan"
	"birthright/reconcile"
	"birthright/rules"
	"birthright/store"
	"birthright/store/storetest"
	"birthright/targets"
	"birthright/targets/memory"
)

// Noon is when every office opens.
var Noon = time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)

// Office is everything behind a desk, on a database of its own.
type Office struct {
	testing.TB
	*desk.Desk
	Run    *reconcile.Runner
	DB     *store.DB
	Intake *intake.Service
	// App is the target of that name.
	App *memory.Target

	url    string
	engine atomic.Pointer[rules.Engine]
	micros atomic.Int64
	ids    map[string]string
	series atomic.Int64
	// fuse is how often the clock is still looked at before the program is killed.
	fuse   atomic.Int64
	killed atomic.Bool
}

// Open makes an office with a policy, on SQLite.
func Open(t testing.TB, policy string) *Office {
	t.Helper()
	return OpenOn(t, "sqlite:"+storetest.SQLite(t), policy)
}

// OpenOn is Open on a database of the caller's.
func OpenOn(t testing.TB, url, policy string) *Office {
	t.Helper()
	o := &Office{TB: t, App: memory.New("app"), url: url, ids: map[string]string{}}
	o.micros.Store(Noon.UnixMicro())
	o.SetPolicy(policy)
	o.Restart()
	return o
}

// Restart is what a new process does with the same database and target: all that the
// old one had in mind is gone.
func (o *Office) Restart() {
	o.Helper()
	if o.DB != nil {
		o.Must(o.DB.Close())
	}
	db, err := store.Open(o.Context(), o.url, store.Options{Migrate: true, Now: o.Now})
	o.Must(err)
	o.Cleanup(func() { _ = db.Close() })
	o.DB = db
	o.Intake = intake.New(db, intake.Options{Sources: []string{"hr"}, MaxMissingPercent: 100, Now: o.Now, TempDir: o.TempDir()})
	o.Run = reconcile.New(reconcile.Options{
		Store: db, Engine: o.engine.Load, Now: o.Now, NewID: func() string { return fmt.Sprintf("run-%d", o.series.Add(1)) },
		Fit: func(ctx context.Context, tx *store.Tx, approved []grants.Grant) (map[int64]string, error) {
			return o.Desk.Fit(ctx, tx, approved)
		},
		MaxAge: map[string]time.Duration{"watch": 24 * time.Hour},
		Refresh: func(ctx context.Context, users []int64) error {
			_, err := o.Intake.Refresh(ctx, users, o.Now())
			return err
		},
		Destinations: []reconcile.Destination{{
			Target: o.App, Limits: plan.Limits{Removals: 500, Percent: 10, Floor: 10}, Match: []string{identity.AttrUserName},
			Settings: plan.Settings{
				Target: "app", Unmanaged: plan.ReportUnmanaged, CreateAccounts: true, Leaver: plan.DisableLeaver, Capabilities: o.App.Capabilities(),
			},
		}},
	})
	o.Desk = desk.New(desk.Options{Store: db, Engine: o.engine.Load, World: o.Run.StandingWorldFor, Admins: []string{"user:root"}})
}

// Must ends the test on an error.
func (o *Office) Must(err error) {
	o.Helper()
	if err != nil {
		o.Fatal(err)
	}
}

// Now is the office's time; it goes on a little with each look.
func (o *Office) Now() time.Time {
	if o.fuse.Load() > 0 && o.fuse.Add(-1) == 0 {
		o.killed.Store(true)
		_ = o.DB.Close() // what is under way comes to nothing
	}
	return time.UnixMicro(o.micros.Add(10)).UTC()
}

// Kill has the program killed when it has looked at the clock so many times more: in a
// transaction, or between two. Restart brings it back.
func (o *Office) Kill(looks int) { o.fuse.Store(int64(looks)) }

// Killed reports whether it came to that, and has it not come to that any more.
func (o *Office) Killed() bool {
	o.fuse.Store(0)
	return o.killed.Swap(false)
}

// Pass lets time go by; a negative d is a clock that is set back.
func (o *Office) Pass(d time.Duration) { o.micros.Add(d.Microseconds()) }

// SetPolicy puts a policy in force.
func (o *Office) SetPolicy(text string) {
	o.Helper()
	p, err := rules.Load([]rules.File{{Name: "policy.yaml", Data: []byte(text)}}, nil)
	o.Must(err)
	engine, err := rules.Compile(p)
	o.Must(err)
	o.engine.Store(engine)
}

// Join makes people known, each "name" or "name attribute=value …".
func (o *Office) Join(people ...string) {
	o.Helper()
	for _, line := range people {
		fields := strings.Fields(line)
		a := identity.Attributes{identity.AttrUserName: {fields[0]}}
		for _, f := range fields[1:] {
			name, value, _ := strings.Cut(f, "=")
			a.Set(name, value)
		}
		r, err := o.Intake.Create(o.Context(), "hr", identity.Record{Attributes: a}, nil)
		o.Must(err)
		o.ids[fields[0]] = r.ID
	}
}

// Change replaces an attribute of somebody.
func (o *Office) Change(name, attribute, value string) {
	o.Helper()
	_, err := o.Intake.Update(o.Context(), "hr", o.ids[name], func(r identity.Record) (identity.Record, error) {
		r.Attributes.Set(attribute, value)
		return r, nil
	})
	o.Must(err)
}

// Suspend and Resume are what an identity provider does with active.
func (o *Office) Suspend(name string) { o.Helper(); o.Change(name, identity.AttrActive, "false") }

// Resume undoes Suspend.
func (o *Office) Resume(name string) { o.Helper(); o.Change(name, identity.AttrActive, "true") }

// Leave ends what hr knows of somebody.
func (o *Office) Leave(name string) {
	o.Helper()
	o.Must(o.Intake.Remove(o.Context(), "hr", o.ids[name], nil))
}

// Shift puts somebody on call from now for a time, in a schedule.
func (o *Office) Shift(name, schedule string, d time.Duration) {
	o.Helper()
	ctx := o.Context()
	o.Must(o.DB.Update(ctx, func(tx *store.Tx) error {
		u, err := tx.UserByName(ctx, name)
		if err != nil {
			return err
		}
		f := identity.Fact{
			Source: "watch", Kind: identity.FactShift, Name: schedule, Key: name + schedule, Person: name, UserN: u.N,
			Start: tx.Now().Add(-time.Second), End: tx.Now().Add(d), Seen: tx.Now(),
		}
		if err := tx.ChangeFacts(ctx, []identity.Fact{f}, nil); err != nil {
			return err
		}
		return tx.SaveSourceState(ctx, store.SourceState{Name: "watch", LastAt: tx.Now(), LastCompleteAt: tx.Now()})
	}))
}

// Full makes a full run: the first one shows the run what the target holds.
func (o *Office) Full() {
	o.Helper()
	_, err := o.Run.Sync(o.Context(), reconcile.Request{Full: true})
	o.Must(err)
}

// Work does what is due until nothing is.
func (o *Office) Work() {
	o.Helper()
	o.Must(o.Tick(o.Context()))
	for range 200 {
		n, err := o.Run.Step(o.Context())
		o.Must(err)
		if n == 0 {
			return
		}
	}
	o.Fatal("the work queue does not come to rest")
}

// As is a user who acts.
func (o *Office) As(name string) approval.Actor {
	o.Helper()
	a, err := o.Actor(o.Context(), name)
	o.Must(err)
	return a
}

// Holds returns who holds something on the app, sorted.
func (o *Office) Holds(kindAndID string) []string {
	state := o.App.Snapshot()
	names := map[string]string{}
	for _, a := range state.Accounts {
		names[a.ID] = a.Name
	}
	out := []string{}
	for _, a := range state.Assignments {
		if a.Entitlement.Kind+"/"+a.Entitlement.ID == kindAndID {
			out = append(out, names[a.AccountID])
		}
	}
	slices.Sort(out)
	return out
}

// GrantState returns the state of a grant.
func (o *Office) GrantState(id string) string {
	o.Helper()
	g, err := o.Grant(o.Context(), desk.Operator("operator:test"), id)
	o.Must(err)
	return g.State
}

// Down has the app answer nobody, or again.
func (o *Office) Down(down bool) {
	faults := memory.Faults{}
	if down {
		faults.Op = func(targets.Op) memory.Fault { return memory.Unreach }
		faults.Read = func(int) error {
			return &identity.Error{Kind: identity.Unavailable, Err: errors.New("the app is down")}
		}
	}
	o.App.SetFaults(faults)
}

// AuditHead returns how many records the audit log has.
func (o *Office) AuditHead() (seq int64) {
	o.Helper()
	ctx := o.Context()
	o.Must(o.DB.View(ctx, func(tx *store.Tx) error {
		head, err := tx.AuditHead(ctx)
		seq = head.Seq
		return err
	}))
	return seq
}

package reconcile_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"birthright/audit"
	"birthright/identity"
	"birthright/intake"
	"birthright/plan"
	"birthright/reconcile"
	"birthright/rules"
	"birthright/store"
	"birthright/targets"
	"birthright/targets/memory"
)

var noon = time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)

// company is the policy of most tests: two departments on two targets.
const company = `
groups:
  - name: everybody
    access: ["app:group/all"]
  - name: engineering
    access: ["app:group/engineers", "wiki:space/engineering"]
  - name: sales
    access: ["app:group/sellers"]
  - name: newcomers
    prehire: true
    access: ["wiki:space/welcome"]
rules:
  - {name: everybody, when: "true", groups: [everybody]}
  - {name: engineers, when: user.department == "Engineering", groups: [engineering]}
  - {name: sellers, when: user.department == "Sales", groups: [sales]}
  - {name: prehires, when: user.department == "Sales", groups: [newcomers]}
`

// clock is time that goes on by itself, a little with each look, and by leaps
// when a test says so.
type clock struct {
	micros atomic.Int64
	real   bool // the time of the bubble instead
}

func (c *clock) now() time.Time {
	if c.real {
		return time.Now().UTC()
	}
	return time.UnixMicro(c.micros.Add(100)).UTC()
}

func (c *clock) pass(d time.Duration) { c.micros.Add(d.Microseconds()) }

// hub is everything behind a Runner, on a database of its own.
type hub struct {
	testing.TB
	*reconcile.Runner
	*clock
	url    string
	db     *store.DB
	intake *intake.Service
	engine *rules.Engine
	app    *memory.Target // targets of the names app and wiki
	wiki   *memory.Target
	ids    map[string]string // record ids, by name
	shape  func(*reconcile.Options)
	kill   *kill // nil where nobody is killed
}

// newHub makes a hub with a policy. shape, if given, may change its settings.
func newHub(t testing.TB, policy string, shape func(*reconcile.Options)) *hub {
	t.Helper()
	return startHub(t, &clock{}, policy, shape)
}

// newBubble makes a hub that goes by the time of a synctest bubble.
func newBubble(t testing.TB, policy string) *hub {
	t.Helper()
	return startHub(t, &clock{real: true}, policy, nil)
}

func startHub(t testing.TB, c *clock, policy string, shape func(*reconcile.Options)) *hub {
	t.Helper()
	h := &hub{
		TB: t, clock: c, url: "sqlite:" + filepath.Join(t.TempDir(), "hub.db"), ids: map[string]string{},
		app: memory.New("app"), wiki: memory.New("wiki"), shape: shape,
	}
	h.micros.Store(noon.UnixMicro())
	blank, err := blankDatabase()
	h.must(err)
	h.must(os.WriteFile(strings.TrimPrefix(h.url, "sqlite:"), blank, 0o600))
	h.setPolicy(policy)
	h.open()
	return h
}

// blankDatabase is a database file with its tables and nothing in them.
var blankDatabase = sync.OnceValues(func() ([]byte, error) {
	dir, err := os.MkdirTemp("", "blank")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	file := filepath.Join(dir, "hub.db")
	db, err := store.Open(context.Background(), "sqlite:"+file, store.Options{Migrate: true})
	if err != nil {
		return nil, err
	}
	if err := db.Close(); err != nil {
		return nil, err
	}
	return os.ReadFile(file)
})

// open starts the program on the database: at first, and after it was killed.
func (h *hub) open() {
	h.Helper()
	db, err := store.Open(h.Context(), h.url, store.Options{Now: func() time.Time { h.kill.here(); return h.now() }})
	h.must(err)
	h.Cleanup(func() { _ = db.Close() })
	h.db = db
	h.intake = intake.New(db, intake.Options{Sources: []string{"hr"}, MaxMissingPercent: 100, Now: h.now, TempDir: h.TempDir()})
	h.Runner = h.runner()
}

// runner makes another one on the same database and targets.
func (h *hub) runner() *reconcile.Runner {
	o := reconcile.Options{
		Store: h.db, Engine: func() *rules.Engine { return h.engine }, Now: h.now, NewID: sequence(h.clock),
		Refresh: func(ctx context.Context, users []int64) error {
			_, err := h.intake.Refresh(ctx, users, h.now())
			return err
		},
		Destinations: []reconcile.Destination{destination(h.app, "app"), destination(h.wiki, "wiki")},
	}
	if h.shape != nil {
		h.shape(&o)
	}
	return reconcile.New(o)
}

// sequence makes identifiers that no other runner on the same clock makes.
func sequence(c *clock) func() string {
	return func() string { return fmt.Sprintf("run-%d", c.micros.Add(1)) }
}

func destination(t targets.Target, name string) reconcile.Destination {
	return reconcile.Destination{
		Target: t, Limits: plan.Limits{Removals: 500, Percent: 10, Floor: 10}, Match: []string{identity.AttrUserName},
		Settings: plan.Settings{
			Target: name, Unmanaged: plan.ReportUnmanaged, CreateAccounts: true, Leaver: plan.DisableLeaver,
			Capabilities: t.Capabilities(),
		},
	}
}

// settings changes the settings of every destination.
func settings(change func(*reconcile.Destination)) func(*reconcile.Options) {
	return func(o *reconcile.Options) {
		for i := range o.Destinations {
			change(&o.Destinations[i])
		}
	}
}

func (h *hub) must(err error) {
	h.Helper()
	if err != nil {
		h.Fatal(err)
	}
}

func (h *hub) setPolicy(text string) {
	h.Helper()
	p, err := rules.Load([]rules.File{{Name: "policy.yaml", Data: []byte(text)}}, nil)
	h.must(err)
	h.engine, err = rules.Compile(p)
	h.must(err)
}

func (h *hub) update(fn func(ctx context.Context, tx *store.Tx) error) {
	h.Helper()
	ctx := h.Context()
	h.must(h.db.Update(ctx, func(tx *store.Tx) error { return fn(ctx, tx) }))
}

func (h *hub) view(fn func(ctx context.Context, tx *store.Tx) error) {
	h.Helper()
	ctx := h.Context()
	h.must(h.db.View(ctx, func(tx *store.Tx) error { return fn(ctx, tx) }))
}

// attributes makes attributes of name, value, name, value …
func attributes(name string, pairs ...string) identity.Attributes {
	a := identity.Attributes{identity.AttrUserName: {name}}
	for i := 0; i+1 < len(pairs); i += 2 {
		a.Set(pairs[i], pairs[i+1])
	}
	return a
}

// join makes a person known, with attributes given as name, value pairs.
func (h *hub) join(name string, pairs ...string) {
	h.Helper()
	r, err := h.intake.Create(h.Context(), "hr", identity.Record{Attributes: attributes(name, pairs...)}, nil)
	h.must(err)
	h.ids[name] = r.ID
}

// change replaces some attributes of a person.
func (h *hub) change(name string, pairs ...string) {
	h.Helper()
	_, err := h.intake.Update(h.Context(), "hr", h.ids[name], func(r identity.Record) (identity.Record, error) {
		for i := 0; i+1 < len(pairs); i += 2 {
			r.Attributes.Set(pairs[i], pairs[i+1])
		}
		return r, nil
	})
	h.must(err)
}

// leave ends what hr knows of a person.
func (h *hub) leave(name string) {
	h.Helper()
	h.must(h.intake.Remove(h.Context(), "hr", h.ids[name], nil))
}

// crowd makes n people of a department.
func (h *hub) crowd(department string, n int) []string {
	h.Helper()
	names := make([]string, n)
	for i := range names {
		names[i] = fmt.Sprintf("%s%03d", strings.ToLower(department), i)
		h.join(names[i], "department", department)
	}
	return names
}

// full makes a full run over everything.
func (h *hub) full() reconcile.Report {
	h.Helper()
	return h.sync(reconcile.Request{Full: true})
}

func (h *hub) sync(req reconcile.Request) reconcile.Report {
	h.Helper()
	report, err := h.Sync(h.Context(), req)
	h.must(err)
	return report
}

// steps works until nothing is due, and returns how many steps that took.
func (h *hub) steps() (n int) {
	h.Helper()
	for ; n < 100; n++ {
		done, err := h.Step(h.Context())
		h.must(err)
		if done == 0 {
			return n
		}
	}
	h.Fatal("the work queue does not come to rest")
	return n
}

// has returns what accounts hold on a target, "name: kind/id kind/id"; an
// inactive account's name has a minus before it.
func has(t *memory.Target) []string {
	state := t.Snapshot()
	holds := map[string][]string{}
	for _, a := range state.Assignments {
		holds[a.AccountID] = append(holds[a.AccountID], a.Entitlement.Kind+"/"+a.Entitlement.ID)
	}
	out := []string{}
	for _, a := range state.Accounts {
		name := a.Name
		if !a.Active {
			name = "-" + name
		}
		slices.Sort(holds[a.ID])
		out = append(out, strings.TrimSpace(name+": "+strings.Join(holds[a.ID], " ")))
	}
	slices.Sort(out)
	return out
}

func (h *hub) same(what string, got, want any) {
	h.Helper()
	if diff := cmp.Diff(want, got); diff != "" {
		h.Errorf("%s (-want +got):\n%s", what, diff)
	}
}

// onApp and onWiki expect what accounts hold there.
func (h *hub) onApp(want ...string) {
	h.Helper()
	h.same("on app", has(h.app), append([]string{}, want...))
}

func (h *hub) onWiki(want ...string) {
	h.Helper()
	h.same("on wiki", has(h.wiki), append([]string{}, want...))
}

// told renders a report's changes as "target action account entitlement outcome".
func told(report reconcile.Report) []string {
	out := []string{}
	for _, run := range report.Runs {
		for _, c := range run.Changes {
			out = append(out, strings.Join([]string{run.Target, string(c.Action), c.Account, strings.TrimPrefix(c.Entitlement, run.Target+":"), c.Outcome}, " "))
		}
	}
	return out
}

// drifts renders a report's drift as "target kind account entitlement".
func drifts(report reconcile.Report) []string {
	out := []string{}
	for _, run := range report.Runs {
		for _, d := range run.Drift {
			out = append(out, strings.TrimSpace(strings.Join([]string{run.Target, string(d.Kind), d.Account, strings.TrimPrefix(d.Entitlement, run.Target+":")}, " ")))
		}
	}
	return out
}

func waits(report reconcile.Report) []string {
	out := []string{}
	for _, run := range report.Runs {
		for _, w := range run.Waiting {
			out = append(out, run.Target+" "+w.User+" "+strings.Join(w.Entitlements, " ")+": "+w.Reason)
		}
	}
	return out
}

func (h *hub) auditHead() (seq int64) {
	h.Helper()
	h.view(func(ctx context.Context, tx *store.Tx) error {
		head, err := tx.AuditHead(ctx)
		seq = head.Seq
		return err
	})
	return seq
}

// quiet makes a full run and expects that it plans nothing, tells nothing and
// writes nothing.
func (h *hub) quiet() {
	h.Helper()
	head, app, wiki := h.auditHead(), h.app.Counts(), h.wiki.Counts()
	report := h.full()
	h.same("changes of a run with nothing to do", told(report), []string{})
	for _, run := range report.Runs {
		if !run.Complete {
			h.Errorf("target %s: %s", run.Target, run.Error)
		}
	}
	h.same("calls of app", h.app.Counts().Applies, app.Applies)
	h.same("calls of wiki", h.wiki.Counts().Applies, wiki.Applies)
	h.same("audit records", h.auditHead(), head)
}

func (h *hub) overdue() (work []store.Work) {
	h.Helper()
	h.view(func(ctx context.Context, tx *store.Tx) (err error) {
		work, err = tx.Overdue(ctx, "")
		return err
	})
	return work
}

func (h *hub) queue() (counts map[string]int) {
	h.Helper()
	h.view(func(ctx context.Context, tx *store.Tx) (err error) {
		counts, err = tx.CountWork(ctx)
		return err
	})
	return counts
}

func (h *hub) held() (rows []store.HeldRow) {
	h.Helper()
	h.view(func(ctx context.Context, tx *store.Tx) (err error) {
		rows, err = tx.Held(ctx, store.HeldFilter{Kind: store.HeldRemoval})
		return err
	})
	return rows
}

// release lets everything go that is held.
func (h *hub) release() {
	h.Helper()
	rows := h.held()
	h.update(func(ctx context.Context, tx *store.Tx) error {
		for i := range rows {
			rows[i].ReleasedAt, rows[i].ReleasedBy, rows[i].ReleaseReason = tx.Now(), "operator:ada", "it is right"
		}
		return tx.SaveHeld(ctx, rows)
	})
}

// orderly checks what holds whatever happened: the chain is whole, every change
// has its intent before and its outcome after, and none is open.
func (h *hub) orderly() {
	h.Helper()
	h.view(func(ctx context.Context, tx *store.Tx) error {
		open, err := tx.OpenChanges(ctx, "")
		h.must(err)
		h.same("open intents", len(open), 0)
		head, err := tx.AuditHead(ctx)
		h.must(err)
		verdict, err := audit.Verify(tx.AuditRecords(ctx, store.AuditQuery{}), audit.Head{}, head)
		h.must(err)
		h.same("the chain", verdict.OK, true)
		intents := map[string]int{}
		return tx.EachAudit(ctx, store.AuditQuery{}, func(r audit.Record) error {
			key := fmt.Sprint(r.Run, " ", r.Detail["change"])
			switch r.Action {
			case "change.intent":
				intents[key]++
				if intents[key] != 1 {
					h.Errorf("%s was intended twice", key)
				}
				if causes, _ := r.Detail["causes"].([]any); len(causes) == 0 {
					h.Errorf("%s has no cause", key)
				}
			case "change.outcome":
				intents[key]--
				if intents[key] != 0 {
					h.Errorf("outcome of %s without one intent", key)
				}
			}
			return nil
		})
	})
}

func entitlement(address string) identity.Entitlement {
	e, err := identity.ParseEntitlement(address)
	if err != nil {
		panic(err)
	}
	return e
}

func sorted(list []string) []string {
	slices.Sort(list)
	return list
}

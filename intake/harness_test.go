package intake_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"birthright/audit"
	"birthright/directory"
	"birthright/identity"
	"birthright/intake"
	"birthright/sources"
	"birthright/store"
)

var noon = time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)

// hub is a service on a database of its own, with a clock that a test sets.
type hub struct {
	t testing.TB
	*intake.Service
	db       *store.DB
	clock    time.Time
	notified atomic.Int64
	onNotify func()
}

func options() intake.Options {
	return intake.Options{
		Correlate:         [][]string{{"employeeNumber"}, {"email"}},
		Sources:           []string{"hr", "corp", "okta"},
		MaxMissingPercent: 10,
	}
}

func newHub(t testing.TB, o intake.Options) *hub {
	t.Helper()
	h := &hub{t: t, clock: noon}
	now := func() time.Time { return h.clock }
	file := filepath.Join(t.TempDir(), "hub.db")
	blank, err := blankDatabase()
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, blank, 0o600); err != nil {
		t.Fatal(err)
	}
	db, err := store.Open(t.Context(), "sqlite:"+file, store.Options{Now: now})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	h.db = db
	h.reopen(o)
	return h
}

// blankDatabase is a migrated database without contents, made once: properties
// open hundreds.
var blankDatabase = sync.OnceValues(func() ([]byte, error) {
	dir, err := os.MkdirTemp("", "birthright-intake-test-*")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	file := filepath.Join(dir, "blank.db")
	db, err := store.Open(context.Background(), "sqlite:"+file, store.Options{Migrate: true})
	if err != nil {
		return nil, err
	}
	if err := db.Close(); err != nil {
		return nil, err
	}
	return os.ReadFile(file)
})

// reopen makes a service with other settings on the same database.
func (h *hub) reopen(o intake.Options) {
	o.Now = func() time.Time { return h.clock }
	o.Notify = func() {
		h.notified.Add(1)
		if h.onNotify != nil {
			h.onNotify()
		}
	}
	o.TempDir = h.t.TempDir()
	h.Service = intake.New(h.db, o)
}

// fake is a source that tells what a test gives it.
type fake struct {
	people []identity.Record
	groups []group
	err    error // returned at the end instead of a checkpoint
	cut    bool  // ends without an error, but not complete
	delta  bool  // tells only what changed; gone lists leavers
	gone   []string
}

type group struct {
	key, name string
	members   []string // people; "@key" is a group
}

func (f fake) Probe(context.Context) (sources.Report, error) {
	return sources.Report{Reachable: true}, nil
}

func (f fake) Pull(_ context.Context, _ sources.Cursor, sink sources.Sink) (sources.Checkpoint, error) {
	for _, r := range f.people {
		if err := sink.Record(identity.Record{Key: r.Key, Attributes: r.Attributes.Clone(), Payload: r.Payload}); err != nil {
			return sources.Checkpoint{}, err
		}
	}
	for _, g := range f.groups {
		if err := sink.Group(identity.SourceGroup{Key: g.key, Name: g.name}, g.refs()); err != nil {
			return sources.Checkpoint{}, err
		}
	}
	if f.err != nil {
		return sources.Checkpoint{}, f.err
	}
	end := sources.Checkpoint{Complete: !f.cut && !f.delta, Seen: len(f.people), Gone: f.gone}
	if f.delta || f.gone != nil {
		end.Cursor = "next"
	}
	return end, nil
}

func (g group) refs() []identity.MemberRef {
	var refs []identity.MemberRef
	for _, m := range g.members {
		if m[0] == '@' {
			refs = append(refs, identity.MemberRef{Key: m[1:], Group: true})
		} else {
			refs = append(refs, identity.MemberRef{Key: m})
		}
	}
	return refs
}

// person is a record with attributes given as name, value pairs.
func person(key string, pairs ...string) identity.Record {
	r := identity.Record{Key: key, Attributes: identity.Attributes{}}
	for i := 0; i < len(pairs); i += 2 {
		r.Attributes[pairs[i]] = append(r.Attributes[pairs[i]], pairs[i+1])
	}
	return r
}

// crowd is n people with distinct names, numbers and addresses.
func crowd(n int) []identity.Record {
	out := make([]identity.Record, n)
	for i := range out {
		out[i] = person(fmt.Sprintf("k%d", i), "userName", fmt.Sprintf("user%d", i),
			"employeeNumber", fmt.Sprint(1000+i), "email", fmt.Sprintf("user%d@example.com", i))
	}
	return out
}

func (h *hub) pull(source string, f fake) intake.Report {
	h.t.Helper()
	report, err := h.Pull(h.t.Context(), source, f)
	if err != nil {
		h.t.Fatal(err)
	}
	return report
}

// refusedPull expects a pull to fail with kind.
func (h *hub) refusedPull(source string, f fake, kind identity.Kind) error {
	h.t.Helper()
	_, err := h.Pull(h.t.Context(), source, f)
	if identity.KindOf(err) != kind {
		h.t.Fatalf("kind %q (%v), want %q", identity.KindOf(err), err, kind)
	}
	return err
}

func (h *hub) view(fn func(ctx context.Context, tx *store.Tx) error) {
	h.t.Helper()
	ctx := h.t.Context()
	if err := h.db.View(ctx, func(tx *store.Tx) error { return fn(ctx, tx) }); err != nil {
		h.t.Fatal(err)
	}
}

// users returns what the directory holds, without numbers, identifiers and times.
func (h *hub) users() map[string]identity.User {
	h.t.Helper()
	out := map[string]identity.User{}
	h.view(func(ctx context.Context, tx *store.Tx) error {
		return tx.EachUser(ctx, func(u identity.User) error {
			u.N, u.ID, u.Created, u.Modified = 0, "", time.Time{}, time.Time{}
			out[u.UserName] = u
			return nil
		})
	})
	return out
}

// user returns one user whole.
func (h *hub) user(name string) (u identity.User) {
	h.t.Helper()
	h.view(func(ctx context.Context, tx *store.Tx) (err error) {
		u, err = tx.UserByName(ctx, name)
		return err
	})
	return u
}

// states returns the users' states by name.
func (h *hub) states() map[string]identity.State {
	h.t.Helper()
	out := map[string]identity.State{}
	for name, u := range h.users() {
		out[name] = u.State
	}
	return out
}

func (h *hub) held(kind string) (rows []store.HeldRow) {
	h.t.Helper()
	h.view(func(ctx context.Context, tx *store.Tx) (err error) {
		rows, err = tx.Held(ctx, store.HeldFilter{Kind: kind})
		return err
	})
	return rows
}

// actions returns the log's actions and subjects after the first seq records.
func (h *hub) actions(after int64) (actions []string) {
	h.t.Helper()
	h.view(func(ctx context.Context, tx *store.Tx) error {
		return tx.EachAudit(ctx, store.AuditQuery{AfterSeq: after}, func(r audit.Record) error {
			actions = append(actions, r.Action+" "+r.Subject)
			return nil
		})
	})
	return actions
}

func (h *hub) seq() (seq int64) {
	h.t.Helper()
	h.view(func(ctx context.Context, tx *store.Tx) error {
		head, err := tx.AuditHead(ctx)
		seq = head.Seq
		return err
	})
	return seq
}

// work takes all work that is due and returns the users' names, sorted.
func (h *hub) work() (names []string) {
	h.t.Helper()
	ctx := h.t.Context()
	err := h.db.Update(ctx, func(tx *store.Tx) error {
		work, err := tx.ClaimWork(ctx, 100_000, time.Minute)
		if err != nil {
			return err
		}
		for _, w := range work {
			u, err := tx.UserByN(ctx, w.UserN)
			if err != nil {
				return err
			}
			names = append(names, u.UserName)
		}
		return tx.FinishWork(ctx, work)
	})
	if err != nil {
		h.t.Fatal(err)
	}
	slices.Sort(names)
	return names
}

// quiet runs fn and expects that it writes nothing that anybody would notice.
func (h *hub) quiet(what string, fn func()) {
	h.t.Helper()
	before, users := h.seq(), h.users()
	h.work()
	fn()
	if events := h.actions(before); len(events) > 0 {
		h.t.Errorf("%s wrote events: %v", what, events)
	}
	if work := h.work(); len(work) > 0 {
		h.t.Errorf("%s left work for %v", what, work)
	}
	if !sameUsers(users, h.users()) {
		h.t.Errorf("%s changed users", what)
	}
}

func sameUsers(a, b map[string]identity.User) bool {
	if len(a) != len(b) {
		return false
	}
	for name := range a {
		if !directory.SameUser(a[name], b[name]) || !slices.Equal(a[name].Groups, b[name].Groups) {
			return false
		}
	}
	return true
}

package intake_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"birthright/identity"
	"birthright/intake"
	"birthright/sources"
	"birthright/store"
)

func TestPullMakesUsers(t *testing.T) {
	h := newHub(t, options())
	report := h.pull("hr", fake{people: []identity.Record{
		person("1", "userName", "ada", "email", "ada@x", "department", "Engineering", "ou", "People", "ou", "Engineering"),
		person("2", "email", "bob@x", "startDate", "2026-12-01"),
		person("3", "active", "false"),
	}})
	if diff := cmp.Diff(intake.Counts{Added: 3}, report.Counts); diff != "" {
		t.Errorf("counts (-want +got):\n%s", diff)
	}
	want := map[string]identity.State{"ada": identity.Active, "bob@x": identity.Staged, "hr/3": identity.Suspended}
	if diff := cmp.Diff(want, h.states()); diff != "" {
		t.Errorf("states (-want +got):\n%s", diff)
	}
	ada := h.users()["ada"]
	if diff := cmp.Diff([]string{"People", "Engineering"}, ada.Attributes["ou"]); diff != "" {
		t.Errorf("ou (-want +got):\n%s", diff)
	}
	if ada.Origins["department"] != "hr" {
		t.Errorf("department came from %q", ada.Origins["department"])
	}
	wantLog := []string{"user.created user:ada", "user.created user:bob@x", "user.created user:hr/3", "source.imported source:hr"}
	if diff := cmp.Diff(wantLog, h.actions(0)); diff != "" {
		t.Errorf("log (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]string{"ada", "bob@x", "hr/3"}, h.work()); diff != "" {
		t.Errorf("work (-want +got):\n%s", diff)
	}
	if h.notified.Load() == 0 {
		t.Error("nobody was told of the work")
	}
}

func TestPullTwiceChangesNothing(t *testing.T) {
	h := newHub(t, options())
	f := fake{
		people: append(crowd(5), person("dup", "userName", "dup", "email", "user1@example.com"), person("bad", "userName", "bad", "endDate", "?")),
		groups: []group{{"g", "staff", []string{"k1", "k2", "@h"}}, {"h", "inner", []string{"k3"}}},
	}
	h.pull("corp", f)
	h.quiet("the same pull again", func() {
		report := h.pull("corp", f)
		if report.Added+report.Changed+report.Gone+report.GroupsChanged != 0 || report.Ambiguous != 2 {
			t.Errorf("report %+v", report)
		}
	})
}

func TestPullChangesAndLeavers(t *testing.T) {
	h := newHub(t, options())
	people := crowd(5)
	h.pull("hr", fake{people: people})
	h.work()
	seq := h.seq()
	people[1] = person("k1", "userName", "renamed", "employeeNumber", "1001", "email", "user1@example.com")
	report := h.pull("hr", fake{people: people[:4]})
	if diff := cmp.Diff(intake.Counts{Changed: 1, Gone: 1, Unchanged: 3}, report.Counts); diff != "" {
		t.Errorf("counts (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]string{"user.changed user:renamed", "user.state user:user4", "source.imported source:hr"}, h.actions(seq)); diff != "" {
		t.Errorf("log (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]string{"renamed", "user4"}, h.work()); diff != "" {
		t.Errorf("work (-want +got):\n%s", diff)
	}
	if got := h.states()["user4"]; got != identity.Left {
		t.Errorf("user4 is %s", got)
	}
	before := h.user("user4")
	h.pull("hr", fake{people: append(people[:4:4], crowd(5)[4])})
	after := h.user("user4")
	if after.N != before.N || after.State != identity.Active {
		t.Errorf("came back as user %d (%s), was %d", after.N, after.State, before.N)
	}
}

func TestSameMatchKeysSameUserAgain(t *testing.T) {
	h := newHub(t, options())
	h.pull("hr", fake{people: crowd(3)})
	before := h.user("user2")
	again := crowd(3)[2]
	again.Key = "another"
	t.Run("in one pull", func(t *testing.T) {
		report := h.pull("hr", fake{people: append(crowd(2), again)})
		if report.Ambiguous != 0 || report.Gone != 1 || report.Added != 1 {
			t.Errorf("report %+v", report)
		}
		if after := h.user("user2"); after.N != before.N || after.State != identity.Active {
			t.Errorf("user %d is %s, was user %d", after.N, after.State, before.N)
		}
	})
	t.Run("after having left", func(t *testing.T) {
		h.pull("hr", fake{people: crowd(2)})
		if got := h.user("user2").State; got != identity.Left {
			t.Fatalf("user2 is %s", got)
		}
		again.Key = "third"
		h.pull("hr", fake{people: append(crowd(2), again)})
		if after := h.user("user2"); after.N != before.N || after.State != identity.Active {
			t.Errorf("user %d is %s, was user %d", after.N, after.State, before.N)
		}
	})
}

// A pull that is not whole makes no claim, and so no change.
func TestUnfinishedPullsChangeNothing(t *testing.T) {
	people := crowd(6)
	changed := append(slices.Clone(people[:3]), person("new", "userName", "new"))
	down := &identity.Error{Kind: identity.Unavailable, Err: errors.New("connection reset")}
	twice := append(slices.Clone(people), people[0])
	tests := []struct {
		name string
		f    fake
		kind identity.Kind
	}{
		{"broken off", fake{people: changed, err: down}, identity.Unavailable},
		{"not complete", fake{people: changed, cut: true}, identity.Incomplete},
		{"empty", fake{}, identity.Held},
		{"a key twice", fake{people: twice}, identity.Invalid},
		{"a record without key", fake{people: append(slices.Clone(changed), person(""))}, identity.Invalid},
		{"a new key twice", fake{people: append(slices.Clone(people), person("n"), person("n"))}, identity.Invalid},
		{"a group twice", fake{people: people, groups: []group{{"g", "a", nil}, {"g", "b", nil}}}, identity.Invalid},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			h := newHub(t, options())
			h.pull("hr", fake{people: people})
			users := h.users()
			h.work()
			h.refusedPull("hr", tt.f, tt.kind)
			if !sameUsers(users, h.users()) || len(h.work()) > 0 {
				t.Error("it changed users")
			}
			h.view(func(ctx context.Context, tx *store.Tx) error {
				state, err := tx.SourceState(ctx, "hr")
				if state.LastError == "" {
					t.Error("the error is not remembered")
				}
				return err
			})
		})
	}
}

func TestTwoSourcesMerge(t *testing.T) {
	h := newHub(t, options())
	h.pull("corp", fake{people: []identity.Record{person("c1", "userName", "ada", "email", "Ada@X", "title", "c", "phone", "1")}})
	n := h.user("ada").N
	h.pull("hr", fake{people: []identity.Record{person("h1", "employeeNumber", "7", "email", "ada@x ", "title", "h")}})
	ada := h.user("ada")
	if ada.N != n || len(h.users()) != 1 {
		t.Fatalf("not one user: %v", h.states())
	}
	if diff := cmp.Diff(map[string]string{"userName": "corp", "email": "hr", "title": "hr", "phone": "corp", "employeeNumber": "hr"}, ada.Origins); diff != "" {
		t.Errorf("origins (-want +got):\n%s", diff)
	}
	h.refusedPull("hr", fake{}, identity.Held)
	if err := h.Release(t.Context(), "missing-hr", "operator:eve", "really"); err != nil {
		t.Fatal(err)
	}
	h.pull("hr", fake{})
	if ada = h.user("ada"); ada.State != identity.Active || ada.Attributes.First("title") != "c" {
		t.Errorf("after hr left: %s, title %q", ada.State, ada.Attributes.First("title"))
	}
}

// A link once made is kept: an address that moves to someone else must not take
// the record, and its access, along.
func TestLinksAreKept(t *testing.T) {
	h := newHub(t, options())
	h.pull("hr", fake{people: []identity.Record{person("1", "userName", "ada", "email", "ada@x"), person("2", "userName", "bob", "email", "bob@x")}})
	h.pull("corp", fake{people: []identity.Record{person("c", "email", "ada@x", "title", "T")}})
	h.pull("corp", fake{people: []identity.Record{person("c", "email", "bob@x", "title", "T")}})
	if users := h.users(); users["ada"].Attributes.First("title") != "T" || users["bob"].Attributes.First("title") != "" {
		t.Errorf("the record moved: %v", users)
	}
}

func TestGroups(t *testing.T) {
	h := newHub(t, options())
	groups := func() map[string][]string {
		out := map[string][]string{}
		for name, u := range h.users() {
			if len(u.Groups) > 0 {
				out[name] = u.Groups
			}
		}
		return out
	}
	f := fake{people: crowd(4), groups: []group{
		{"g", "staff", []string{"k0", "@h", "stranger"}}, {"h", "eng", []string{"k1"}}, {"e", "empty", nil},
	}}
	report := h.pull("corp", f)
	if report.Groups != 3 {
		t.Errorf("report %+v", report)
	}
	if diff := cmp.Diff(map[string][]string{"user0": {"staff"}, "user1": {"eng", "staff"}}, groups()); diff != "" {
		t.Errorf("groups (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]string{"user0", "user1", "user2", "user3"}, h.work()); diff != "" {
		t.Errorf("work after the first pull (-want +got):\n%s", diff)
	}
	tests := []struct {
		name   string
		change func()
		groups map[string][]string
		work   []string
	}{
		{"a member more", func() { f.groups[1].members = []string{"k1", "k2"} },
			map[string][]string{"user0": {"staff"}, "user1": {"eng", "staff"}, "user2": {"eng", "staff"}}, []string{"user2"}},
		{"a member less", func() { f.groups[0].members = []string{"@h"} },
			map[string][]string{"user1": {"eng", "staff"}, "user2": {"eng", "staff"}}, []string{"user0"}},
		{"renamed", func() { f.groups[0].name = "all" },
			map[string][]string{"user1": {"all", "eng"}, "user2": {"all", "eng"}}, []string{"user1", "user2"}},
		{"no longer nested", func() { f.groups[0].members = nil },
			map[string][]string{"user1": {"eng"}, "user2": {"eng"}}, []string{"user1", "user2"}},
		{"deleted", func() { f.groups = f.groups[:1] }, map[string][]string{}, []string{"user1", "user2"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			tt.change()
			h.pull("corp", f)
			if diff := cmp.Diff(tt.groups, groups()); diff != "" {
				t.Errorf("groups (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(tt.work, h.work()); diff != "" {
				t.Errorf("work (-want +got):\n%s", diff)
			}
			h.quiet("the same again", func() { h.pull("corp", f) })
		})
	}
}

func TestPullFromCursor(t *testing.T) {
	h := newHub(t, options())
	h.pull("hr", fake{people: crowd(30), gone: []string{}})
	report := h.pull("hr", fake{delta: true, people: []identity.Record{person("n", "userName", "new")}, gone: []string{"k3", "never"}})
	if diff := cmp.Diff(intake.Counts{Added: 1, Gone: 1}, report.Counts); diff != "" {
		t.Errorf("counts (-want +got):\n%s", diff)
	}
	states := h.states()
	if states["user3"] != identity.Left || states["user4"] != identity.Active || len(states) != 31 {
		t.Errorf("states %v", states)
	}
	var gone []string
	for i := range 20 {
		gone = append(gone, fmt.Sprintf("k%d", i))
	}
	h.refusedPull("hr", fake{delta: true, gone: gone}, identity.Held)
}

func TestOnePullAtATime(t *testing.T) {
	h := newHub(t, options())
	inside, done := make(chan struct{}), make(chan error)
	go func() {
		_, err := h.Pull(t.Context(), "hr", blocked{inside, done})
		done <- err
	}()
	<-inside
	h.refusedPull("hr", fake{}, identity.Conflict)
	done <- nil
	if err := <-done; err != nil {
		t.Error(err)
	}
}

// blocked is a source that waits until a test lets it end.
type blocked struct {
	inside chan<- struct{}
	wait   <-chan error
}

func (b blocked) Probe(context.Context) (sources.Report, error) { return sources.Report{}, nil }

func (b blocked) Pull(context.Context, sources.Cursor, sources.Sink) (sources.Checkpoint, error) {
	b.inside <- struct{}{}
	return sources.Checkpoint{Complete: true}, <-b.wait
}

// The order in which a source tells people must not decide who they are.
func TestOrderDoesNotMatter(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		n := rapid.IntRange(1, 8).Draw(rt, "people")
		var hr, corp []identity.Record
		for i := range n {
			r := crowd(n)[i]
			if rapid.Bool().Draw(rt, "inactive") {
				r.Attributes["active"] = []string{"false"}
			}
			hr = append(hr, r)
			if rapid.Bool().Draw(rt, "also in corp") {
				c := person("c"+r.Key, "email", r.Attributes.First("email"), "title", fmt.Sprint("t", i))
				corp = append(corp, c)
			}
		}
		var want map[string]identity.User
		for round := range 2 {
			h := newHub(t, options())
			h.SetBatch(rapid.IntRange(1, 9).Draw(rt, "batch"))
			h.pull("hr", fake{people: hr})
			h.pull("corp", fake{people: corp})
			if round == 0 {
				want = h.users()
				hr, corp = rapid.Permutation(hr).Draw(rt, "hr"), rapid.Permutation(corp).Draw(rt, "corp")
				continue
			}
			if !sameUsers(want, h.users()) {
				rt.Fatalf("another order, other users:\n%s", cmp.Diff(want, h.users()))
			}
		}
	})
}

// A pull that is killed between two batches is finished by the next one.
func TestNextPullFinishesWhatWasCutOff(t *testing.T) {
	people := crowd(40)
	groups := []group{{"g", "staff", []string{"k1", "k39"}}, {"h", "eng", []string{"k2", "@g"}}}
	changed := append(crowd(37), person("new", "userName", "new"))
	for i := range changed {
		changed[i].Attributes["title"] = []string{"T"}
	}
	want := newHub(t, options())
	want.pull("hr", fake{people: people, groups: groups})
	want.pull("hr", fake{people: changed, groups: groups[:1]})

	for stop := range 12 {
		h := newHub(t, options())
		h.pull("hr", fake{people: people, groups: groups})
		h.SetBatch(5)
		ctx, cancel := context.WithCancel(t.Context())
		batches := 0
		h.onNotify = func() {
			if batches++; batches > stop {
				cancel()
			}
		}
		_, err := h.Pull(ctx, "hr", fake{people: changed, groups: groups[:1]})
		cancel()
		h.onNotify = nil
		if stop < 8 && err == nil {
			t.Fatalf("after %d batches it was not cut off", stop)
		}
		h.pull("hr", fake{people: changed, groups: groups[:1]})
		if !sameUsers(want.users(), h.users()) {
			t.Errorf("cut off after %d batches:\n%s", stop, cmp.Diff(want.users(), h.users()))
		}
	}
}

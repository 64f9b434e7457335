package e2e

import (
	"strings"
	"testing"

	"github.com/go-ldap/ldap/v3"
)

// heldView is something held as `held list` shows it.
type heldView struct{ ID, Kind, Source, Target, Subject, Action, Entitlement, Reason string }

// TestSourceLosesPeople has 40 of 150 people vanish from the source: nothing of
// that import is believed until a person says that it is right.
func TestSourceLosesPeople(t *testing.T) {
	t.Parallel()
	w := newWorld(t, setup{})
	w.must(t, exitDone, "import")
	w.must(t, exitDone, "sync")

	gone := w.company.clone()
	for _, uid := range append(w.company.of("Accounting")[:25], w.company.of("Human Resources")[:15]...) {
		if err := dial(t, w.source).Del(ldap.NewDelRequest(entryOf(uid), nil)); err != nil {
			t.Fatal(err)
		}
		gone.leave(uid)
	}
	got := w.must(t, exitHeld, "import")
	for _, said := range []string{"40 of 150", "birthright held release missing-corp"} {
		if !strings.Contains(got.stderr, said) {
			t.Errorf("import does not say %q: %s", said, got.stderr)
		}
	}
	w.must(t, exitDone, "sync")
	w.right(t) // everybody is still there
	w.settled(t)

	held := w.held(t)
	if len(held) != 1 || held[0].Kind != "missing" || !strings.Contains(held[0].Reason, "40 of 150") {
		t.Fatalf("held list: %+v, want the 40 missing people", held)
	}
	w.release(t, held[0].ID)
	var report imports
	w.mustJSON(t, exitDone, "import", &report)
	if report.Imports[0].Gone != 40 {
		t.Errorf("import after the release: %+v, want 40 gone", report)
	}
	w.company = gone
	w.must(t, exitDone, "sync")
	w.right(t)
	w.settled(t)
	if held := w.held(t); len(held) > 0 {
		t.Errorf("still held: %+v", held)
	}
	w.proven(t)
}

// TestReleaseCoversWhatWasSeen releases 20 missing people, and then 20 more
// vanish before the next import: those were not released.
func TestReleaseCoversWhatWasSeen(t *testing.T) {
	t.Parallel()
	w := newWorld(t, setup{})
	w.must(t, exitDone, "import")
	for _, uid := range w.company.of("Accounting")[:20] {
		w.remove(t, uid)
	}
	w.must(t, exitHeld, "import")
	w.release(t, "missing-corp")
	for _, uid := range w.company.of("Human Resources")[:20] {
		w.remove(t, uid)
	}
	w.must(t, exitHeld, "import")
	var users []struct{ UserName string }
	w.mustJSON(t, exitDone, "user list", &users)
	if len(users) != 150 {
		t.Errorf("%d users are there, want all 150", len(users))
	}
	w.release(t, "missing-corp")
	w.must(t, exitDone, "import")
	w.must(t, exitDone, "sync")
	same(t, "the application", w.onlyHere(), readApp(w.app))
	w.proven(t)
}

// onlyHere is what the application should hold where leavers never had an account.
func (w *world) onlyHere() holdings {
	c := w.company.clone()
	clear(c.left)
	for _, p := range c.people {
		delete(c.emptied, groupOf(p.department))
	}
	return c.inApp()
}

// TestPolicyEdit takes a group from everybody and gives another: what is added
// goes out, what is removed waits for a person.
func TestPolicyEdit(t *testing.T) {
	t.Parallel()
	const tight = "{max_removals: 500, max_removal_percent: 10, max_missing_percent: 10}"
	w := newWorld(t, setup{guard: tight})
	w.write(t, "policies/staff.yaml", everybodyHas("staff"))
	w.must(t, exitDone, "import")
	w.must(t, exitDone, "sync")
	everybody := w.company.uids()
	holding := func(groups ...string) {
		t.Helper()
		app, directory := w.company.inApp(), w.company.inDirectory()
		for _, h := range []holdings{app, directory} {
			h.Groups["staff"], h.Groups["people"] = []string{}, []string{}
			for _, group := range groups {
				h.Groups[group] = everybody
			}
			if len(groups) == 1 && groups[0] == "staff" {
				delete(h.Groups, "people")
			}
		}
		same(t, "the application", app, readApp(w.app))
		same(t, "the directory", directory, readDirectory(t, w.directory, w.base))
	}
	holding("staff")

	w.write(t, "policies/staff.yaml", everybodyHas("people"))
	w.must(t, exitHeld, "plan")
	var report runs
	w.mustJSON(t, exitHeld, "sync", &report)
	if _, held, _ := report.count(); held != 300 {
		t.Errorf("the sync held %d removals, want 150 on each target", held)
	}
	reason := report.Runs[0].Held[0].Reason
	for _, said := range []string{"150 removals", "guard.max_removal_percent"} {
		if !strings.Contains(reason, said) {
			t.Errorf("the reason does not say %q: %s", said, reason)
		}
	}
	holding("staff", "people")
	held := w.held(t)
	if len(held) != 300 {
		t.Fatalf("held list has %d things, want 300", len(held))
	}
	for _, h := range held {
		if h.Kind != "removal" || h.Action != "remove" || !strings.HasSuffix(h.Entitlement, ":group/staff") {
			t.Errorf("held: %+v, want removals from staff", h)
		}
	}
	// Again: still held, and nothing new but that somebody ordered a run.
	before := len(w.chronicle(t))
	w.must(t, exitHeld, "sync --full")
	if after := w.chronicle(t); len(after) != before+1 || after[before].Action != "run.ordered" {
		t.Errorf("a second sync wrote about what was held already: %v", after[before:])
	}

	// One of them is released by itself, then all of one target, then the rest.
	w.release(t, held[0].ID)
	w.must(t, exitHeld, "sync")
	if held := w.held(t); len(held) != 299 {
		t.Errorf("after one release %d things are held, want 299", len(held))
	}
	w.must(t, exitDone, "held release --all --target app --reason agreed")
	w.must(t, exitHeld, "sync")
	if members := w.app.Members("staff"); len(members) > 0 {
		t.Errorf("the application still has %d members of staff", len(members))
	}
	w.must(t, exitDone, "held release --all --reason agreed")
	w.must(t, exitDone, "sync")
	holding("people")
	w.settled(t)
	w.proven(t)
}

// everybodyHas is a policy file that gives one group to everybody.
func everybodyHas(group string) string {
	return "groups:\n  - {name: " + group + ", access: [\"directory:group/" + group + "\", \"app:group/" + group + "\"]}\n" +
		"rules:\n  - {name: everybody, when: true, groups: [" + group + "]}\n"
}

// TestSlowDrip moves some people at a time: no step is unusual, but the sum of
// 24 hours is.
func TestSlowDrip(t *testing.T) {
	t.Parallel()
	w := newWorld(t, setup{guard: "{max_removals: 20, max_removal_percent: 100, max_missing_percent: 10}"})
	w.must(t, exitDone, "import")
	w.must(t, exitDone, "sync")
	movers := w.company.of("Accounting")
	move := func(from, to int) {
		for _, uid := range movers[from:to] {
			w.move(t, uid, "Payroll")
		}
		w.must(t, exitDone, "import")
	}
	move(0, 8)
	w.must(t, exitDone, "sync")
	move(8, 16)
	w.must(t, exitDone, "sync --full")
	w.right(t)

	move(16, 24)
	var report runs
	w.mustJSON(t, exitHeld, "sync", &report)
	for _, run := range report.Runs {
		if len(run.Held) != 8 || !strings.Contains(run.Held[0].Reason, "8 removals now and 16 within the last 24 hours") {
			t.Errorf("%s: %d held: %+v, want 8 with the sum of the day", run.Target, len(run.Held), run.Held)
		}
	}
	if n := len(w.app.Members("dept-payroll")); n != 11+24 {
		t.Errorf("payroll has %d members, want everybody who joined: %d", n, 11+24)
	}
	// Somebody who leaves does not wait for the guard.
	w.remove(t, movers[30])
	w.must(t, exitDone, "import")
	w.must(t, exitHeld, "sync")
	if members := w.app.Members("dept-accounting"); strings.Contains(strings.Join(members, " ")+" ", movers[30]+" ") {
		t.Error("the leaver still has access: a guard held what lifecycle ordered")
	}
	w.must(t, exitDone, "held release --all --reason agreed")
	w.must(t, exitDone, "sync")
	w.right(t)
	w.settled(t)
	w.proven(t)
}

func (h *hub) held(t *testing.T) []heldView {
	t.Helper()
	var held []heldView
	h.mustJSON(t, exitDone, "held list", &held)
	return held
}

func (h *hub) release(t *testing.T, id string) {
	t.Helper()
	h.must(t, exitDone, "held release "+id+" --reason agreed")
}

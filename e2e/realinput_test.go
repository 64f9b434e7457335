package e2e

import (
	"testing"

	"github.com/go-ldap/ldap/v3"
)

// TestRealInput is the main story: a real directory with 150 people, a policy,
// two targets, and what happens to them in the course of time. It runs on each
// kind of database.
func TestRealInput(t *testing.T) {
	t.Parallel()
	t.Run("sqlite", func(t *testing.T) {
		t.Parallel()
		tellStory(t, newWorld(t, setup{}))
	})
	t.Run("postgres", func(t *testing.T) {
		t.Parallel()
		tellStory(t, newWorld(t, setup{database: shared.postgres.EmptyURL(t)}))
	})
}

// tellStory goes through the chapters; each begins where the one before ended.
func tellStory(t *testing.T, w *world) {
	for _, chapter := range []struct {
		name string
		tell func(*testing.T, *world)
	}{
		{"people are imported", peopleAreImported},
		{"a plan changes nothing", planChangesNothing},
		{"both targets are filled", targetsAreFilled},
		{"people change in the source", peopleChange},
		{"somebody leaves", somebodyLeaves},
		{"targets are changed by hand", targetsAreChangedByHand},
		{"the application is down", appIsDown},
		{"the directory is down", directoryIsDown},
	} {
		if !t.Run(chapter.name, func(t *testing.T) { chapter.tell(t, w) }) {
			return
		}
	}
	w.proven(t)
}

// imports is what import prints.
type imports struct {
	Imports []struct {
		Source                                        string
		Seen, Added, Changed, Gone, Unchanged, Groups int
	}
}

func peopleAreImported(t *testing.T, w *world) {
	var got imports
	w.mustJSON(t, exitDone, "import", &got)
	if len(got.Imports) != 1 || got.Imports[0].Added != 150 || got.Imports[0].Groups != 5 {
		t.Fatalf("import: %+v, want 150 people added and 5 groups", got)
	}
	w.mustJSON(t, exitDone, "import", &got)
	if got.Imports[0].Unchanged != 150 {
		t.Fatalf("second import: %+v, want 150 unchanged", got)
	}
	var users []struct{ UserName, Department, State string }
	w.mustJSON(t, exitDone, "user list", &users)
	for _, u := range users {
		if p := w.company.people[u.UserName]; p.department != u.Department || u.State != "active" {
			t.Errorf("user %s is %s in %q, want active in %q", u.UserName, u.State, u.Department, p.department)
		}
	}
	if len(users) != 150 {
		t.Errorf("user list: %d users, want 150", len(users))
	}
}

func planChangesNothing(t *testing.T, w *world) {
	var plan runs
	w.mustJSON(t, exitChanges, "plan --exit-code", &plan)
	// On each target: an account and a department each, two members for each
	// group of managers, and the groups themselves.
	if changes, _, _ := plan.count(); changes != 2*(150+150+8+9) {
		t.Errorf("the plan has %d changes, want %d", changes, 2*(150+150+8+9))
	}
	empty := holdings{Accounts: map[string]account{}, Groups: map[string][]string{}}
	same(t, "the directory", empty, readDirectory(t, w.directory, w.base))
	same(t, "the application", empty, readApp(w.app))
}

func targetsAreFilled(t *testing.T, w *world) {
	var got runs
	w.mustJSON(t, exitDone, "sync", &got)
	for _, run := range got.Runs {
		for _, change := range run.Changes {
			if change.Outcome != "done" {
				t.Errorf("%s: %s %s %s came to %s: %s", run.Target, change.Action, change.Account, change.Entitlement, change.Outcome, change.Error)
			}
		}
	}
	w.right(t)
	w.settled(t)
}

func peopleChange(t *testing.T, w *world) {
	w.move(t, "scarter", "Payroll")
	w.move(t, "abergin", "Legal") // nobody was there yet: the group is made
	modify(t, w.source, entryOf("kvaughan"), func(m *ldap.ModifyRequest) {
		m.Replace("mail", []string{"kirsten@example.com"})
		m.Replace("sn", []string{"Vaughan-Kühn"})
		m.Replace("cn", []string{"Kirsten Vaughan-Kühn"})
	})
	w.company.change("kvaughan", func(p *person) {
		p.mail, p.familyName, p.names = "kirsten@example.com", "Vaughan-Kühn", []string{"Kirsten Vaughan-Kühn"}
	})
	modify(t, w.source, "cn=PD Managers,ou=groups,"+sourceSuffix, func(m *ldap.ModifyRequest) {
		m.Add("uniqueMember", []string{entryOf("scarter")})
		m.Delete("uniqueMember", []string{entryOf("trigden")})
	})
	w.company.groups["PD Managers"] = []string{"kwinters", "scarter"}

	var got imports
	w.mustJSON(t, exitDone, "import", &got)
	w.must(t, exitDone, "sync")
	w.right(t)
	w.settled(t)
}

func somebodyLeaves(t *testing.T, w *world) {
	w.remove(t, "tmorris") // a manager of Accounting
	w.remove(t, "bparker")
	var got imports
	w.mustJSON(t, exitDone, "import", &got)
	if got.Imports[0].Gone != 2 {
		t.Fatalf("import: %+v, want 2 gone", got)
	}
	w.must(t, exitDone, "sync")
	w.right(t)
	w.settled(t)
}

func appIsDown(t *testing.T, w *world) {
	w.app.Down()
	w.move(t, "kvaughan", "Accounting")
	w.remove(t, "jwalker")
	w.must(t, exitDone, "import")
	w.must(t, exitPart, "sync")
	same(t, "the directory", w.company.inDirectory(), readDirectory(t, w.directory, w.base))
	var list []struct {
		Name      string
		Overdue   int
		LastError string `json:"last_error"`
	}
	w.mustJSON(t, exitDone, "target list", &list)
	if list[0].Overdue != 0 || list[0].LastError != "" || list[1].Overdue != 2 || list[1].LastError == "" {
		t.Errorf("target list: %+v, want 2 overdue at the application and an error", list)
	}
	if err := w.app.Up(); err != nil {
		t.Fatal(err)
	}
	w.must(t, exitDone, "sync")
	w.right(t)
	w.settled(t)
	w.mustJSON(t, exitDone, "target list", &list)
	if list[1].Overdue != 0 || list[1].LastError != "" {
		t.Errorf("target list: %+v, want nothing overdue", list)
	}
}

func directoryIsDown(t *testing.T, w *world) {
	w.move(t, "kvaughan", "Legal")
	w.must(t, exitDone, "import")
	if err := w.source.Kill(); err != nil {
		t.Fatal(err)
	}
	w.must(t, exitFailed, "import")
	w.must(t, exitPart, "sync")
	same(t, "the application", w.company.inApp(), readApp(w.app))
	if err := w.source.Restart(); err != nil {
		t.Fatal(err)
	}
	w.must(t, exitDone, "import")
	w.must(t, exitDone, "sync")
	w.right(t)
	w.settled(t)
}

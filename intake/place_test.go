package intake_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"birthright/identity"
	"birthright/intake"
)

func TestAmbiguous(t *testing.T) {
	h := newHub(t, options())
	h.pull("hr", fake{people: []identity.Record{
		person("1", "userName", "ada", "email", "shared@x"),
		person("2", "userName", "bob", "email", "shared@x"),
	}})
	rows := h.held(intake.HeldAmbiguous)
	if len(rows) != 1 || rows[0].Reason != "email matches ada, but source hr already speaks for ada with record 1" || rows[0].Subject != "record:hr/2" {
		t.Fatalf("held: %+v", rows)
	}
	if diff := cmp.Diff(map[string]identity.State{"ada": identity.Active}, h.states()); diff != "" {
		t.Errorf("users (-want +got):\n%s", diff)
	}
	t.Run("vanishes by itself", func(t *testing.T) {
		h.pull("hr", fake{people: []identity.Record{person("1", "userName", "ada", "email", "ada@x"), person("2", "userName", "bob", "email", "shared@x")}})
		if len(h.held(intake.HeldAmbiguous)) != 0 || len(h.users()) != 2 {
			t.Errorf("held %+v, users %v", h.held(intake.HeldAmbiguous), h.states())
		}
	})
	t.Run("two users", func(t *testing.T) {
		h.pull("corp", fake{people: []identity.Record{person("c", "employeeNumber", "", "email", "ada@x", "email", "shared@x")}})
		rows := h.held(intake.HeldAmbiguous)
		if len(rows) != 1 || rows[0].Reason != `email "ada@x shared@x" matches 2 users: ada, bob` {
			t.Fatalf("held: %+v", rows)
		}
		if diff := cmp.Diff([]any{"ada", "bob"}, rows[0].Data["candidates"]); diff != "" {
			t.Errorf("candidates (-want +got):\n%s", diff)
		}
	})
	t.Run("goes with its record", func(t *testing.T) {
		h.refusedPull("corp", fake{}, identity.Held)
		if err := h.Release(t.Context(), "missing-corp", "operator:eve", "gone"); err != nil {
			t.Fatal(err)
		}
		h.pull("corp", fake{})
		if rows := h.held(""); len(rows) != 0 {
			t.Errorf("held: %+v", rows)
		}
	})
}

func TestResolve(t *testing.T) {
	setup := func(t *testing.T) (*hub, string) {
		h := newHub(t, options())
		h.pull("hr", fake{people: []identity.Record{person("1", "userName", "ada", "employeeNumber", "1"), person("2", "userName", "bob", "employeeNumber", "2")}})
		h.pull("corp", fake{people: []identity.Record{person("c", "userName", "ada", "employeeNumber", "1", "employeeNumber", "2", "title", "T")}})
		rows := h.held(intake.HeldAmbiguous)
		if len(rows) != 1 {
			t.Fatalf("held: %+v", rows)
		}
		return h, rows[0].ID
	}
	t.Run("with a user", func(t *testing.T) {
		h, id := setup(t)
		seq := h.seq()
		if err := h.ResolveAmbiguous(t.Context(), id, h.user("bob").ID, "operator:eve", "asked him"); err != nil {
			t.Fatal(err)
		}
		if got := h.users()["bob"].Attributes.First("title"); got != "T" {
			t.Errorf("title %q", got)
		}
		if len(h.held("")) != 0 {
			t.Error("still held")
		}
		if diff := cmp.Diff([]string{"user.changed user:bob"}, h.actions(seq)); diff != "" {
			t.Errorf("log (-want +got):\n%s", diff)
		}
		h.quiet("the next pull", func() {
			h.pull("corp", fake{people: []identity.Record{person("c", "userName", "ada", "employeeNumber", "1", "employeeNumber", "2", "title", "T")}})
		})
	})
	t.Run("as somebody new, whose name is taken", func(t *testing.T) {
		h, id := setup(t)
		if err := h.ResolveAmbiguous(t.Context(), id, "", "operator:eve", "another Ada"); err != nil {
			t.Fatal(err)
		}
		if _, ok := h.users()["corp/c"]; !ok {
			t.Errorf("users %v", h.states())
		}
	})
	t.Run("one for whom the source speaks", func(t *testing.T) {
		h, id := setup(t)
		if err := h.ResolveAmbiguous(t.Context(), id, "ada", "operator:eve", ""); err != nil {
			t.Fatal(err)
		}
		h.pull("corp", fake{people: []identity.Record{
			person("c", "userName", "ada", "employeeNumber", "1", "employeeNumber", "2", "title", "T"), person("d", "employeeNumber", "1"),
		}})
		err := h.ResolveAmbiguous(t.Context(), h.held(intake.HeldAmbiguous)[0].ID, "ada", "operator:eve", "")
		if identity.KindOf(err) != identity.Conflict {
			t.Errorf("got %v", err)
		}
	})
	t.Run("nobody", func(t *testing.T) {
		h, id := setup(t)
		if err := h.ResolveAmbiguous(t.Context(), id, "nobody", "operator:eve", ""); identity.KindOf(err) != identity.NotFound {
			t.Errorf("got %v", err)
		}
		if err := h.ResolveAmbiguous(t.Context(), "no-such", "", "operator:eve", ""); identity.KindOf(err) != identity.NotFound {
			t.Errorf("got %v", err)
		}
	})
}

// An unreadable end date decides nothing: a new person gets nothing, a known one
// stays as they were, and people are told.
func TestUnreadableDates(t *testing.T) {
	h := newHub(t, options())
	bad := func(key string) identity.Record {
		return person(key, "userName", "u"+key, "title", "new", "endDate", "31.12.2026")
	}
	h.pull("hr", fake{people: []identity.Record{person("1", "userName", "u1", "endDate", "2027-01-01")}})
	report := h.pull("hr", fake{people: []identity.Record{bad("1"), bad("2")}})
	if report.Ambiguous != 2 || len(report.Held) != 2 {
		t.Errorf("report %+v", report)
	}
	u := h.users()
	if len(u) != 1 || u["u1"].State != identity.Active || u["u1"].Attributes.First("title") != "" || u["u1"].EndsAt.IsZero() {
		t.Errorf("users %+v", u)
	}
	for _, row := range h.held(intake.HeldAmbiguous) {
		if !strings.HasPrefix(row.Reason, `not taken over: endDate "31.12.2026" is not a date`) {
			t.Errorf("reason %q", row.Reason)
		}
		if err := h.ResolveAmbiguous(t.Context(), row.ID, "", "operator:eve", ""); identity.KindOf(err) != identity.Invalid {
			t.Errorf("resolved by hand: %v", err)
		}
	}
	h.pull("hr", fake{people: []identity.Record{person("1", "userName", "u1", "endDate", "2027-01-01"), person("2", "userName", "u2")}})
	if len(h.held("")) != 0 || len(h.users()) != 2 {
		t.Errorf("after the correction: held %v, users %v", h.held(""), h.states())
	}
}

func TestUserNameClash(t *testing.T) {
	t.Run("a stranger is held", func(t *testing.T) {
		h := newHub(t, options())
		h.pull("hr", fake{people: []identity.Record{person("1", "userName", "ada", "email", "a@x")}})
		h.pull("corp", fake{people: []identity.Record{person("c", "userName", "ADA", "email", "b@x")}})
		rows := h.held(intake.HeldAmbiguous)
		if len(rows) != 1 || rows[0].Reason != "the user name ADA already belongs to ada (active)" {
			t.Fatalf("held %+v", rows)
		}
	})
	t.Run("two strangers in one pull", func(t *testing.T) {
		h := newHub(t, options())
		report := h.pull("hr", fake{people: []identity.Record{person("1", "userName", "ada", "email", "a@x"), person("2", "userName", "Ada", "email", "b@x")}})
		if report.Ambiguous != 1 || len(h.users()) != 1 {
			t.Errorf("%+v", report)
		}
	})
	t.Run("a renamed one keeps the old name until the other is gone", func(t *testing.T) {
		h := newHub(t, options())
		h.pull("hr", fake{people: []identity.Record{person("1", "userName", "ada", "email", "a@x"), person("2", "userName", "bob", "email", "b@x")}})
		h.pull("hr", fake{people: []identity.Record{person("1", "userName", "ada", "email", "a@x"), person("2", "userName", "ada", "email", "b@x", "title", "T")}})
		if u := h.user("bob"); u.Attributes.First("title") != "T" {
			t.Errorf("the rest was not taken over: %+v", u)
		}
		if len(h.held(intake.HeldAmbiguous)) != 1 {
			t.Errorf("held %+v", h.held(""))
		}
		h.pull("hr", fake{people: []identity.Record{person("1", "userName", "ada2", "email", "a@x"), person("2", "userName", "ada", "email", "b@x", "title", "T")}})
		if u := h.users(); u["ada"].Attributes.First("email") != "b@x" || len(h.held("")) != 0 {
			t.Errorf("users %v, held %+v", h.states(), h.held(""))
		}
	})
	t.Run("who left and comes back under the same name", func(t *testing.T) {
		h := newHub(t, options())
		h.pull("hr", fake{people: append(crowd(3), person("x", "userName", "ada"))})
		n := h.user("ada").N
		h.pull("hr", fake{people: crowd(3)})
		h.pull("hr", fake{people: append(crowd(3), person("y", "userName", "Ada"))})
		if u := h.user("ada"); u.N != n || u.State != identity.Active {
			t.Errorf("%+v, held %+v", u, h.held(""))
		}
	})
	t.Run("another person under the name of one who left", func(t *testing.T) {
		h := newHub(t, options())
		h.pull("hr", fake{people: append(crowd(3), person("x", "userName", "ada", "employeeNumber", "1"))})
		h.pull("hr", fake{people: crowd(3)})
		h.pull("hr", fake{people: append(crowd(3), person("y", "userName", "ada", "employeeNumber", "2"))})
		if u := h.user("ada"); u.State != identity.Left || len(h.held(intake.HeldAmbiguous)) != 1 {
			t.Errorf("%+v, held %+v", u, h.held(""))
		}
	})
}

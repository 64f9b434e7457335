package intake_test

import (
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"birthright/identity"
	"birthright/intake"
)

func TestMassMissingIsHeldWhole(t *testing.T) {
	h := newHub(t, options())
	people := crowd(40)
	h.pull("hr", fake{people: people})
	h.work()
	less := append(slices.Clone(people[:30]), person("new", "userName", "new"))
	users := h.users()
	for range 2 {
		err := h.refusedPull("hr", fake{people: less}, identity.Held)
		want := "import hr: 10 of 40 people (25.0 %) are missing from source hr; the limit is 10 %; nothing was imported " +
			"(look at the source; if they are really gone: birthright held release missing-hr --reason …)"
		if err.Error() != want {
			t.Errorf("error\n%s, want\n%s", err, want)
		}
		if !sameUsers(users, h.users()) || len(h.work()) > 0 {
			t.Fatal("it was not held whole")
		}
		if rows := h.held(intake.HeldMissing); len(rows) != 1 || !rows[0].Created.Equal(noon) {
			t.Fatalf("held %+v", rows)
		}
		h.clock = h.clock.Add(time.Hour)
	}
	if err := h.Release(t.Context(), "missing-hr", "operator:eve", "the Oslo office closed"); err != nil {
		t.Fatal(err)
	}
	if err := h.Release(t.Context(), "missing-hr", "operator:eve", "again"); identity.KindOf(err) != identity.Conflict {
		t.Errorf("released twice: %v", err)
	}
	t.Run("not for a bigger set", func(t *testing.T) {
		h.refusedPull("hr", fake{people: people[:20]}, identity.Held)
		if row := h.held(intake.HeldMissing)[0]; !row.ReleasedAt.IsZero() {
			t.Error("the release survived for another set")
		}
	})
	t.Run("for that set", func(t *testing.T) {
		h.refusedPull("hr", fake{people: less}, identity.Held)
		if err := h.Release(t.Context(), "missing-hr", "operator:eve", "as I said"); err != nil {
			t.Fatal(err)
		}
		report := h.pull("hr", fake{people: less})
		if report.Gone != 10 || report.Added != 1 || len(h.held("")) != 0 {
			t.Errorf("report %+v, held %+v", report, h.held(""))
		}
	})
}

func TestReleaseCoversASubset(t *testing.T) {
	h := newHub(t, options())
	h.pull("hr", fake{people: crowd(40)})
	h.refusedPull("hr", fake{people: crowd(20)}, identity.Held)
	if err := h.Release(t.Context(), "missing-hr", "operator:eve", "yes"); err != nil {
		t.Fatal(err)
	}
	if report := h.pull("hr", fake{people: crowd(25)}); report.Gone != 15 {
		t.Errorf("report %+v", report)
	}
}

// A release is for the import that was held, not for one months later.
func TestReleaseEndsWhenPeopleAreBack(t *testing.T) {
	h := newHub(t, options())
	h.pull("hr", fake{people: crowd(40)})
	h.refusedPull("hr", fake{people: crowd(20)}, identity.Held)
	if err := h.Release(t.Context(), "missing-hr", "operator:eve", "yes"); err != nil {
		t.Fatal(err)
	}
	h.pull("hr", fake{people: crowd(40)})
	h.refusedPull("hr", fake{people: crowd(20)}, identity.Held)
}

func TestLostGroupsAreHeld(t *testing.T) {
	h := newHub(t, options())
	groups := []group{{"a", "a", nil}, {"b", "b", nil}, {"c", "c", nil}}
	h.pull("hr", fake{people: crowd(2), groups: groups})
	h.refusedPull("hr", fake{people: crowd(2)}, identity.Held)
	if rows := h.held(intake.HeldMissing); len(rows) != 1 || rows[0].Reason != "3 of 3 groups (100.0 %) are missing from source hr; the limit is 10 %; nothing was imported" {
		t.Fatalf("held %+v", rows)
	}
	if err := h.Release(t.Context(), "missing-hr", "operator:eve", "yes"); err != nil {
		t.Fatal(err)
	}
	if report := h.pull("hr", fake{people: crowd(2)}); report.GroupsChanged != 3 {
		t.Errorf("report %+v", report)
	}
}

// Whatever is missing: either it is little, or nothing happens until that set
// is released, and then exactly that set goes.
func TestReleaseLetsExactlyThatSetGo(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		people := crowd(rapid.IntRange(1, 30).Draw(rt, "people"))
		var stay []identity.Record
		for _, r := range people {
			if rapid.Bool().Draw(rt, "stays") {
				stay = append(stay, r)
			}
		}
		h := newHub(t, options())
		h.pull("hr", fake{people: people})
		_, err := h.Pull(t.Context(), "hr", fake{people: stay})
		if identity.KindOf(err) == identity.Held {
			for name, state := range h.states() {
				if state != identity.Active {
					rt.Fatalf("%s is %s although the import was held", name, state)
				}
			}
			if err := h.Release(t.Context(), "missing-hr", "operator:eve", "yes"); err != nil {
				rt.Fatal(err)
			}
			_, err = h.Pull(t.Context(), "hr", fake{people: stay})
		}
		if err != nil {
			rt.Fatal(err)
		}
		staying := map[string]bool{}
		for _, r := range stay {
			staying[r.Attributes.First("userName")] = true
		}
		for name, state := range h.states() {
			if (state == identity.Active) != staying[name] {
				rt.Fatalf("%s is %s", name, state)
			}
		}
	})
}

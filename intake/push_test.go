package intake_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"birthright/identity"
	"birthright/intake"
	"birthright/store"
)

// create pushes a record and fails the test if that fails.
func (h *hub) create(source string, pairs ...string) identity.Record {
	h.t.Helper()
	r, err := h.Create(h.t.Context(), source, person("", pairs...), nil)
	if err != nil {
		h.t.Fatal(err)
	}
	return r
}

// set changes attributes of a pushed record.
func (h *hub) set(source, id string, pairs ...string) (identity.Record, error) {
	return h.Update(h.t.Context(), source, id, func(r identity.Record) (identity.Record, error) {
		for name, values := range person("", pairs...).Attributes {
			r.Attributes.Set(name, values...)
		}
		return r, nil
	})
}

func TestPushedLife(t *testing.T) {
	h := newHub(t, options())
	r := h.create("okta", "userName", "ada", "email", "ada@x", "active", "true")
	if r.ID == "" || r.Key != r.ID || r.Source != "okta" || r.UserN == 0 || r.Created.IsZero() {
		t.Fatalf("record %+v", r)
	}
	n := h.user("ada").N
	steps := []struct {
		name string
		do   func() error
		want identity.State
		log  []string
		work []string
	}{
		{"created", func() error { return nil }, identity.Active, nil, []string{"ada"}},
		{"nothing new", func() error { _, err := h.set("okta", r.ID, "userName", "ada"); return err }, identity.Active, nil, nil},
		{"suspended", func() error { _, err := h.set("okta", r.ID, "active", "false"); return err }, identity.Suspended, []string{"user.state user:ada"}, []string{"ada"}},
		{"back", func() error { _, err := h.set("okta", r.ID, "active", "true"); return err }, identity.Active, []string{"user.state user:ada"}, []string{"ada"}},
		{"department", func() error { _, err := h.set("okta", r.ID, "department", "D"); return err }, identity.Active, []string{"user.changed user:ada"}, []string{"ada"}},
		{"removed", func() error { return h.Remove(t.Context(), "okta", r.ID, nil) }, identity.Left, []string{"user.state user:ada"}, []string{"ada"}},
		{"pushed again", func() error { r = h.create("okta", "userName", "ada", "email", "ada@x"); return nil }, identity.Active, []string{"user.state user:ada"}, []string{"ada"}},
	}
	for _, s := range steps {
		t.Run(s.name, func(t *testing.T) {
			seq := h.seq()
			if err := s.do(); err != nil {
				t.Fatal(err)
			}
			if u := h.user("ada"); u.State != s.want || u.N != n {
				t.Errorf("user %d is %s, want user %d %s", u.N, u.State, n, s.want)
			}
			if diff := cmp.Diff(s.log, h.actions(seq)); diff != "" {
				t.Errorf("log (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(s.work, h.work()); diff != "" {
				t.Errorf("work (-want +got):\n%s", diff)
			}
		})
	}
}

func TestPushErrors(t *testing.T) {
	h := newHub(t, options())
	ada := h.create("okta", "userName", "ada", "email", "ada@x")
	bob := h.create("okta", "userName", "bob", "email", "bob@x")
	wrong := errors.New("wrong")
	tests := []struct {
		name string
		do   func(ctx context.Context) error
		kind identity.Kind
	}{
		{"name taken", func(ctx context.Context) error {
			_, err := h.Create(ctx, "okta", person("", "userName", "ADA"), nil)
			return err
		}, identity.Conflict},
		{"renamed to a taken name", func(context.Context) error { _, err := h.set("okta", bob.ID, "userName", "Ada"); return err }, identity.Conflict},
		{"unreadable date", func(ctx context.Context) error {
			_, err := h.Create(ctx, "okta", person("", "userName", "eve", "endDate", "soon"), nil)
			return err
		}, identity.Invalid},
		{"changed to an unreadable date", func(context.Context) error { _, err := h.set("okta", bob.ID, "endDate", "soon"); return err }, identity.Invalid},
		{"another source's", func(context.Context) error { _, err := h.set("corp", bob.ID, "title", "T"); return err }, identity.NotFound},
		{"removed by another source", func(ctx context.Context) error { return h.Remove(ctx, "corp", bob.ID, nil) }, identity.NotFound},
		{"the change says no", func(ctx context.Context) error {
			_, err := h.Update(ctx, "okta", ada.ID, func(r identity.Record) (identity.Record, error) { return r, wrong })
			if !errors.Is(err, wrong) {
				t.Errorf("error %v", err)
			}
			return err
		}, identity.Internal},
		{"group with a stranger", func(ctx context.Context) error {
			_, err := h.CreateGroup(ctx, "okta", identity.SourceGroup{Name: "g"}, []identity.MemberRef{{Key: "stranger"}}, nil)
			return err
		}, identity.Invalid},
		{"unknown group", func(ctx context.Context) error { return h.RemoveGroup(ctx, "okta", "x", nil) }, identity.NotFound},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			h.quiet("a refused push", func() {
				if err := tt.do(t.Context()); identity.KindOf(err) != tt.kind {
					t.Errorf("kind %q (%v), want %q", identity.KindOf(err), err, tt.kind)
				}
			})
		})
	}
	if u := h.users(); len(u) != 2 {
		t.Errorf("users %v", h.states())
	}
}

// Whoever stood in the way of a held record and moves sets it free.
func TestHeldRecordsAreReconsidered(t *testing.T) {
	for name, move := range map[string]func(h *hub, ada identity.Record) error{
		"another address": func(h *hub, ada identity.Record) error {
			_, err := h.set("okta", ada.ID, "email", "ada2@x")
			return err
		},
		"removed": func(h *hub, ada identity.Record) error { return h.Remove(h.t.Context(), "okta", ada.ID, nil) },
	} {
		t.Run(name, func(t *testing.T) {
			h := newHub(t, options())
			ada := h.create("okta", "userName", "ada", "email", "shared@x")
			bob := h.create("okta", "userName", "bob", "email", "shared@x")
			if bob.UserN != 0 || bob.HeldReason == "" || len(h.held(intake.HeldAmbiguous)) != 1 {
				t.Fatalf("record %+v", bob)
			}
			if err := move(h, ada); err != nil {
				t.Fatal(err)
			}
			if len(h.held("")) != 0 {
				t.Errorf("still held: %+v", h.held(""))
			}
		})
	}
}

func TestPushedGroups(t *testing.T) {
	h := newHub(t, options())
	ctx := t.Context()
	ada, bob := h.create("okta", "userName", "ada", "email", "a@x"), h.create("okta", "userName", "bob", "email", "b@x")
	ref := func(records ...identity.Record) (refs []identity.MemberRef) {
		for _, r := range records {
			refs = append(refs, identity.MemberRef{Key: r.ID})
		}
		return refs
	}
	h.work()
	var g, outer identity.SourceGroup
	steps := []struct {
		name   string
		do     func() error
		groups map[string][]string
		work   []string
	}{
		{"created", func() (err error) {
			g, err = h.CreateGroup(ctx, "okta", identity.SourceGroup{Name: "eng"}, ref(ada), nil)
			return err
		}, map[string][]string{"ada": {"eng"}, "bob": nil}, []string{"ada"}},
		{"one more, one known", func() error { _, err := h.ChangeMembers(ctx, "okta", g.ID, ref(ada, bob), nil); return err },
			map[string][]string{"ada": {"eng"}, "bob": {"eng"}}, []string{"bob"}},
		{"nested", func() (err error) {
			outer, err = h.CreateGroup(ctx, "okta", identity.SourceGroup{Name: "all"}, []identity.MemberRef{{Key: g.ID, Group: true}}, nil)
			return err
		}, map[string][]string{"ada": {"all", "eng"}, "bob": {"all", "eng"}}, []string{"ada", "bob"}},
		{"renamed", func() error {
			_, err := h.UpdateGroup(ctx, "okta", outer.ID, func(g identity.SourceGroup) (identity.SourceGroup, error) { g.Name = "every"; return g, nil })
			return err
		}, map[string][]string{"ada": {"eng", "every"}, "bob": {"eng", "every"}}, []string{"ada", "bob"}},
		{"nothing new", func() error {
			_, err := h.UpdateGroup(ctx, "okta", outer.ID, func(g identity.SourceGroup) (identity.SourceGroup, error) { return g, nil })
			return err
		}, map[string][]string{"ada": {"eng", "every"}, "bob": {"eng", "every"}}, nil},
		{"set", func() error { _, err := h.SetMembers(ctx, "okta", g.ID, ref(bob)); return err },
			map[string][]string{"ada": nil, "bob": {"eng", "every"}}, []string{"ada"}},
		{"a removed stranger is no fault", func() error {
			_, err := h.ChangeMembers(ctx, "okta", g.ID, nil, []identity.MemberRef{{Key: "stranger"}})
			return err
		}, map[string][]string{"ada": nil, "bob": {"eng", "every"}}, nil},
		{"deleted", func() error { return h.RemoveGroup(ctx, "okta", outer.ID, nil) }, map[string][]string{"ada": nil, "bob": {"eng"}}, []string{"bob"}},
		{"person removed", func() error { return h.Remove(ctx, "okta", bob.ID, nil) }, map[string][]string{"ada": nil, "bob": nil}, []string{"bob"}},
	}
	for _, s := range steps {
		t.Run(s.name, func(t *testing.T) {
			if err := s.do(); err != nil {
				t.Fatal(err)
			}
			got := map[string][]string{}
			for name, u := range h.users() {
				got[name] = u.Groups
				if len(u.Groups) == 0 {
					got[name] = nil
				}
			}
			if diff := cmp.Diff(s.groups, got); diff != "" {
				t.Errorf("groups (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(s.work, h.work()); diff != "" {
				t.Errorf("work (-want +got):\n%s", diff)
			}
		})
	}
}

func TestRefresh(t *testing.T) {
	h := newHub(t, options())
	h.create("okta", "userName", "ada", "startDate", "2026-12-01", "endDate", "2026-12-31")
	ada := h.user("ada")
	h.work()
	for _, step := range []struct {
		now     time.Time
		want    identity.State
		changed int
	}{
		{noon, identity.Staged, 0},
		{ada.NextChange(noon), identity.Active, 1},
		{ada.NextChange(ada.StartsAt), identity.Left, 1},
	} {
		changed, err := h.Refresh(t.Context(), []int64{ada.N}, step.now)
		if err != nil {
			t.Fatal(err)
		}
		if u := h.user("ada"); u.State != step.want || len(changed) != step.changed {
			t.Errorf("at %s: %s, %d changed", step.now, u.State, len(changed))
		}
		if work := h.work(); len(work) != 0 {
			t.Errorf("work for %v", work)
		}
	}
}

func TestRefreshAll(t *testing.T) {
	o := options()
	o.Correlate = [][]string{{"employeeNumber"}}
	h := newHub(t, o)
	h.pull("hr", fake{people: []identity.Record{person("1", "userName", "ada", "email", "a@x", "title", "h"), person("2", "userName", "bob", "email", "b@x")}})
	h.pull("corp", fake{people: []identity.Record{person("c", "userName", "ada", "email", "a@x", "title", "c")}})
	if len(h.held(intake.HeldAmbiguous)) != 1 {
		t.Fatalf("held %+v", h.held(""))
	}
	h.work()
	o.Correlate = [][]string{{"email"}}
	o.Sources = []string{"corp", "hr"}
	h.reopen(o)
	if _, err := h.RefreshAll(t.Context()); err != nil {
		t.Fatal(err)
	}
	if got := h.user("ada").Attributes.First("title"); got != "c" || len(h.held("")) != 0 {
		t.Errorf("title %q, held %+v", got, h.held(""))
	}
	if diff := cmp.Diff([]string{"ada"}, h.work()); diff != "" {
		t.Errorf("work (-want +got):\n%s", diff)
	}
	h.quiet("once more", func() {
		if n, err := h.RefreshAll(t.Context()); n != 0 || err != nil {
			t.Errorf("%d changed, %v", n, err)
		}
	})
}

// A push of one record reads and writes one record, however many there are.
func TestPushStaysInItsSource(t *testing.T) {
	h := newHub(t, options())
	a := h.create("okta", "userName", "ada", "email", "a@x")
	b, err := h.Create(t.Context(), "corp", person("", "userName", "ada", "email", "a@x"), nil)
	if err != nil || b.UserN != a.UserN {
		t.Fatalf("record %+v, %v", b, err)
	}
	h.view(func(ctx context.Context, tx *store.Tx) error {
		_, total, err := tx.Records(ctx, store.RecordQuery{Source: "corp"})
		if total != 1 {
			t.Errorf("%d records", total)
		}
		return err
	})
}

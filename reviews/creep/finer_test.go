package creep_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"birthright/identity"
	"birthright/reviews/creep"
	"birthright/rules"
)

// A place explains what most of at least three people there are given, and only
// where the holder is not any more.
func TestFormerPlaces(t *testing.T) {
	const policy = `
groups:
  - {name: old, access: ["app:role/old"]}
rules:
  - {name: r, when: 'user.title == "x"', groups: [old]}
`
	for name, c := range map[string]struct {
		there []string // who is where the holder was
		ada   string
		until time.Time
		cause string
	}{
		"half of four":           {[]string{"title=x", "title=x", "", ""}, "department=New", daysAgo(30), creep.AfterMove},
		"moved before the hub":   {[]string{"title=x", "title=x", "", ""}, "department=New", daysAgo(500), creep.AfterMove},
		"less than half of five": {[]string{"title=x", "title=x", "", "", ""}, "department=New", daysAgo(30), creep.BeforeHub},
		"two are no place":       {[]string{"title=x", "title=x"}, "department=New", daysAgo(30), creep.BeforeHub},
		"it is there still":      {[]string{"title=x", "title=x", "title=x"}, "department=Old team=T", daysAgo(30), creep.BeforeHub},
		"another team":           {[]string{"title=x", "title=x", "title=x"}, "department=Old team=U", daysAgo(30), creep.AfterMove},
	} {
		t.Run(name, func(t *testing.T) {
			w := newCompany(t, policy)
			for _, p := range c.there {
				w.join("p department=Old team=T " + p)
			}
			ada := w.join("ada " + c.ada)
			w.holds("app:role/old", first, ada)
			w.details.People[ada] = creep.Person{Name: "ada", Before: []creep.Place{{Until: c.until, Department: "Old", Team: "T"}}}
			u := w.report().Users[0]
			if u.Surplus[0].Cause != c.cause {
				t.Fatalf("%s: %s", u.Surplus[0].Cause, u.Surplus[0].How)
			}
			if u.State != "active" {
				t.Fatalf("the population knows the state, the report says %q", u.State)
			}
		})
	}
}

// A membership that ended before the hub looked first may have given what was there then.
func TestMembershipBeforeTheFirstLook(t *testing.T) {
	c := newCompany(t, causesPolicy)
	ada := c.join("ada department=Sales")
	c.holds("app:role/eng", first, ada)
	c.fact(ada, "app:role/eng", creep.Facts{Former: []creep.Former{{Group: "eng", Until: daysAgo(500), Causes: rule("engineers")}}})
	if e := c.report().Users[0].Surplus[0]; e.Cause != creep.AfterMove {
		t.Fatalf("%s: %s", e.Cause, e.How)
	}
}

// What a review took away is surplus as long as it is there.
func TestRevokedIsSurplus(t *testing.T) {
	c := newCompany(t, causesPolicy)
	ada := c.join("ada department=Sales")
	c.holds("app:role/sales", first, ada)
	c.world.Revoked = rules.Revocations{int64(ada): {{Group: "sales", Name: "v1", At: daysAgo(1)}}}
	c.fact(ada, "app:role/sales", creep.Facts{Managed: true})
	if e := c.report().Users[0].Surplus[0]; e.Cause != creep.Pending {
		t.Fatalf("%s: %s", e.Cause, e.How)
	}
}

// The highest risk of the groups that carry it counts, whatever their order, and all
// of their owners answer; what can be asked for by itself has its own.
func TestRiskAndOwners(t *testing.T) {
	c := newCompany(t, `
groups:
  - {name: a, risk: high, owners: ["user:x"], access: ["app:role/1", "app:role/2", "app:role/3"]}
  - {name: b, risk: low, owners: ["user:x", "group:y"], access: ["app:role/1", "app:role/2"]}
  - {name: c, access: ["app:role/1"]}
  - {name: d, risk: low, access: ["app:role/4"]}
  - {name: e, access: ["app:role/4"]}
entitlements:
  - {match: "db:role/*", risk: critical, owners: ["user:dba"], request: {}}
`)
	ada, bob := c.join("ada"), c.join("bob")
	for _, address := range []string{"app:role/1", "app:role/2", "app:role/3", "app:role/4", "app:role/5", "db:role/z"} {
		c.holds(address, first, ada)
	}
	c.holds("app:role/1", first, bob)
	r := c.report()
	got := map[string]string{}
	for _, e := range r.Users[0].Surplus {
		got[e.Entitlement] = e.Risk
	}
	want := map[string]string{"app:role/1": "high", "app:role/2": "high", "app:role/3": "high", "app:role/4": "low", "app:role/5": "", "db:role/z": "critical"}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
	counts := map[string][2]int{}
	for _, s := range r.Owners {
		counts[s.Name] = [2]int{s.Users, s.Surplus}
	}
	if d := cmp.Diff(map[string][2]int{"user:x": {2, 4}, "group:y": {2, 3}, "user:dba": {1, 1}, "": {1, 2}}, counts); d != "" {
		t.Error(d)
	}
}

// What a file tells of an entitlement counts more than what the target tells of the account.
func TestUseOfTheEntitlementItself(t *testing.T) {
	c := newCompany(t, causesPolicy)
	ada := c.join("ada")
	c.holds("app:role/eng", first, ada)
	app := c.target("app")
	app.Tells, app.Uses = true, map[int64]time.Time{int64(ada): daysAgo(1)}
	c.fact(ada, "app:role/eng", creep.Facts{Use: creep.Use{Known: true}})
	if e := c.report().Users[0].Surplus[0]; e.Use != creep.NeverUsed {
		t.Fatalf("%s %s", e.Use, e.LastUsed)
	}
	c.fact(ada, "app:role/eng", creep.Facts{})
	if e := c.report().Users[0].Surplus[0]; e.Use != creep.Used || !e.LastUsed.Equal(daysAgo(1)) {
		t.Fatalf("%s %s", e.Use, e.LastUsed)
	}
}

// Of a group that gives nothing of its own, all that it gives must be seen together.
func TestSoDOfSharedAccess(t *testing.T) {
	c := newCompany(t, `
groups:
  - {name: a, access: ["app:role/a"]}
  - {name: b, access: ["app:role/s", "app:role/t"]}
  - {name: c, access: ["app:role/s", "app:role/u"]}
  - {name: d, access: ["app:role/t", "app:role/u"]}
rules:
  - {name: r, when: 'user.team == "a"', groups: [a]}
  - {name: q, when: 'user.title == "b"', groups: [b]}
constraints:
  - {name: k, conflict: [a, b], mode: report}
  - {name: l, conflict: [a, d], mode: report}
`)
	both, one, in := c.join("both team=a"), c.join("one team=a"), c.join("in team=a title=b")
	c.holds("app:role/s", daysAgo(3), both, one, in)
	c.holds("app:role/t", daysAgo(2), both)
	got := map[string][]string{}
	for _, x := range c.report().SoD {
		got[x.Constraint+" "+x.User] = x.Sides[1].Observed
	}
	// Nobody was ever seen with app:role/u, so nobody holds what d gives.
	if d := cmp.Diff(map[string][]string{"k both": {"app:role/s", "app:role/t"}, "k in": {}}, got); d != "" {
		t.Fatal(d)
	}
}

func TestPlanOfOrphans(t *testing.T) {
	c := newCompany(t, causesPolicy)
	ghost := c.stranger(0, "svc")
	c.holds("app:role/db", now, ghost, c.join("ada"))
	r := c.report()
	for name, x := range map[string]struct {
		filter creep.Filter
		want   int
	}{
		"with":         {creep.Filter{Orphans: true}, 2},
		"of one user":  {creep.Filter{Orphans: true, Users: []string{"ada"}}, 1},
		"enough":       {creep.Filter{Orphans: true, MinUserScore: r.Orphans[0].Score}, 2},
		"not enough":   {creep.Filter{Orphans: true, MinUserScore: r.Orphans[0].Score + 1}, 0},
		"of this kind": {creep.Filter{Orphans: true, Entitlements: []string{"app:role/x"}}, 0},
	} {
		if p := r.Plan(x.filter); len(p.Orders) != x.want {
			t.Errorf("%s: %+v", name, p.Orders)
		}
	}
}

// What comes through something else names it, as far as it is known.
func TestThrough(t *testing.T) {
	c := newCompany(t, causesPolicy)
	ada := c.join("ada")
	c.holds("app:team/outer", first, ada)
	c.holds("app:team/other", first, c.join("bob"))
	c.indirectly("app:team/inner", first, ada)
	c.observed("app:team/inner").Through = []identity.Entitlement{ent("app:team/outer"), ent("app:team/other")}
	p := c.report().Plan(creep.Filter{Users: []string{"ada"}})
	if len(p.Orders) != 1 || len(p.Remaining) != 1 {
		t.Fatalf("%+v", p)
	}
	if d := cmp.Diff([]string{"app:team/outer"}, p.Remaining[0].Through); d != "" || p.Remaining[0].How != "through app:team/outer" {
		t.Fatal(d, p.Remaining[0].How)
	}
}

// What could not be read until later was nobody's doing when it was first seen then.
func TestPartOfATargetReadLater(t *testing.T) {
	c := newCompany(t, causesPolicy)
	ada, bob := c.join("ada"), c.join("bob")
	c.holds("app:role/eng", daysAgo(20), ada)
	c.holds("app:role/eng", daysAgo(10), bob)
	c.observed("app:role/eng").First = daysAgo(20)
	want := []string{
		"ada app:role/eng before-hub: it was there when the hub first looked, 2026-11-10",
		"bob app:role/eng by-hand: it was first seen on 2026-11-20 and the hub did not add it",
	}
	if d := cmp.Diff(want, surplus(c.report())); d != "" {
		t.Fatal(d)
	}
}

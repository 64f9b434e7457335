package creep_test

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"birthright/identity"
	"birthright/reviews/creep"
	"birthright/rules"
)

// What rules, live grants or a nested entitlement explain is no surplus; the rest is.
func TestFindsSurplusAndNothingElse(t *testing.T) {
	c := newCompany(t, causesPolicy)
	ada, bob, cy := c.join("ada department=Engineering"), c.join("bob department=Sales"), c.join("cy department=Sales")
	c.world.Overlay = rules.Overlays{int64(bob): {{Group: "db", Cause: identity.Cause{Kind: identity.CauseGrant, Name: "g1"}, Start: daysAgo(1)}}}
	c.holds("app:role/eng", daysAgo(5), ada, bob)
	c.holds("app:role/all", first, ada)
	c.holds("app:role/db", first, bob, cy)
	c.indirectly("app:role/inner", first, ada, cy)
	c.observed("app:role/inner").Through = []identity.Entitlement{ent("app:role/eng")}
	r := c.report()
	want := []string{
		"bob app:role/eng by-hand: it was first seen on 2026-11-25 and the hub did not add it",
		"cy app:role/db before-hub: it was there when the hub first looked, 2025-10-26",
		"cy app:role/inner indirect: through something else on the target",
	}
	got := surplus(r)
	slices.Sort(got)
	if d := cmp.Diff(want, got); d != "" {
		t.Fatal(d)
	}
	if s := r.Summary; s.Holdings != 7 || s.Explained != 4 || s.Surplus != 3 || s.Users != 2 || s.People != 3 {
		t.Fatalf("summary: %+v", s)
	}
	plan := r.Plan(creep.Filter{})
	if len(plan.Orders) != 2 || len(plan.Remaining) != 1 || plan.Remaining[0].Entitlement != "app:role/inner" {
		t.Fatalf("plan: %+v", plan)
	}
}

// A person's entry says all that a reviewer needs.
func TestEntry(t *testing.T) {
	c := newCompany(t, causesPolicy)
	ada := c.join("ada department=Sales team=North title=Rep manager=mia")
	peers := []uint32{c.join("p1 department=Sales team=North title=Rep"), c.join("p2 department=Sales team=North title=Rep"),
		c.join("p3 department=Sales team=North title=Rep"), c.join("p4 department=Sales team=North title=Rep")}
	c.holds("app:role/eng", first, ada, peers[0])
	c.fact(ada, "app:role/eng", creep.Facts{Account: "ada@app", Use: creep.Use{Known: true, Last: daysAgo(90)}})
	c.fact(peers[0], "app:role/eng", creep.Facts{OrderedAt: daysAgo(1)})
	r := c.report()
	e := r.Users[0].Surplus[0]
	e.Pair = creep.Pair{}
	want := creep.Entry{
		Target: "app", Entitlement: "app:role/eng", Account: "ada@app", FirstSeen: first, AtLatest: true, AgeDays: 400, Cause: creep.BeforeHub,
		How: "it was there when the hub first looked, 2025-10-26", Risk: "medium", Owners: []string{"group:eng-leads"}, Groups: []string{"eng"}, Use: creep.Used, LastUsed: daysAgo(90),
		Peers: creep.Peers{Level: creep.SameTeam, People: 4, Holding: 1, Share: 0.25}, Score: 30 * (1000 + 1000 + 500 + 750) / 1000, Removable: true, Through: []string{},
	}
	if d := cmp.Diff(want, e); d != "" {
		t.Fatal(d)
	}
	if u := r.Users[0]; u.User != "ada" || u.Manager != "mia" || u.State != "active" || u.Score != want.Score {
		t.Fatalf("user: %+v", u)
	}
	if plan := r.Plan(creep.Filter{}); len(plan.Orders) != 1 || plan.Orders[0].User != "ada" || plan.Orders[0].Account != "ada@app" {
		t.Fatalf("what was ordered is ordered again: %+v", plan)
	}
}

// With fewer than three peers, more people are compared with, and in the end nobody.
func TestPeersWiden(t *testing.T) {
	for name, c := range map[string]struct {
		ada  string
		rest []string
		want creep.Peers
	}{
		"team":       {"department=A team=B title=C", []string{"department=A team=B title=C", "department=A team=B title=C", "department=A team=B title=C"}, creep.Peers{Level: creep.SameTeam, People: 3}},
		"title":      {"department=A team=B title=C", []string{"department=A team=B title=C", "department=A team=B title=C", "department=A team=X title=C"}, creep.Peers{Level: creep.SameTitle, People: 3}},
		"department": {"department=A team=B title=C", []string{"department=A", "department=A", "department=A title=C"}, creep.Peers{Level: creep.SameDepartment, People: 3}},
		"no team":    {"department=A title=C", []string{"department=A title=C", "department=A title=C", "department=A title=C"}, creep.Peers{Level: creep.SameTitle, People: 3}},
		"too few":    {"department=A", []string{"department=A", "department=A"}, creep.Peers{}},
		"nowhere":    {"", []string{"", "", "", ""}, creep.Peers{}},
		"a leaver":   {"department=A state=left", []string{"department=A", "department=A", "department=A"}, creep.Peers{Level: creep.SameDepartment, People: 3}},
	} {
		t.Run(name, func(t *testing.T) {
			w := newCompany(t, causesPolicy)
			ada := w.join("ada " + c.ada)
			for _, line := range c.rest {
				w.join("p " + line)
			}
			w.holds("app:role/eng", first, ada)
			if d := cmp.Diff(c.want, w.report().Users[0].Surplus[0].Peers); d != "" {
				t.Fatal(d)
			}
		})
	}
}

// A target that is not known well is named and never counted as clean.
func TestIncomplete(t *testing.T) {
	c := newCompany(t, causesPolicy)
	ada := c.join("ada department=Sales")
	c.holds("part:role/x", first, ada)
	c.target("fine")
	c.target("part").Gap = "teams may not be read"
	c.target("old").SeenAt = daysAgo(3)
	*c.target("new") = creep.Target{Name: "new"}
	want := []creep.Incomplete{
		{Target: "new", Reason: creep.Unread, Detail: "it was never read whole"},
		{Target: "old", Reason: creep.Stale, Detail: "it was last read 72h0m0s ago, and 48h0m0s are allowed", SeenAt: daysAgo(3)},
		{Target: "part", Reason: creep.Partly, Detail: "teams may not be read", SeenAt: now.Add(-time.Hour)},
	}
	r := c.report()
	if d := cmp.Diff(want, r.Incomplete); d != "" {
		t.Fatal(d)
	}
	if len(r.Users) != 1 || r.Summary.Incomplete != 3 {
		t.Fatalf("what is known of a partly read target is left out: %+v", r.Summary)
	}
}

// Accounts without a user are orphans: in no sum of people, ordered away only on request.
func TestOrphans(t *testing.T) {
	c := newCompany(t, causesPolicy)
	ghost := c.stranger(3, "svc-backup")
	c.holds("app:role/db", daysAgo(20), ghost)
	c.indirectly("app:role/eng", daysAgo(20), ghost)
	r := c.report()
	if len(r.Users) != 0 || len(r.Orphans) != 1 || len(r.Targets) != 0 || r.Summary.Surplus != 0 || r.Summary.Orphans != 1 {
		t.Fatal(rendered(t, r))
	}
	o := r.Orphans[0]
	if o.Account != "svc-backup" || o.Target != "app" || len(o.Holds) != 2 || o.Holds[0].Cause != creep.ByHand || o.Holds[1].Cause != creep.Indirect {
		t.Fatalf("%+v", o)
	}
	if p := r.Plan(creep.Filter{}); len(p.Orders)+len(p.Remaining) != 0 {
		t.Fatalf("%+v", p)
	}
	if p := r.Plan(creep.Filter{Orphans: true}); len(p.Orders) != 1 || p.Orders[0].Account != "svc-backup" || len(p.Remaining) != 1 {
		t.Fatalf("%+v", p)
	}
}

// Unused for long is dormant; never used counts from when it was first seen; where
// nobody tells, it is not known.
func TestDormant(t *testing.T) {
	c := newCompany(t, causesPolicy)
	a, b, d, e := c.join("ada"), c.join("bob"), c.join("cy"), c.join("eve")
	ghost := c.stranger(0, "svc")
	c.holds("app:role/eng", first, a, b, d, ghost)
	c.holds("app:role/eng", daysAgo(9), e)
	t1 := c.target("app")
	t1.Tells, t1.Uses = true, map[int64]time.Time{int64(a): daysAgo(1), int64(b): daysAgo(100), 99: daysAgo(200)}
	c.details.People[99] = creep.Person{Name: "zoe"} // holds nothing
	c.holds("mute:role/x", first, a, b)
	want := []creep.Dormant{
		{Target: "app", Known: true, Accounts: []creep.IdleAccount{{N: ghost, Account: "svc"}, {N: d, User: "cy"}, {N: 99, User: "zoe", LastUsed: daysAgo(200), Days: 200}, {N: b, User: "bob", LastUsed: daysAgo(100), Days: 100}}},
		{Target: "mute", Unknown: 2, Accounts: []creep.IdleAccount{}},
	}
	r := c.report()
	if diff := cmp.Diff(want, r.Dormant); diff != "" {
		t.Fatal(diff)
	}
	uses := map[string]string{}
	for _, u := range r.Users {
		for _, x := range u.Surplus {
			uses[u.User+" "+x.Entitlement] = x.Use
		}
	}
	if uses["ada app:role/eng"] != creep.Used || uses["cy app:role/eng"] != creep.NeverUsed || uses["bob mute:role/x"] != creep.UseUnknown {
		t.Fatalf("%v", uses)
	}
}

// Who holds together what constraints keep apart, by membership or as observed.
func TestSoD(t *testing.T) {
	c := newCompany(t, `
groups:
  - {name: create, access: ["app:role/create", "chat:group/all"]}
  - {name: approve, access: ["app:role/approve", "chat:group/all"]}
  - {name: staff, access: ["chat:group/all"]}
  - {name: audit, access: ["chat:group/all"]}
rules:
  - {name: creators, when: 'user.team == "create"', groups: [create]}
  - {name: approvers, when: 'user.title == "approver"', groups: [approve]}
  - {name: auditors, when: 'user.title == "auditor"', groups: [audit]}
constraints:
  - {name: payments, conflict: [create, approve], mode: enforce}
  - {name: watch, conflict: [create, audit], mode: report}
`)
	ada, bob := c.join("ada team=create"), c.join("bob")
	cy, dan := c.join("cy team=create title=auditor"), c.join("dan team=create title=approver")
	c.holds("app:role/create", daysAgo(30), ada, bob)
	c.holds("app:role/approve", daysAgo(20), ada)
	c.holds("app:role/approve", daysAgo(10), bob)
	c.holds("chat:group/all", first, ada, bob)
	c.details.Since[creep.Member{User: ada, Group: "create"}] = daysAgo(15)
	c.details.Since[creep.Member{User: cy, Group: "audit"}] = daysAgo(5)
	c.details.Since[creep.Member{User: cy, Group: "create"}] = daysAgo(7)
	var got []string
	for _, x := range c.report().SoD {
		line := x.Constraint + " " + x.Mode + " " + x.User
		for _, s := range x.Sides {
			line += " " + s.Group
			if s.Member {
				line += " member"
			}
			line += " [" + strings.Join(s.Observed, ",") + "]"
		}
		got = append(got, line+" "+x.Since.Format(time.DateOnly))
	}
	want := []string{
		"payments enforce ada create member [app:role/create] approve [app:role/approve] 2026-11-10",
		"payments enforce bob create [app:role/create] approve [app:role/approve] 2026-11-20",
		// ada and bob hold all that audit gives, which is what everybody has.
		"watch report ada create member [app:role/create] audit [chat:group/all] 2026-10-31",
		"watch report bob create [app:role/create] audit [chat:group/all] 2026-10-31",
		"watch report cy create member [] audit member [] 2026-11-25",
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Fatal(d)
	}
	_ = dan // the constraint keeps dan from both: nothing to tell
}

// A live grant explains what it gives, and is standing access when given again and again.
func TestRepeatedJIT(t *testing.T) {
	c := newCompany(t, causesPolicy)
	ada, bob := c.join("ada"), c.join("bob")
	live := func(n uint32) []rules.Overlay {
		return []rules.Overlay{{Group: "db", Cause: identity.Cause{Kind: identity.CauseGrant, Name: "g"}, Start: daysAgo(1)}}
	}
	c.world.Overlay = rules.Overlays{int64(ada): live(ada), int64(bob): live(bob)}
	c.holds("app:role/db", first, ada, bob)
	c.details.Grants[creep.Member{User: ada, Group: "db"}] = creep.Grants{Count: 2, Renewed: 4, Last: daysAgo(1)}
	c.details.Grants[creep.Member{User: bob, Group: "db"}] = creep.Grants{Count: 1, Last: daysAgo(1)}
	r := c.report()
	want := []creep.RepeatedJIT{{N: ada, User: "ada", Group: "db", Risk: "high", Owners: []string{"user:x"}, Grants: 2, Renewed: 4, Last: daysAgo(1)}}
	if d := cmp.Diff(want, r.RepeatedJIT); d != "" || len(r.Users) != 0 {
		t.Fatal(d, surplus(r))
	}
}

// What came and went since the last report, also under another name.
func TestTrend(t *testing.T) {
	c := newCompany(t, causesPolicy)
	ada, bob := c.join("ada"), c.join("bob")
	c.holds("app:role/eng", first, ada)
	c.holds("app:role/db", first, bob)
	if r := c.report(); r.Trend.Compared || len(r.Trend.Points) != 1 || len(r.Trend.New)+len(r.Trend.Gone) != 0 {
		t.Fatalf("%+v", r.Trend)
	}
	c.details.Earlier = []creep.Summary{{At: daysAgo(1), Score: 7}, {At: daysAgo(30), Score: 9}}
	c.details.Last = []creep.Line{{Holder: ada, User: "ada.old", Entitlement: "app:role/eng"}, {Holder: ada, User: "ada.old", Entitlement: "app:role/x"}}
	r := c.report()
	if d := cmp.Diff([]creep.Line{{Holder: bob, User: "bob", Entitlement: "app:role/db"}}, r.Trend.New); d != "" {
		t.Error(d)
	}
	if d := cmp.Diff([]creep.Line{{Holder: ada, User: "ada.old", Entitlement: "app:role/x"}}, r.Trend.Gone); d != "" {
		t.Error(d)
	}
	if p := r.Trend.Points; len(p) != 3 || p[0].Score != 9 || p[1].Score != 7 || p[2].Surplus != 2 {
		t.Errorf("%+v", p)
	}
}

func TestPlanFilters(t *testing.T) {
	c := newCompany(t, causesPolicy)
	ada, bob := c.join("ada"), c.join("bob")
	c.holds("app:role/eng", first, ada, bob)
	c.holds("app:role/db", first, ada)
	c.holds("other:role/x", now, bob)
	r := c.report()
	for name, x := range map[string]struct {
		filter creep.Filter
		want   []string
	}{
		"all":         {creep.Filter{}, []string{"ada app:role/db", "ada app:role/eng", "bob app:role/eng", "bob other:role/x"}},
		"user":        {creep.Filter{Users: []string{"BOB"}}, []string{"bob app:role/eng", "bob other:role/x"}},
		"target":      {creep.Filter{Targets: []string{"other"}}, []string{"bob other:role/x"}},
		"entitlement": {creep.Filter{Entitlements: []string{"app:role/eng"}, Users: []string{"ada"}}, []string{"ada app:role/eng"}},
		"score":       {creep.Filter{MinScore: 100}, []string{"ada app:role/db"}},
		"user score":  {creep.Filter{MinUserScore: r.Users[0].Score}, []string{"ada app:role/db", "ada app:role/eng"}},
		"nothing":     {creep.Filter{Users: []string{"nobody"}}, nil},
	} {
		var got []string
		for _, o := range r.Plan(x.filter).Orders {
			got = append(got, o.User+" "+o.Entitlement)
		}
		if d := cmp.Diff(x.want, got); d != "" {
			t.Errorf("%s: %s", name, d)
		}
	}
}

// Programs rely on the names, on lists that are never null, and on times in UTC.
func TestJSON(t *testing.T) {
	c := newCompany(t, causesPolicy)
	ada := c.join("ada department=Sales")
	zone := time.FixedZone("", 3600)
	c.holds("app:role/eng", daysAgo(3).In(zone), ada)
	c.target("hr").Gap = "x"
	c.fact(ada, "app:role/eng", creep.Facts{OrderedAt: daysAgo(1).In(zone)})
	text := rendered(t, c.report())
	if strings.Contains(text, "null") || strings.Contains(text, "+01:00") {
		t.Fatal(text)
	}
	var got struct {
		Users []struct {
			User    string
			Score   int
			Surplus []struct {
				Target, Entitlement, Cause string
				FirstSeen                  time.Time `json:"first_seen"`
			}
		}
		Incomplete []struct{ Target string }
	}
	if err := json.Unmarshal([]byte(text), &got); err != nil {
		t.Fatal(err)
	}
	u := got.Users[0]
	if u.User != "ada" || u.Score == 0 || u.Surplus[0].Target != "app" || u.Surplus[0].Entitlement != "app:role/eng" || u.Surplus[0].Cause != creep.ByHand ||
		!u.Surplus[0].FirstSeen.Equal(daysAgo(3)) || got.Incomplete[0].Target != "hr" {
		t.Fatal(text)
	}
	if empty := rendered(t, newCompany(t, causesPolicy).report()); strings.Contains(empty, "null") {
		t.Fatal(empty)
	}
	if plan, err := json.Marshal(c.report().Plan(creep.Filter{})); err != nil || string(plan) != `{"orders":[],"remaining":[]}` {
		t.Fatal(string(plan), err)
	}
}

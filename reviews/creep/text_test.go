package creep_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"birthright/identity"
	"birthright/reviews/creep"
	"birthright/rules"
)

func TestText(t *testing.T) {
	c := newCompany(t, causesPolicy)
	ada, bob, cy := c.join("ada department=Sales"), c.join("bob"), c.join("cy")
	c.join("p1 department=Sales")
	c.join("p2 department=Sales")
	c.join("p3 department=Sales")
	ghost := c.stranger(0, "svc")
	c.world.Overlay = rules.Overlays{int64(cy): {{Group: "db", Cause: identity.Cause{Kind: identity.CauseGrant, Name: "g"}, Start: daysAgo(1)}}}
	c.details.Grants[creep.Member{User: cy, Group: "db"}] = creep.Grants{Count: 5}
	c.holds("app:role/eng", first, ada, bob)
	c.holds("app:role/db", daysAgo(30), ada, ghost)
	app := c.target("app")
	app.Tells, app.Uses = true, map[int64]time.Time{int64(ada): daysAgo(100)}
	c.target("hr").Gap = "teams may not be read"
	c.details.Earlier = []creep.Summary{{At: daysAgo(7), Surplus: 1, Score: 50}}
	c.details.Last = []creep.Line{{Holder: ada, User: "ada", Entitlement: "app:role/eng"}}
	r := c.report()
	want := `No rule and no grant explains 3 of 3 holdings: those of 2 users, score 369.
On 2026-11-23 it was 1, score 50; 2 are new and 0 are gone since.
1 account belongs to nobody and has access.
1 target is not known well: nothing of that counts as clean.

Not known, or not well
  TARGET  WHY          DETAIL
  hr      partly-read  teams may not be read

Who holds what nothing explains
  USER  SCORE  ENTITLEMENT   RISK    SINCE         LAST USED   PEERS   CAUSE
  ada   264    app:role/db   high    2026-10-31    2026-08-22  0 of 3  by-hand
               app:role/eng  medium  ≤ 2025-10-26  2026-08-22  0 of 3  before-hub
  … and 1 more

By cause
  CAUSE       USERS  SURPLUS  SCORE
  before-hub  2      2        211
  by-hand     1      1        158
`
	got := r.Text(2)
	if len(got) < len(want) {
		t.Fatal(got)
	}
	if d := cmp.Diff(want, got[:len(want)]); d != "" {
		t.Error(d)
	}
	if got, want := r.OrphansText(0), `1 account belongs to nobody
  TARGET  ACCOUNT  SCORE  ENTITLEMENT  RISK  SINCE       LAST USED  CAUSE
  app     svc      154    app:role/db  high  2026-10-31  never      by-hand
`; got != want {
		t.Error(cmp.Diff(want, got))
	}
	if got, want := r.DormantText(0), `app: 2 dormant accounts
  USER  ACCOUNT  LAST USED   DAYS
  bob   -        never       -
  ada   -        2026-08-22  100
`; got != want {
		t.Error(cmp.Diff(want, got))
	}
}

func TestTextWithNothing(t *testing.T) {
	r := newCompany(t, causesPolicy).report()
	if got, want := r.Text(0)+r.OrphansText(0)+r.DormantText(0)+r.SoDText(0), "Rules and grants explain all of 0 holdings that targets show.\n"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
}

func TestSoDText(t *testing.T) {
	c := newCompany(t, causesPolicy+"constraints: [{name: k, conflict: [eng, db], mode: enforce}]\n")
	ada := c.join("ada department=Engineering")
	c.holds("app:role/db", daysAgo(30), ada)
	if got, want := c.report().SoDText(0), `1 time somebody holds what is to be apart
  CONSTRAINT  MODE     WHO  SINCE    HOLDS
  k           enforce  ada  unknown  eng (member) and db (app:role/db)
`; got != want {
		t.Error(cmp.Diff(want, got))
	}
}

package desk_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"birthright/audit"
	"birthright/grants/desk"
	"birthright/grants/desk/desktest"
	"birthright/reconcile"
	"birthright/store"
	"birthright/targets/memory"
)

// getsIt has ada get the grant for an hour, and returns its id once it is active.
func getsIt(t *testing.T, o *desktest.Office) string {
	t.Helper()
	made, err := o.Ask(t.Context(), o.As("ada"), desk.Wish{Groups: []string{"prod-db-read"}, For: time.Hour, Reason: "look"})
	o.Must(err)
	answer, err := o.Approve(t.Context(), o.As("olga"), made[0].ID, "")
	o.Must(err)
	o.Work()
	same(t, "after the run", o.GrantState(answer.Request.Grant), "active")
	return answer.Request.Grant
}

// backstop is when the app itself would end what somebody holds.
func backstop(o *desktest.Office) time.Time {
	for _, a := range o.App.Snapshot().Assignments {
		if a.Entitlement.ID == "readonly" {
			return a.NotAfter
		}
	}
	return time.Time{}
}

// endOf is when the hub ends a grant.
func endOf(t *testing.T, o *desktest.Office, id string) time.Time {
	t.Helper()
	g, err := o.Grant(t.Context(), desk.Operator("operator:test"), id)
	o.Must(err)
	return g.EndsAt
}

// noPlan fails where anything is left to do, however it is looked at.
func noPlan(t *testing.T, o *desktest.Office, when string) {
	t.Helper()
	for _, full := range []bool{false, true} {
		report, err := o.Run.Plan(t.Context(), reconcile.Request{Full: full})
		o.Must(err)
		if changes, _, drift := report.Totals(); changes+drift > 0 {
			t.Errorf("%s, full %v: %d changes and %d drift are planned: %+v", when, full, changes, drift, report.Runs[0])
		}
	}
}

// events returns the details of the audit events of a kind.
func events(t *testing.T, o *desktest.Office, action string) (out []audit.Event) {
	t.Helper()
	o.Must(o.DB.View(t.Context(), func(tx *store.Tx) error {
		return tx.EachAudit(t.Context(), store.AuditQuery{Action: action}, func(r audit.Record) error {
			out = append(out, r.Event)
			return nil
		})
	}))
	return out
}

// The target's own end follows that of the grant, a quarter of an hour later: set
// once it is active, moved with an extension, cleared by what has no end.
func TestTheBackStopFollowsTheGrantExpiry(t *testing.T) {
	o := open(t)
	grant := getsIt(t, o)
	same(t, "back-stop", backstop(o), endOf(t, o, grant).Add(15*time.Minute))
	adds := o.App.Counts().ByAction["add"]
	o.Work()
	o.Full()
	same(t, "adds when nothing has changed", o.App.Counts().ByAction["add"], adds)
	noPlan(t, o, "after it was set")

	first := endOf(t, o, grant)
	longer, err := o.Extend(t.Context(), o.As("ada"), grant, 2*time.Hour, "not done")
	o.Must(err)
	if longer.Request.State == "pending" {
		_, err := o.Approve(t.Context(), o.As("olga"), longer.Request.ID, "")
		o.Must(err)
	}
	o.Work()
	same(t, "the end of the longer grant", endOf(t, o, grant), first.Add(2*time.Hour))
	same(t, "moved", backstop(o), first.Add(2*time.Hour+15*time.Minute))
	noPlan(t, o, "after it was moved")

	o.SetPolicy(strings.Replace(policy, "rules:", "  - {name: dba, access: [\"app:role/readonly\"]}\nrules:\n  - {name: dba, when: user.userName == \"ada\", groups: [dba]}", 1))
	o.Full()
	same(t, "beside what has no end", backstop(o), time.Time{})
	noPlan(t, o, "after it was cleared")
}

// A hub that was not there at the end finds it done, and nobody to blame.
func TestWhatTheTargetEndedIsNoDrift(t *testing.T) {
	o := open(t)
	getsIt(t, o)
	o.Pass(80 * time.Minute)
	o.App.Advance(o.Now())
	same(t, "while the hub was away", o.Holds("role/readonly"), []string{})
	report, err := o.Run.Sync(t.Context(), reconcile.Request{Full: true})
	o.Must(err)
	if _, _, drift := report.Totals(); drift > 0 {
		t.Errorf("drift: %+v", report.Runs[0].Drift)
	}
	noPlan(t, o, "afterwards")
}

// What ada has open ends with her grant; what others have open does not.
func TestSessionsEndWithTheGrant(t *testing.T) {
	o := open(t)
	getsIt(t, o)
	hers, others := o.App.Login("ada"), o.App.Login("bob")
	o.Pass(61 * time.Minute)
	o.Work()
	if hers() || !others() {
		t.Errorf("after the end ada's session goes on: %v, bob's: %v", hers(), others())
	}
	told := events(t, o, "sessions.ended")
	if len(told) != 1 || told[0].Subject != "user:ada" || fmt.Sprint(told[0].Detail["ended"]) != "1" || told[0].Detail["entitlement"] != "app:role/readonly" {
		t.Errorf("told: %+v", told)
	}
}

// A target that cannot end sessions now is asked again, across a restart of the hub,
// and the removal stands.
func TestSessionsThatCouldNotBeEndedAreTriedAgain(t *testing.T) {
	o := open(t)
	grant := getsIt(t, o)
	hers := o.App.Login("ada")
	o.App.SetFaults(memory.Faults{Sessions: func() error { return errors.New("not now") }})
	o.Pass(61 * time.Minute)
	o.Work()
	same(t, "held", o.Holds("role/readonly"), []string{})
	same(t, "grant", o.GrantState(grant), "ended")
	same(t, "failures told", len(events(t, o, "sessions.failed")) > 0, true)
	same(t, "goes on", hers(), true)
	o.Restart()
	o.Pass(time.Minute)
	o.Work()
	same(t, "goes on while it fails", hers(), true)
	o.App.SetFaults(memory.Faults{})
	o.Pass(time.Minute)
	o.Work()
	same(t, "goes on in the end", hers(), false)
	same(t, "told", len(events(t, o, "sessions.ended")), 1)
	o.Pass(time.Hour)
	o.Work()
	same(t, "told again", len(events(t, o, "sessions.ended")), 1)
}

// Who was given the access anew before the sessions of the last time could be ended
// is not thrown out.
func TestSessionsOfWhoHasItAgainAreKept(t *testing.T) {
	o := open(t)
	getsIt(t, o)
	o.App.SetFaults(memory.Faults{Sessions: func() error { return errors.New("not now") }})
	o.Pass(61 * time.Minute)
	o.Work()
	getsIt(t, o)
	hers := o.App.Login("ada")
	o.App.SetFaults(memory.Faults{})
	o.Pass(time.Minute)
	o.Work()
	same(t, "goes on", hers(), true)
	same(t, "told", len(events(t, o, "sessions.kept")), 1)
}

// A leaver's sessions end with the account.
func TestSessionsEndWithTheAccount(t *testing.T) {
	o := open(t)
	hers := o.App.Login("ada")
	o.Leave("ada")
	o.Work()
	same(t, "goes on", hers(), false)
}

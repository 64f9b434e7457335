package desk_test

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"birthright/grants/desk"
	"birthright/grants/desk/desktest"
	"birthright/identity"
)

const policy = `
groups:
  - name: staff
    access: ["app:group/all"]
  - name: prod-db-read
    risk: high
    standing: never
    owners: ["user:olga", "user:otto"]
    access: ["app:role/readonly"]
    request:
      allow: user.department == "Engineering"
      durations: {default: 1h, max: 8h}
      require: [reason]
      approve:
        - {by: owners}
      auto_approve: oncall("primary")
      auto_max: 2h
      remind_before: 10m
      break_glass: {max: 30m}
rules:
  - {name: everybody, when: "true", groups: [staff]}
`

func open(t *testing.T) *desktest.Office {
	o := desktest.Open(t, policy)
	o.Join("ada department=Engineering", "bob department=Engineering", "olga", "otto", "eve department=Sales")
	o.Full()
	return o
}

func same(t *testing.T, what string, got, want any) {
	t.Helper()
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("%s (-want +got):\n%s", what, d)
	}
}

// The whole way: asked for, approved by an owner, given, seen, ended, gone.
func TestAskedForApprovedGivenAndGone(t *testing.T) {
	o := open(t)
	made, err := o.Ask(t.Context(), o.As("ada"), desk.Wish{Groups: []string{"prod-db-read"}, For: time.Hour, Reason: "look"})
	o.Must(err)
	same(t, "approvers", made[0].Stage.Approvers, []string{"olga", "otto"})
	if _, err := o.Approve(t.Context(), o.As("ada"), made[0].ID, ""); identity.KindOf(err) != identity.Denied {
		t.Fatalf("ada approved herself: %v", err)
	}
	o.Pass(20 * time.Minute)
	answer, err := o.Approve(t.Context(), o.As("olga"), made[0].ID, "")
	o.Must(err)
	same(t, "state", answer.Request.State, "approved")
	grant := answer.Request.Grant
	same(t, "before the run", o.GrantState(grant), "activating")
	o.Work()
	same(t, "holds", o.Holds("role/readonly"), []string{"ada"})
	same(t, "after the run", o.GrantState(grant), "active")
	o.Pass(59 * time.Minute)
	o.Work()
	same(t, "just before its end", o.Holds("role/readonly"), []string{"ada"})
	o.Pass(2 * time.Minute)
	o.Work()
	same(t, "after its end", o.Holds("role/readonly"), []string{})
	same(t, "at the end", o.GrantState(grant), "ended")
}

// A shift approves, and the access ends with it.
func TestOnCallApprovesAndEndsWithTheShift(t *testing.T) {
	o := open(t)
	o.Shift("bob", "primary", 30*time.Minute)
	made, err := o.Ask(t.Context(), o.As("bob"), desk.Wish{Groups: []string{"prod-db-read"}, For: time.Hour, Reason: "page"})
	o.Must(err)
	same(t, "state", made[0].State, "approved")
	same(t, "because", made[0].Because, `oncall("primary")`)
	o.Work()
	same(t, "holds", o.Holds("role/readonly"), []string{"bob"})
	o.Pass(31 * time.Minute)
	o.Work()
	same(t, "after the shift", o.Holds("role/readonly"), []string{})
}

// An approver who is gone before the access begins has approved nothing.
func TestAnApproverWhoLeftDoesNotCountWhenItBegins(t *testing.T) {
	o := open(t)
	made, err := o.Ask(t.Context(), o.As("ada"), desk.Wish{Groups: []string{"prod-db-read"}, Reason: "later", Start: o.Now().Add(time.Hour)})
	o.Must(err)
	answer, err := o.Approve(t.Context(), o.As("olga"), made[0].ID, "")
	o.Must(err)
	o.Work()
	same(t, "ahead", o.GrantState(answer.Request.Grant), "scheduled")
	o.Suspend("olga")
	o.Pass(61 * time.Minute)
	o.Work()
	same(t, "holds", o.Holds("role/readonly"), []string{})
	same(t, "at its start", o.GrantState(answer.Request.Grant), "failed")
}

// A target that is down when access ends does not make anybody forget.
func TestOverdueUntilTheTargetAnswers(t *testing.T) {
	o := open(t)
	glass, err := o.BreakGlass(t.Context(), o.As("ada"), desk.Wish{Groups: []string{"prod-db-read"}, Reason: "fire"})
	o.Must(err)
	o.Work()
	same(t, "state", o.GrantState(glass.Grant), "active")
	o.Down(true)
	o.Pass(48 * time.Hour)
	o.Work()
	same(t, "still there", o.Holds("role/readonly"), []string{"ada"})
	same(t, "state", o.GrantState(glass.Grant), "ending")
	late, err := o.Overdue(t.Context(), desk.Operator("operator:test"))
	o.Must(err)
	if len(late) != 1 || late[0].OverdueSeconds < int64((47*time.Hour).Seconds()) {
		t.Errorf("overdue: %+v", late)
	}
	same(t, "left on", late[0].LeftOn, []string{"app"})
	o.Restart()
	o.Down(false)
	o.Pass(2 * time.Minute)
	o.Work()
	same(t, "gone", o.Holds("role/readonly"), []string{})
	same(t, "state", o.GrantState(glass.Grant), "ended")
}

// A full run over grants that are as they should be changes nothing.
func TestAFullRunLeavesLiveGrantsAlone(t *testing.T) {
	o := open(t)
	made, err := o.Ask(t.Context(), o.As("ada"), desk.Wish{Groups: []string{"prod-db-read"}, Reason: "look"})
	o.Must(err)
	answer, err := o.Approve(t.Context(), o.As("olga"), made[0].ID, "")
	o.Must(err)
	o.Work()
	before := o.AuditHead()
	o.Full()
	o.Full()
	same(t, "audit records of two full runs", o.AuditHead()-before, int64(0))
	same(t, "state", o.GrantState(answer.Request.Grant), "active")
}

// All that a request lacks is told at once, for all that was asked for, and nothing
// is made of it; a name that is nearly right is told too.
func TestEverythingAmissIsToldAtOnce(t *testing.T) {
	o := desktest.Open(t, policy+`
bundles:
  - {name: incident, groups: [prod-db-read]}
`)
	o.Join("ada department=Engineering", "olga", "otto")
	o.Full()
	_, err := o.Ask(t.Context(), o.As("ada"), desk.Wish{Groups: []string{"prod-db-red", "incdent", "prod-db-read"}, For: 9 * time.Hour})
	if identity.KindOf(err) != identity.NotFound {
		t.Fatalf("%v", err)
	}
	for _, part := range []string{`did you mean "prod-db-read"?`, `did you mean "incident"?`, "for 8h at most, not for 9h", "needs a reason"} {
		if !strings.Contains(err.Error(), part) {
			t.Errorf("%q is not told: %v", part, err)
		}
	}
	found, err := o.Requests(t.Context(), desk.Operator("operator:test"), desk.Query{})
	o.Must(err)
	same(t, "made", len(found), 0)
}

// What a shift makes longer ends with the shift, also where a person gave it first.
func TestAnExtensionByAShiftEndsWithIt(t *testing.T) {
	o := open(t)
	made, err := o.Ask(t.Context(), o.As("bob"), desk.Wish{Groups: []string{"prod-db-read"}, For: time.Hour, Reason: "look"})
	o.Must(err)
	answer, err := o.Approve(t.Context(), o.As("olga"), made[0].ID, "")
	o.Must(err)
	o.Work()
	o.Shift("bob", "primary", 90*time.Minute)
	longer, err := o.Extend(t.Context(), o.As("bob"), answer.Request.Grant, 2*time.Hour, "not done")
	o.Must(err)
	same(t, "approved", longer.Request.State, "approved")
	o.Pass(89 * time.Minute)
	o.Work()
	same(t, "in the shift", o.Holds("role/readonly"), []string{"bob"})
	o.Pass(2 * time.Minute)
	o.Work()
	same(t, "after the shift", o.Holds("role/readonly"), []string{})
}

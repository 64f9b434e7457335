package desk_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"birthright/grants/desk"
	"birthright/grants/desk/desktest"
	"birthright/reconcile"
	"birthright/store"
	"birthright/targets"
)

// meddled is a target during whose work something happens, once: while it is read whole,
// or after a change of some kind was made and before anybody knows.
type meddled struct {
	targets.Target
	onRead  func()
	onApply map[targets.Action]func()
}

func (m *meddled) Read(ctx context.Context, q targets.Query, sink targets.Sink) (targets.End, error) {
	end, err := m.Target.Read(ctx, q, sink)
	if do := m.onRead; do != nil && q.Accounts == nil {
		m.onRead = nil
		do()
	}
	return end, err
}

func (m *meddled) Apply(ctx context.Context, ops []targets.Op) []targets.Result {
	results := m.Target.Apply(ctx, ops)
	for _, op := range ops {
		if do := m.onApply[op.Action]; do != nil {
			delete(m.onApply, op.Action)
			do()
		}
	}
	return results
}

// meddle puts such a target in the place of the app.
func meddle(o *desktest.Office) *meddled {
	m := &meddled{Target: o.App, onApply: map[targets.Action]func(){}}
	o.Run.Destinations[0].Target = m
	return m
}

// gone fails where something of a grant is left, and where a full run would change that.
func gone(t *testing.T, o *desktest.Office, grant string) {
	t.Helper()
	o.Work()
	same(t, "holds", o.Holds("role/readonly"), []string{})
	o.Full()
	o.Work()
	same(t, "holds after a full run", o.Holds("role/readonly"), []string{})
	same(t, "state", o.GrantState(grant), "ended")
	noPlan(t, o, "at the end")
}

// What ends while a full run reads its target, and is taken away before the run goes on
// with what it read, stays away.
func TestAGrantEndsWhileTheTargetIsRead(t *testing.T) {
	for _, how := range []string{"its time is up", "it is given back"} {
		t.Run(how, func(t *testing.T) {
			o := open(t)
			grant := getsIt(t, o)
			during := false
			meddle(o).onRead = func() {
				during = true
				if strings.Contains(how, "time") {
					o.Pass(2 * time.Hour)
				} else {
					_, err := o.Return(t.Context(), o.As("ada"), grant)
					o.Must(err)
				}
				o.Work()
				same(t, "holds while the run goes on", o.Holds("role/readonly"), []string{})
			}
			o.Full()
			if !during {
				t.Fatal("the target was not read")
			}
			gone(t, o, grant)
		})
	}
}

// What is taken away while it is on its way to the target does not stay there, whoever
// gets to hear first what became of it.
func TestAGrantIsTakenAwayWhileItIsBeingGiven(t *testing.T) {
	o := open(t)
	made, err := o.Ask(t.Context(), o.As("ada"), desk.Wish{Groups: []string{"prod-db-read"}, For: time.Hour, Reason: "look"})
	o.Must(err)
	answer, err := o.Approve(t.Context(), o.As("olga"), made[0].ID, "")
	o.Must(err)
	grant := answer.Request.Grant
	meddle(o).onApply[targets.Add] = func() {
		same(t, "when it is taken away", o.GrantState(grant), "activating")
		_, err := o.Revoke(t.Context(), o.As("olga"), grant, "wrong person")
		o.Must(err)
	}
	o.Work()
	same(t, "state", o.GrantState(grant), "ended")
	gone(t, o, grant)
}

// The same where the target is lost right after it was told to give it.
func TestAGrantEndsWhileNobodyKnowsWhetherItWasGiven(t *testing.T) {
	o := open(t)
	made, err := o.Ask(t.Context(), o.As("ada"), desk.Wish{Groups: []string{"prod-db-read"}, For: time.Hour, Reason: "look"})
	o.Must(err)
	answer, err := o.Approve(t.Context(), o.As("olga"), made[0].ID, "")
	o.Must(err)
	grant := answer.Request.Grant
	meddle(o).onApply[targets.Add] = func() { o.Kill(2) }
	for range 3 {
		_, _ = o.Run.Step(t.Context()) // it is killed on the way
	}
	if !o.Killed() {
		t.Fatal("nothing was killed")
	}
	o.Restart()
	same(t, "what the target has", o.Holds("role/readonly"), []string{"ada"})
	_, err = o.Revoke(t.Context(), o.As("olga"), grant, "wrong person")
	o.Must(err)
	o.Pass(time.Minute)
	gone(t, o, grant)
}

var fullRequest = reconcile.Request{Full: true}

// withAnother is the policy with one more group that gives the same.
var withAnother = strings.Replace(policy, "rules:", `  - name: prod-db-look
    standing: never
    owners: ["user:olga"]
    access: ["app:role/readonly", "app:role/look"]
    request: {allow: "true"}
rules:`, 1)

// What two groups give stays until the last of their grants ends, whichever that is.
func TestTwoGroupsGiveTheSame(t *testing.T) {
	for _, first := range []string{"prod-db-read", "prod-db-look"} {
		t.Run(first+" ends first", func(t *testing.T) {
			o := desktest.Open(t, withAnother)
			o.Join("ada department=Engineering", "olga", "otto")
			o.Full()
			ids := map[string]string{}
			for _, group := range []string{"prod-db-read", "prod-db-look"} {
				long := 2 * time.Hour
				if group == first {
					long = time.Hour
				}
				made, err := o.Ask(t.Context(), o.As("ada"), desk.Wish{Groups: []string{group}, For: long, Reason: "look"})
				o.Must(err)
				answer, err := o.Approve(t.Context(), o.As("olga"), made[0].ID, "")
				o.Must(err)
				ids[group] = answer.Request.Grant
			}
			o.Work()
			o.Pass(61 * time.Minute)
			o.Work()
			same(t, "of the first", o.GrantState(ids[first]), "ended")
			same(t, "holds", o.Holds("role/readonly"), []string{"ada"})
			o.Full()
			same(t, "holds after a full run", o.Holds("role/readonly"), []string{"ada"})
			o.Pass(time.Hour)
			o.Work()
			same(t, "holds in the end", append(o.Holds("role/readonly"), o.Holds("role/look")...), []string{})
			for group, id := range ids {
				same(t, group, o.GrantState(id), "ended")
			}
			noPlan(t, o, "in the end")
		})
	}
}

// What a group gives no more is taken away while the grant lives on, and what it gives
// instead is given; in the end nothing of either is left.
func TestTheGroupGivesSomethingElseWhileAGrantLives(t *testing.T) {
	o := open(t)
	grant := getsIt(t, o)
	o.SetPolicy(strings.ReplaceAll(policy, "app:role/readonly", "app:role/reader"))
	o.Full()
	o.Work()
	same(t, "of the old name", o.Holds("role/readonly"), []string{})
	same(t, "of the new name", o.Holds("role/reader"), []string{"ada"})
	same(t, "state", o.GrantState(grant), "active")
	o.Pass(2 * time.Hour)
	gone(t, o, grant)
	same(t, "of the new name in the end", o.Holds("role/reader"), []string{})
}

// The same where the target is away when the policy changes, and until the grant has ended.
func TestTheGroupGivesSomethingElseWhileTheTargetIsAway(t *testing.T) {
	o := open(t)
	grant := getsIt(t, o)
	o.Down(true)
	o.SetPolicy(strings.ReplaceAll(policy, "app:role/readonly", "app:role/reader"))
	_, _ = o.Run.Sync(t.Context(), fullRequest)
	o.Pass(48 * time.Hour)
	o.Work()
	same(t, "state", o.GrantState(grant), "ending")
	o.Restart()
	o.Down(false)
	o.Pass(2 * time.Minute)
	gone(t, o, grant)
	same(t, "of the new name in the end", o.Holds("role/reader"), []string{})
}

// A group that the policy has no more gives nothing more, and that is an order: no guard
// keeps it.
func TestTheGroupIsTakenOutOfThePolicyWhileAGrantLives(t *testing.T) {
	o := open(t)
	grant := getsIt(t, o)
	from, to := strings.Index(policy, "  - name: prod-db-read"), strings.Index(policy, "rules:")
	o.SetPolicy(policy[:from] + policy[to:])
	o.Run.Destinations[0].Limits.Removals, o.Run.Destinations[0].Limits.Floor = 0, 0
	o.Full()
	gone(t, o, grant)
	g, err := o.Grant(t.Context(), desk.Operator("operator:test"), grant)
	o.Must(err)
	same(t, "how", g.Ended, "gone")
}

// Whose records turn out to be somebody else's loses what was lent to them; whoever they
// are now has none of it.
func TestWhoIsSomebodyElseKeepsNoGrant(t *testing.T) {
	o := open(t)
	grant := getsIt(t, o)
	o.Leave("ada")
	o.Work()
	same(t, "holds", o.Holds("role/readonly"), []string{})
	o.Join("ada department=Engineering")
	o.Work()
	gone(t, o, grant)
}

// One that is no longer is forgotten when somebody says so.
func TestTheTargetIsForgotten(t *testing.T) {
	o := open(t)
	grant := getsIt(t, o)
	o.Run.Destinations = nil
	o.Pass(2 * time.Hour)
	o.Work()
	same(t, "state", o.GrantState(grant), "ending")
	o.Must(o.DB.Update(t.Context(), func(tx *store.Tx) error {
		state, err := tx.TargetState(t.Context(), "app")
		o.Must(err)
		f, err := tx.ForgetTarget(t.Context(), state)
		same(t, "forgotten", f, store.Forgotten{Accounts: 5, Assignments: 6})
		return err
	}))
	o.Full()
	same(t, "state", o.GrantState(grant), "ended")
	same(t, "what the target has", o.Holds("role/readonly"), []string{"ada"})
}

// A target that is taken out of the configuration keeps what it has: the grant is not
// said to be gone, and is taken away when the target is back.
func TestTheTargetIsTakenOutOfTheConfiguration(t *testing.T) {
	o := open(t)
	grant := getsIt(t, o)
	all := o.Run.Destinations
	o.Run.Destinations = nil
	o.Pass(2 * time.Hour)
	o.Work()
	same(t, "what the target has", o.Holds("role/readonly"), []string{"ada"})
	same(t, "state", o.GrantState(grant), "ending")
	late, err := o.Overdue(t.Context(), desk.Operator("operator:test"))
	o.Must(err)
	if len(late) != 1 || len(late[0].LeftOn) != 1 || late[0].OverdueSeconds < 3000 {
		t.Errorf("overdue: %+v", late)
	}
	o.Run.Destinations = all
	o.Pass(time.Minute)
	o.Full()
	gone(t, o, grant)
}

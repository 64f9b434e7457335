package desk_test

import (
	"testing"
	"time"

	"birthright/grants/desk"
	"birthright/grants/desk/desktest"
	"birthright/identity"
)

// apart is a policy in which grants meet shifts, other grants and what is around them.
const apart = `
groups:
  - name: staff
    access: ["app:group/all"]
  - name: pager
    standing: never
    owners: ["user:olga"]
    access: ["app:role/pager"]
    request:
      allow: inGroup("staff")
      auto_approve: oncall("primary") && inGroup("staff")
  - name: pay
    owners: ["user:olga"]
    access: ["app:role/pay"]
    request: {durations: {default: 1h, max: 4h}, extend: {max: 4h}}
  - name: sign
    owners: ["user:olga"]
    access: ["app:role/sign"]
    request: {}
  - name: vault
    owners: ["user:olga"]
    access: ["app:role/vault"]
    request: {allow: inGroup("pay")}
  - name: outer
    contains: [pay]
    access: ["app:role/outer"]
rules:
  - {name: everybody, when: "true", groups: [staff]}
  - {name: paymasters, when: user.department == "Pay", groups: [pay]}
constraints:
  - {name: four-eyes, conflict: [pay, sign]}
exclusions:
  - {user: bob, groups: [outer], reason: "on trial", until: never}
`

func openApart(t *testing.T) *desktest.Office {
	o := desktest.Open(t, apart)
	o.Join("ada", "bob", "olga")
	o.Full()
	return o
}

// give has somebody ask and olga approve, and does what is due.
func give(o *desktest.Office, name, group string) (grant string) {
	o.Helper()
	made, err := o.Ask(o.Context(), o.As(name), desk.Wish{Groups: []string{group}, Reason: "look"})
	o.Must(err)
	answer, err := o.Approve(o.Context(), o.As("olga"), made[0].ID, "")
	o.Must(err)
	o.Work()
	return answer.Request.Grant
}

// A condition that stays true keeps the grant, also where it asks for a group.
func TestAShiftAndAGroupKeepAGrant(t *testing.T) {
	o := openApart(t)
	o.Shift("ada", "primary", 2*time.Hour)
	_, err := o.Ask(t.Context(), o.As("ada"), desk.Wish{Groups: []string{"pager"}})
	o.Must(err)
	o.Work()
	o.Pass(10 * time.Minute)
	o.Full()
	same(t, "holds", o.Holds("role/pager"), []string{"ada"})
}

// What somebody holds by a grant alone opens no other door.
func TestAGrantOpensNoOtherDoor(t *testing.T) {
	o := openApart(t)
	give(o, "ada", "pay")
	_, err := o.Ask(t.Context(), o.As("ada"), desk.Wish{Groups: []string{"vault"}})
	if identity.KindOf(err) != identity.Denied {
		t.Errorf("she may ask for the vault: %v", err)
	}
}

// A group around the one that was given, and kept from the user, is no part of it.
func TestWhatIsKeptFromAUserIsNotWaitedFor(t *testing.T) {
	o := openApart(t)
	grant := give(o, "bob", "pay")
	same(t, "state", o.GrantState(grant), "active")
	same(t, "around it", o.Holds("role/outer"), []string{})
}

// What cannot be held together with what another grant gives is not asked for.
func TestTwoGrantsThatAreKeptApart(t *testing.T) {
	o := openApart(t)
	give(o, "ada", "sign")
	_, err := o.Ask(t.Context(), o.As("ada"), desk.Wish{Groups: []string{"pay"}})
	if identity.KindOf(err) != identity.Conflict {
		t.Errorf("she may ask for both: %v", err)
	}
}

// A start that passes while people decide is no fault of who asked.
func TestApprovedAfterItsStartItBeginsAtOnce(t *testing.T) {
	o := openApart(t)
	made, err := o.Ask(t.Context(), o.As("ada"), desk.Wish{Groups: []string{"pay"}, Start: o.Now().Add(10 * time.Minute)})
	o.Must(err)
	o.Pass(time.Hour)
	_, err = o.Approve(t.Context(), o.As("olga"), made[0].ID, "")
	o.Must(err)
	o.Work()
	same(t, "holds", o.Holds("role/pay"), []string{"ada"})
	o.Pass(59 * time.Minute)
	o.Work()
	same(t, "for the whole hour", o.Holds("role/pay"), []string{"ada"})
}

// An extension that was approved cannot be cancelled as if nothing had come of it.
func TestAnApprovedExtensionIsNotCancelled(t *testing.T) {
	o := openApart(t)
	grant := give(o, "ada", "pay")
	longer, err := o.Extend(t.Context(), o.As("ada"), grant, time.Hour, "more")
	o.Must(err)
	if longer.Request.State == "pending" {
		_, err = o.Approve(t.Context(), o.As("olga"), longer.Request.ID, "")
		o.Must(err)
	}
	if _, err := o.Cancel(t.Context(), o.As("ada"), longer.Request.ID); identity.KindOf(err) != identity.Conflict {
		t.Errorf("it is cancelled: %v", err)
	}
}

// What is over when it is taken back is over for good, whatever the clock does.
func TestTakenBackAtTheLastMomentItStaysOver(t *testing.T) {
	o := openApart(t)
	grant := give(o, "ada", "pay")
	o.Pass(61 * time.Minute)
	ended, err := o.Revoke(t.Context(), o.As("olga"), grant, "enough")
	o.Must(err)
	same(t, "how", ended.Ended, "time")
	o.Pass(-30 * time.Minute)
	same(t, "state", o.GrantState(grant), "ending")
	o.Pass(40 * time.Minute)
	o.Work()
	same(t, "holds", o.Holds("role/pay"), []string{})
}

// A clock that is set back neither takes away what has begun nor forgets its end.
func TestTheClockIsSetBack(t *testing.T) {
	o := openApart(t)
	grant := give(o, "ada", "pay")
	o.Pass(-2 * time.Hour)
	o.Full()
	same(t, "before it began", o.Holds("role/pay"), []string{"ada"})
	same(t, "state", o.GrantState(grant), "active")
	o.Pass(2*time.Hour + 61*time.Minute)
	o.Work()
	same(t, "after its end", o.Holds("role/pay"), []string{})
}

// Nothing is approved for somebody who is away: whether a grant that is still ahead came
// to be would depend on what was first.
func TestNothingIsApprovedForWhoIsAway(t *testing.T) {
	o := openApart(t)
	made, err := o.Ask(t.Context(), o.As("ada"), desk.Wish{Groups: []string{"pay"}, Start: o.Now().Add(10 * time.Minute)})
	o.Must(err)
	o.Suspend("ada")
	if _, err := o.Approve(t.Context(), o.As("olga"), made[0].ID, ""); identity.KindOf(err) != identity.Conflict {
		t.Errorf("it is approved: %v", err)
	}
	o.Resume("ada")
	_, err = o.Approve(t.Context(), o.As("olga"), made[0].ID, "")
	o.Must(err)
}

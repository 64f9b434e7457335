package desk_test

import (
	"testing"
	"time"

	"birthright/grants/desk"
	"birthright/identity"
)

// Whoever is away does not even look.
func TestWhoIsAwaySeesNothing(t *testing.T) {
	o := open(t)
	made, err := o.Ask(t.Context(), o.As("ada"), desk.Wish{Groups: []string{"prod-db-read"}, Reason: "look"})
	o.Must(err)
	o.Suspend("ada")
	ada := o.As("ada")
	for what, look := range map[string]func() error{
		"one":         func() error { _, err := o.Request(t.Context(), ada, made[0].ID); return err },
		"all":         func() error { _, err := o.Requests(t.Context(), ada, desk.Query{}); return err },
		"catalog":     func() error { _, err := o.Catalog(t.Context(), ada, "", ""); return err },
		"delegations": func() error { _, err := o.Delegations(t.Context(), ada); return err },
	} {
		if err := look(); identity.KindOf(err) != identity.Denied {
			t.Errorf("%s: %v", what, err)
		}
	}
}

// A click that comes too late is told so, if it is of somebody who was asked.
func TestTooLateForWhomItConcerns(t *testing.T) {
	o := open(t)
	made, err := o.Ask(t.Context(), o.As("ada"), desk.Wish{Groups: []string{"prod-db-read"}, Reason: "look"})
	o.Must(err)
	_, err = o.Approve(t.Context(), o.As("olga"), made[0].ID, "")
	o.Must(err)
	for who, want := range map[string]identity.Kind{"otto": identity.Conflict, "eve": identity.Denied, "ada": identity.Denied} {
		if _, err := o.Deny(t.Context(), o.As(who), made[0].ID, "no"); identity.KindOf(err) != want {
			t.Errorf("%s: %v", who, err)
		}
	}
	again, err := o.Approve(t.Context(), o.As("otto"), made[0].ID, "")
	o.Must(err)
	same(t, "already", again.Already, true)
	seen, err := o.Look(t.Context(), o.As("otto"), made[0].ID)
	o.Must(err)
	same(t, "decides", seen.Decides, false)
}

// What was changed meanwhile is not what was looked at.
func TestADecisionIsOnWhatWasSeen(t *testing.T) {
	o := open(t)
	made, err := o.Ask(t.Context(), o.As("ada"), desk.Wish{Groups: []string{"prod-db-read"}, For: time.Hour, Reason: "look"})
	o.Must(err)
	seen, err := o.Look(t.Context(), o.As("olga"), made[0].ID)
	o.Must(err)
	same(t, "decides", seen.Decides, true)
	_, err = o.Amend(t.Context(), o.As("ada"), made[0].ID, desk.Amendment{For: 8 * time.Hour})
	o.Must(err)
	click := desk.Decision{Approve: true, Revision: seen.Request.Revision}
	if _, err := o.Decide(t.Context(), o.As("olga"), made[0].ID, click); identity.KindOf(err) != identity.Conflict {
		t.Fatalf("approved what nobody had seen: %v", err)
	}
	click.Revision++
	answer, err := o.Decide(t.Context(), o.As("olga"), made[0].ID, click)
	o.Must(err)
	same(t, "state", answer.Request.State, "approved")
}

// Who looks at a request sees what else of these owners the person holds, and those who
// review see what is owed.
func TestWhatHelpsToDecide(t *testing.T) {
	o := open(t)
	glass, err := o.BreakGlass(t.Context(), o.As("ada"), desk.Wish{Groups: []string{"prod-db-read"}, Reason: "fire"})
	o.Must(err)
	o.Work()
	seen, err := o.Look(t.Context(), o.As("olga"), glass.ID)
	o.Must(err)
	same(t, "beside", seen.Beside, []string{"prod-db-read"})
	for who, want := range map[string]int{"olga": 1, "root": 1, "eve": 0} {
		if who == "root" {
			o.Join("root")
		}
		owed, err := o.Glasses(t.Context(), o.As(who), false)
		o.Must(err)
		same(t, who, len(owed), want)
	}
	if _, err := o.Overdue(t.Context(), o.As("olga")); identity.KindOf(err) != identity.Denied {
		t.Errorf("an owner sees everybody's: %v", err)
	}
}

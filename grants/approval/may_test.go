package approval

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"birthright/identity"
)

// What each kind of person may, and nothing else.
func TestWhoMayWhat(t *testing.T) {
	user := Actor{UserN: 1, Name: "user:ada", State: identity.Active}
	admin, auditor := user, user
	admin.Admin, auditor.Auditor = true, true
	program := Actor{Name: "token:t1"}
	for _, tt := range []struct {
		name string
		a    Actor
		r    Relation
		may  []Verb
	}{
		{"a stranger", user, Relation{}, []Verb{Ask, BreakGlass, Delegate}},
		{"the requester", user, Relation{Requester: true}, []Verb{Ask, BreakGlass, Read, Cancel, Amend, Extend, Delegate}},
		{"the beneficiary", user, Relation{Beneficiary: true}, []Verb{Ask, BreakGlass, Read, Cancel, Extend, Return, Delegate}},
		{"an approver", user, Relation{Approver: true}, []Verb{Ask, BreakGlass, Read, Decide, Delegate}},
		{"an approver who asked", user, Relation{Approver: true, Requester: true}, []Verb{Ask, BreakGlass, Read, Cancel, Amend, Extend, Delegate}},
		{"an owner", user, Relation{Owner: true}, []Verb{Ask, BreakGlass, Read, Revoke, Examine, Delegate}},
		{"an owner who has it", user, Relation{Owner: true, Beneficiary: true}, []Verb{Ask, BreakGlass, Read, Cancel, Extend, Return, Revoke, Delegate}},
		{"the manager", user, Relation{Manager: true}, []Verb{Ask, BreakGlass, Read, Revoke, Delegate}},
		{"one who may ask for others", user, Relation{ForOthers: true}, []Verb{Ask, AskForOther, BreakGlass, Delegate}},
		{"an administrator", admin, Relation{}, []Verb{Ask, AskForOther, BreakGlass, BreakGlassForOther, Read, ReadAll, Cancel, Extend, Revoke, Examine, Delegate, DelegateFor}},
		{"an auditor", auditor, Relation{}, []Verb{Ask, BreakGlass, Read, ReadAll, Delegate}},
		{"a program", program, Relation{}, nil},
		{"the operator", Actor{Operator: true}, Relation{Beneficiary: true}, Verbs()},
		{"a suspended administrator", Actor{UserN: 1, State: identity.Suspended, Admin: true}, Relation{Owner: true, Approver: true}, nil},
		{"somebody on leave", Actor{UserN: 1, State: identity.OnLeave}, Relation{Beneficiary: true, Approver: true}, nil},
	} {
		var may []Verb
		for _, v := range Verbs() {
			if May(tt.a, v, tt.r) == "" {
				may = append(may, v)
			}
		}
		if d := cmp.Diff(tt.may, may); d != "" {
			t.Errorf("%s: %s", tt.name, d)
		}
	}
	if May(user, "juggle", Relation{}) == "" {
		t.Error("what nobody knows is allowed")
	}
}

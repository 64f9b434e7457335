package approval

import (
	"slices"
	"testing"

	"birthright/identity"
)

// everyCase calls check for each verb, actor and relation that there can be.
func everyCase(check func(a Actor, v Verb, r Relation)) {
	states := []identity.State{identity.Staged, identity.Active, identity.OnLeave, identity.Suspended, identity.Left, ""}
	for bits := range 1 << 6 {
		on := func(i int) bool { return bits&(1<<i) != 0 }
		r := Relation{Beneficiary: on(0), Requester: on(1), Approver: on(2), Owner: on(3), Manager: on(4), ForOthers: on(5)}
		for flags := range 1 << 3 {
			for _, n := range []int64{0, 7} {
				for _, state := range states {
					a := Actor{UserN: n, State: state, Operator: flags&1 != 0, Admin: flags&2 != 0, Auditor: flags&4 != 0}
					for _, v := range append(Verbs(), "something new") {
						check(a, v, r)
					}
				}
			}
		}
	}
}

// What must hold whatever else is true of somebody.
func TestMayKeepsItsProperties(t *testing.T) {
	cases := 0
	reads := []Verb{Read, ReadAll}
	everyCase(func(a Actor, v Verb, r Relation) {
		cases++
		allowed := May(a, v, r) == ""
		wrong := func(property string) {
			t.Errorf("%s: %+v may %q as %+v", property, a, v, r)
		}
		concerned := r.Beneficiary || r.Requester
		switch {
		case a.Operator:
			if !allowed {
				wrong("the operator may everything")
			}
			return
		case !allowed:
			return
		}
		if a.UserN != 0 && a.State != identity.Active {
			wrong("who is away may nothing")
		}
		if a.UserN == 0 && !a.Admin && !a.Auditor {
			wrong("nobody may nothing")
		}
		if concerned && (v == Decide || v == Examine) {
			wrong("nobody decides on their own")
		}
		if v == Decide && !r.Approver {
			wrong("only approvers decide")
		}
		oneself := slices.Contains([]Verb{Ask, BreakGlass, Delegate}, v)
		if a.Auditor && !a.Admin && a.UserN == 0 && !slices.Contains(reads, v) {
			wrong("an auditor changes nothing")
		}
		if r == (Relation{}) && !a.Admin && !a.Auditor && !oneself {
			wrong("a stranger does only what is for oneself")
		}
		if oneself && a.UserN == 0 {
			wrong("who is no user has nothing for oneself")
		}
		if v == "something new" {
			wrong("what nobody thought of is forbidden")
		}
	})
	if want := 64 * 8 * 2 * 6 * (len(Verbs()) + 1); cases != want {
		t.Errorf("%d cases, want %d", cases, want)
	}
}

// To be an auditor adds nothing but reading.
func TestAuditorsGainReadingAlone(t *testing.T) {
	everyCase(func(a Actor, v Verb, r Relation) {
		if !a.Auditor || v == Read || v == ReadAll {
			return
		}
		plain := a
		plain.Auditor = false
		if May(a, v, r) == "" && May(plain, v, r) != "" {
			t.Errorf("%+v may %q as %+v because of being an auditor", a, v, r)
		}
	})
}

// Being more to a request never takes a right away, but those of deciding.
func TestMoreRelationsTakeNoRightAway(t *testing.T) {
	everyCase(func(a Actor, v Verb, r Relation) {
		if v == Decide || v == Examine || May(a, v, r) != "" {
			return
		}
		for _, more := range []func(*Relation){
			func(r *Relation) { r.Beneficiary = true }, func(r *Relation) { r.Requester = true }, func(r *Relation) { r.Approver = true },
			func(r *Relation) { r.Owner = true }, func(r *Relation) { r.Manager = true }, func(r *Relation) { r.ForOthers = true },
		} {
			wider := r
			more(&wider)
			if why := May(a, v, wider); why != "" {
				t.Errorf("%+v may %q as %+v, and not as %+v: %s", a, v, r, wider, why)
			}
		}
	})
}

package approval

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"birthright/grants"
	"birthright/identity"
	"birthright/rules"
)

const byFriends = "it is for group:friends to decide, and eve is in group:friends only by the approval of those who ask for it or would get it"

func TestVerdicts(t *testing.T) {
	security := rules.Stage{By: "group:security", Count: 1}
	escalated := rules.Stage{By: "user:olga", Count: 1, EscalateAfter: 30 * time.Minute, EscalateTo: "user:boss"}
	patient := escalated
	patient.EscalateAfter = 2 * time.Hour
	by := func(term string) rules.Stage { return rules.Stage{By: term, Count: 1} }
	suspended := func(n int64) func(*village) {
		return func(v *village) { v.state[n] = identity.Suspended }
	}
	onLeave := func(n int64) func(*village) { return func(v *village) { v.state[n] = identity.OnLeave } }
	olgasPlace := func(v *village) { v.delegates[olga] = []int64{dan, eve} }
	for _, tt := range []struct {
		name  string
		m     Matter
		live  func(*village)
		state string
		stage int
		have  int
		void  []string
	}{
		{"nobody has answered", asked(owners(1)), nil, grants.Pending, 0, 0, nil},
		{"an owner", asked(owners(1)).with("olga"), nil, grants.Approved, 0, 1, nil},
		{"nothing said is the owners", asked().with("olga"), nil, grants.Approved, 0, 1, nil},
		{"an owner through a group", asked(owners(1)).with("otto"), nil, grants.Approved, 0, 1, nil},
		{"no owner", asked(owners(1)).with("eve"), nil, grants.Pending, 0, 0, []string{"it is for owners to decide"}},
		{"one of two", asked(owners(2)).with("olga"), nil, grants.Pending, 0, 1, nil},
		{"two of two", asked(owners(2)).with("olga", "otto"), nil, grants.Approved, 0, 2, nil},
		{"one twice is one", asked(owners(2)).with("olga", "olga"), nil, grants.Pending, 0, 1, nil},
		{"the manager", asked(by(rules.ByManager)).with("max"), nil, grants.Approved, 0, 1, nil},
		{"the manager moved on", asked(by(rules.ByManager)).with("max"), func(v *village) { v.manager[ada] = "boss" }, grants.Pending, 0, 0, []string{"it is for manager to decide"}},
		{"no manager", asked(by(rules.ByManager)).with("max"), func(v *village) { v.manager[ada] = "" }, grants.Pending, 0, 0, []string{"it is for manager to decide"}},
		{"somebody named", asked(by("user:eve")).with("eve"), nil, grants.Approved, 0, 1, nil},
		{"on call", asked(by("oncall:primary")).with("eve"), func(v *village) { v.onCall["primary"] = []int64{eve} }, grants.Approved, 0, 1, nil},
		{"off call", asked(by("oncall:primary")).with("eve"), nil, grants.Pending, 0, 0, []string{"it is for oncall:primary to decide"}},
		{"denied", asked(owners(2)).with("olga", "-otto"), nil, grants.Denied, 0, 1, nil},
		{"denied by nobody in particular", asked(owners(1)).with("-eve"), nil, grants.Pending, 0, 0, []string{"it is for owners to decide"}},
		{"approved before it is denied", asked(owners(1)).with("olga", "-otto"), nil, grants.Approved, 0, 1, nil},
		{"the operator", asked(owners(2), security).with("operator"), nil, grants.Approved, 1, 1, nil},
		{"the operator denies", asked(owners(2)).with("olga", "-operator"), nil, grants.Denied, 0, 1, nil},
		{"suspended since", asked(owners(1)).with("olga"), suspended(olga), grants.Pending, 0, 0, []string{"olga is suspended"}},
		{"on leave since", asked(owners(1)).with("olga"), onLeave(olga), grants.Pending, 0, 0, []string{"olga is on leave"}},
		{"a denial of somebody gone", asked(owners(1)).with("-olga"), suspended(olga), grants.Pending, 0, 0, []string{"olga is suspended"}},
		{"who asks", asked(owners(1)).with("ada"), func(v *village) { v.members["owners"] = append(v.members["owners"], ada) }, grants.Pending, 0, 0,
			[]string{"nobody decides on what they ask for or would get themselves"}},
		{"the manager asks in ada's name", func() Matter {
			m := asked(by(rules.ByManager))
			m.Request.ByN = max
			return m.with("max")
		}(), nil, grants.Pending, 0, 0, []string{"nobody decides on what they ask for or would get themselves"}},
		{"a delegate", asked(owners(1)).with("dan for olga"), olgasPlace, grants.Approved, 0, 1, nil},
		{"two delegates of one", asked(owners(2)).with("dan for olga", "eve for olga"), olgasPlace, grants.Pending, 0, 1, nil},
		{"a delegate and the one for whom", asked(owners(2)).with("dan for olga", "olga"), olgasPlace, grants.Pending, 0, 1, nil},
		{"one delegate of two", asked(owners(2)).with("dan for olga", "dan for otto"), func(v *village) { v.delegates[olga], v.delegates[otto] = []int64{dan}, []int64{dan} }, grants.Pending, 0, 1, nil},
		{"a delegate of somebody on leave", asked(owners(1)).with("dan for olga"), func(v *village) { olgasPlace(v); onLeave(olga)(v) }, grants.Approved, 0, 1, nil},
		{"a delegate of somebody gone", asked(owners(1)).with("dan for olga"), func(v *village) { olgasPlace(v); suspended(olga)(v) }, grants.Pending, 0, 0, []string{"it is for owners to decide"}},
		{"a delegation that is over", asked(owners(1)).with("dan for olga"), nil, grants.Pending, 0, 0, []string{"it is for owners to decide"}},
		{"a delegation that is over, of one who may too", asked(owners(1)).with("otto for olga"), nil, grants.Pending, 0, 0,
			[]string{"the one in whose place it was given may not decide any more"}},
		{"a delegate of who asks", func() Matter {
			m := asked(owners(1))
			m.Request.ByN = olga
			return m.with("dan for olga")
		}(), olgasPlace, grants.Pending, 0, 0, []string{"it is for owners to decide"}},
		{"a delegate who gets it", asked(owners(1)).with("ada for olga"), func(v *village) { v.delegates[olga] = []int64{ada} }, grants.Pending, 0, 0,
			[]string{"nobody decides on what they ask for or would get themselves"}},
		{"handed on", asked(escalated).with("boss"), nil, grants.Approved, 0, 1, nil},
		{"handed on, the first may still", asked(escalated).with("olga"), nil, grants.Approved, 0, 1, nil},
		{"not handed on yet", asked(patient).with("boss"), nil, grants.Pending, 0, 0, []string{"it is for user:olga to decide"}},
		{"the second stage is open", asked(owners(1), security).with("olga"), nil, grants.Pending, 1, 0, nil},
		{"both stages", asked(owners(1), security).with("olga", "eve at 2"), nil, grants.Approved, 1, 1, nil},
		{"the second stage only", asked(owners(1), security).with("eve at 2"), nil, grants.Pending, 0, 0, nil},
		{"the first stage fell", asked(owners(1), security).with("olga", "eve at 2"), suspended(olga), grants.Pending, 0, 0, []string{"olga is suspended"}},
		{"the same one for both stages", asked(owners(1), by("user:olga")).with("olga", "olga at 2"), nil, grants.Approved, 1, 1, nil},
		{"denied at the second", asked(owners(1), security).with("olga", "-eve at 2"), nil, grants.Denied, 1, 0, nil},
		{"the second stage waits from when the first passed", asked(owners(1), escalated).with("olga", "boss at 2"), nil, grants.Approved, 1, 1, nil},
		{"let in by who asks", asked(by("group:friends")).with("eve"), func(v *village) { v.letIn(eve, "friends", []int64{ada}) }, grants.Pending, 0, 0, []string{byFriends}},
		{"let in by who asks and another", asked(by("group:friends")).with("eve"), func(v *village) { v.letIn(eve, "friends", []int64{ada, olga}) }, grants.Approved, 0, 1, nil},
		{"let in twice, once by others", asked(by("group:friends")).with("eve"), func(v *village) { v.letIn(eve, "friends", []int64{ada}, []int64{olga}) }, grants.Approved, 0, 1, nil},
		{"let in by nobody", asked(by("group:friends")).with("eve"), func(v *village) { v.letIn(eve, "friends", nil) }, grants.Pending, 0, 0, []string{byFriends}},
		{"let in by the policy", asked(by("group:friends")).with("eve"), func(v *village) { v.letIn(eve, "friends", []int64{0}) }, grants.Approved, 0, 1, nil},
		{"an owner let in by who asks", asked(owners(1)).with("eve"), func(v *village) { v.letIn(eve, "owners", []int64{ada}) }, grants.Pending, 0, 0,
			[]string{"it is for owners to decide, and eve is in group:owners only by the approval of those who ask for it or would get it"}},
		{"let in by who decides in the place of who asks", asked(by("group:friends")).with("eve"),
			func(v *village) { v.letInOn(eve, "friends", Ground{{{By: dan, For: ada}}}) }, grants.Pending, 0, 0, []string{byFriends}},
		{"let in by who asks in another's place", asked(by("group:friends")).with("eve"),
			func(v *village) { v.letInOn(eve, "friends", Ground{{{By: ada, For: olga}}}) }, grants.Pending, 0, 0, []string{byFriends}},
		{"let in by others, kept in by who asks", asked(by("group:friends")).with("eve"),
			func(v *village) { v.letInOn(eve, "friends", Ground{voices(olga), voices(ada)}) }, grants.Pending, 0, 0, []string{byFriends}},
		{"let in by who asks, kept in by others", asked(by("group:friends")).with("eve"),
			func(v *village) { v.letInOn(eve, "friends", Ground{voices(ada), voices(olga)}) }, grants.Pending, 0, 0, []string{byFriends}},
		{"let in and kept in by others", asked(by("group:friends")).with("eve"),
			func(v *village) { v.letInOn(eve, "friends", Ground{voices(olga), voices(otto)}) }, grants.Approved, 0, 1, nil},
		{"let in by a friend whom who asks let in", asked(by("group:friends")).with("eve"), func(v *village) {
			friend := Belonging{In: true, ByGrants: true, Grants: []Ground{{voices(ada)}}}
			v.letInOn(eve, "friends", Ground{{{By: bob, For: bob, LetIn: []Belonging{friend}}}})
		}, grants.Pending, 0, 0, []string{byFriends}},
		{"let in by a friend whom others let in", asked(by("group:friends")).with("eve"), func(v *village) {
			friend := Belonging{In: true, ByGrants: true, Grants: []Ground{{voices(ada)}, {voices(olga)}}}
			v.letInOn(eve, "friends", Ground{{{By: bob, For: bob, LetIn: []Belonging{friend}}}})
		}, grants.Approved, 0, 1, nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			v := newVillage()
			if tt.live != nil {
				tt.live(v)
			}
			got := Judge(tt.m, v)
			var void []string
			for _, x := range got.Void {
				void = append(void, x.Why)
			}
			want := []any{tt.state, tt.stage, tt.have, tt.void}
			if d := cmp.Diff(want, []any{got.State, got.Stage, got.Have, void}); d != "" {
				t.Error(d)
			}
		})
	}
}

func TestAVoteIsForWhatWasAsked(t *testing.T) {
	changed := asked(owners(1)).with("olga")
	changed.Request.Revision = 2
	other := asked(owners(1)).with("olga")
	other.Terms = "others"
	for why, m := range map[string]Matter{"the request was changed since": changed, "the policy of the group was changed since": other} {
		got := Judge(m, newVillage())
		if got.State != grants.Pending || len(got.Void) != 1 || got.Void[0].Why != why {
			t.Errorf("%s: %+v", why, got)
		}
		m.Votes[0].ByN, m.Votes[0].By = 0, "operator:root" // nor does the operator's
		if got := Judge(m, newVillage()); got.State != grants.Pending {
			t.Errorf("%s: the operator's word for something else counts: %+v", why, got)
		}
	}
	none := asked(owners(1)).with("olga")
	none.Policy = nil
	if got := Judge(none, newVillage()); got.State != grants.Pending {
		t.Errorf("approved without a policy: %+v", got)
	}
}

func TestThePanelIsWhoMayDecide(t *testing.T) {
	v := newVillage()
	v.delegates[olga] = []int64{dan, ada}
	v.state[otto] = identity.OnLeave
	v.delegates[otto] = []int64{boss}
	m := asked(rules.Stage{By: rules.ByOwners, Count: 1, EscalateAfter: 30 * time.Minute, EscalateTo: "group:security"})
	if d := cmp.Diff([]int64{olga, dan, eve, boss}, m.Panel(Judge(m, v), v)); d != "" {
		t.Error(d)
	}
	m.Now = m.Request.Created
	if d := cmp.Diff([]int64{olga, dan, boss}, m.Panel(Judge(m, v), v)); d != "" {
		t.Errorf("before it is handed on: %s", d)
	}
	if d := cmp.Diff([]int64{olga, dan, eve, boss}, m.PanelOf(0, v)); d != "" {
		t.Errorf("who could at any time: %s", d)
	}
	for n := int64(0); n < crowdSize; n++ {
		s := m.Standing(n, Judge(m, v), v)
		if (len(s.For) > 0) == (s.Why != "") {
			t.Errorf("%s may for %v, and not because %q", nameOf[n], s.For, s.Why)
		}
	}
}

package rights_test

import (
	"testing"

	"birthright/grants/approval"
	"birthright/identity"
	"birthright/rights"
)

// who there is; the letters stand for them in the table.
var actors = map[byte]approval.Actor{
	'o': {Name: "operator:root", Operator: true},
	'a': {Name: "user:root", UserN: 1, State: identity.Active, Admin: true},
	'A': {Name: "token:1", Admin: true},
	'u': {Name: "user:vera", UserN: 2, State: identity.Active, Auditor: true},
	'U': {Name: "token:2", Auditor: true},
	'p': {Name: "user:ada", UserN: 3, State: identity.Active},
	'l': {Name: "user:leo", UserN: 4, State: identity.Left, Admin: true},
	'n': {Name: "token:3"},
}

const everyone = "oaAuUpln"

// Each verb and relation with the letters of those who may, written down by hand.
func TestMay(t *testing.T) {
	none, self, manager, owner := rights.Relation{}, rights.Relation{Self: true}, rights.Relation{Manager: true}, rights.Relation{Owner: true}
	covered := map[rights.Verb]bool{}
	for _, row := range []struct {
		verb rights.Verb
		rel  rights.Relation
		may  string
	}{
		{rights.ListPeople, none, "oaAuU"},
		{rights.ReadPerson, none, "oaAuU"}, {rights.ReadPerson, self, "oaAuUp"}, {rights.ReadPerson, manager, "oaAuUp"}, {rights.ReadPerson, owner, "oaAuU"},
		{rights.ReadGroup, none, "oaAuUp"},
		{rights.ListMembers, none, "oaAuU"}, {rights.ListMembers, owner, "oaAuUp"}, {rights.ListMembers, self, "oaAuU"},
		{rights.ReadTargets, none, "oaAuU"}, {rights.ReadSources, none, "oaAuU"}, {rights.ReadMessages, none, "oaAuU"},
		{rights.ReadRuns, none, "oaAuU"}, {rights.ReadHeld, none, "oaAuU"},
		{rights.ReadPolicy, none, "oaAuU"}, {rights.ReadPolicy, owner, "oaAuU"}, {rights.TryPolicy, none, "oaAuU"}, {rights.Plan, none, "oaAuU"},
		{rights.ReadReports, none, "oaAuU"}, {rights.ReadAudit, none, "oaAuU"}, {rights.ReadStatus, none, "oaAuU"},
		{rights.ReadTokens, none, "oaAuU"}, {rights.ReadTokens, self, "oaAuUp"},
		{rights.ReadSessions, none, "oaAuU"}, {rights.ReadSessions, self, "oaAuUp"},
		{rights.Run, none, "oaA"}, {rights.Import, none, "oaA"}, {rights.Probe, none, "oaA"}, {rights.Release, none, "oaA"},
		{rights.Release, owner, "oaA"}, {rights.ManageSignals, none, "oaA"}, {rights.MakeEvidence, none, "oaA"},
		{rights.WriteReports, none, "oaA"}, {rights.TakeAway, none, "oaA"}, {rights.TakeAway, owner, "oaA"}, {rights.GiveBack, none, "oaA"},
		{rights.ManageTokens, none, "oaA"}, {rights.ManageTokens, self, "oaAup"},
		{rights.EndSessions, none, "oaA"}, {rights.EndSessions, self, "oaAup"},
	} {
		covered[row.verb] = true
		for i := range everyone {
			letter := everyone[i]
			want := false
			for j := range row.may {
				want = want || row.may[j] == letter
			}
			if why := rights.May(actors[letter], row.verb, row.rel); (why == "") != want {
				t.Errorf("%c: %s %+v: %q, want allowed %v", letter, row.verb, row.rel, why, want)
			}
		}
	}
	for _, v := range rights.Verbs() {
		if !covered[v] {
			t.Errorf("%s is in no row", v)
		}
	}
}

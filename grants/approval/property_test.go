package approval

import (
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"birthright/grants"
	"birthright/identity"
	"birthright/rules"
)

func drawVillage(t *rapid.T) *village {
	v := newVillage()
	anybody := rapid.Int64Range(ada, crowdSize-1)
	for n := ada; n < crowdSize; n++ {
		v.state[n] = rapid.SampledFrom([]identity.State{identity.Active, identity.Active, identity.Active, identity.OnLeave, identity.Suspended, identity.Left}).Draw(t, "state")
	}
	v.manager[ada] = rapid.SampledFrom([]string{"max", "ada", "bob", "", "nobody"}).Draw(t, "manager")
	v.members["owners"] = rapid.SliceOfDistinct(anybody, rapid.ID).Draw(t, "owners")
	v.onCall["primary"] = rapid.SliceOfN(anybody, 0, 2).Draw(t, "on call")
	for range rapid.IntRange(0, 3).Draw(t, "delegations") {
		from := anybody.Draw(t, "from")
		v.delegates[from] = append(v.delegates[from], anybody.Draw(t, "to"))
	}
	for range rapid.IntRange(0, 2).Draw(t, "let in") {
		v.letIn(anybody.Draw(t, "who"), "security", rapid.SliceOfN(rapid.SliceOfN(rapid.Int64Range(0, crowdSize-1), 0, 2), 0, 2).Draw(t, "by")...)
	}
	return v
}

func drawMatter(t *rapid.T) Matter {
	terms := rapid.SampledFrom([]string{rules.ByOwners, rules.ByManager, "user:olga", "group:security", "oncall:primary"})
	stages := make([]rules.Stage, rapid.SampledFrom([]int{1, 1, 2, 3}).Draw(t, "stages"))
	for i := range stages {
		stages[i] = rules.Stage{By: terms.Draw(t, "by"), Count: rapid.SampledFrom([]int{1, 1, 1, 2, 3}).Draw(t, "count")}
		if rapid.Bool().Draw(t, "handed on") {
			stages[i].EscalateAfter, stages[i].EscalateTo = time.Duration(rapid.IntRange(1, 80).Draw(t, "after"))*time.Minute, terms.Draw(t, "to")
		}
	}
	m := asked(stages...)
	m.Request.ByN = rapid.SampledFrom([]int64{0, ada, ada, bob}).Draw(t, "asked by")
	for range rapid.IntRange(0, 8).Draw(t, "votes") {
		vote := grants.Vote{
			RequestN: 1, ByN: rapid.SampledFrom([]int64{olga, olga, otto, max, eve, dan, ada, bob, boss, crowdSize}).Draw(t, "voter"), Stage: rapid.IntRange(0, len(stages)-1).Draw(t, "stage"),
			Approve: rapid.IntRange(0, 9).Draw(t, "approves") > 0, At: noon.Add(time.Duration(rapid.IntRange(-60, 0).Draw(t, "at")) * time.Minute),
			Revision: rapid.SampledFrom([]int{1, 1, 1, 2}).Draw(t, "revision"), Terms: rapid.SampledFrom([]string{"terms", "terms", "terms", "others"}).Draw(t, "terms"),
		}
		if vote.For = vote.ByN; rapid.IntRange(0, 2).Draw(t, "in another's place") == 0 {
			vote.For = rapid.Int64Range(1, crowdSize).Draw(t, "for")
		}
		m.Votes = append(m.Votes, vote)
	}
	return m
}

// named says plainly whether a term names somebody.
func named(v *village, m Matter, n int64, term string) bool {
	friend := func(group string) bool { // in it, and not by the word of whom it concerns alone
		if !slices.Contains(v.members[group], n) {
			return false
		}
		grantsOf, only := v.byGrants[group][n]
		if !only {
			return true
		}
		for _, g := range grantsOf {
			for _, v := range g[0] {
				if v.By == 0 || v.By != ada && v.By != m.Request.ByN {
					return true
				}
			}
		}
		return false
	}
	switch term {
	case rules.ByOwners:
		return n == olga || friend("owners")
	case rules.ByManager:
		return nameOf[n] != "" && nameOf[n] == v.manager[ada]
	case "user:olga":
		return n == olga
	case "group:security":
		return friend("security")
	}
	return slices.Contains(v.onCall["primary"], n)
}

// maybe says plainly whether a vote could count for its stage at any time.
func maybe(v *village, m Matter, vote grants.Vote) bool {
	stage := m.Policy.Approve[vote.Stage]
	terms := []string{stage.By}
	if stage.EscalateAfter > 0 {
		terms = append(terms, stage.EscalateTo)
	}
	entitled := slices.ContainsFunc(terms, func(term string) bool { return named(v, m, vote.For, term) })
	concerned := func(n int64) bool { return n == ada || n == m.Request.ByN }
	inPlace := vote.ByN == vote.For || slices.Contains(v.delegates[vote.For], vote.ByN)
	here := v.state[vote.For] == identity.Active || v.state[vote.For] == identity.OnLeave
	return v.state[vote.ByN] == identity.Active && here && inPlace && entitled && !concerned(vote.ByN) && !concerned(vote.For) &&
		vote.Revision == 1 && vote.Terms == "terms"
}

// No approval counts the vote of somebody whom it concerns, who is away, or who is not
// asked; nor one in the place of such a one; nor one voice twice.
func TestNoApprovalCountsWhoMayNot(t *testing.T) {
	approved := 0
	rapid.Check(t, func(t *rapid.T) {
		v, m := drawVillage(t), drawMatter(t)
		if rapid.Bool().Draw(t, "ordinary") {
			v.members["owners"] = []int64{otto, eve}
			for n := range v.state {
				v.state[n] = identity.Active
			}
		}
		got := Judge(m, v)
		for i, stage := range m.Policy.Approve {
			voters, principals := map[int64]bool{}, map[int64]bool{}
			for _, vote := range m.Votes {
				if vote.Stage == i && vote.Approve && maybe(v, m, vote) {
					voters[vote.ByN], principals[vote.For] = true, true
				}
			}
			if passed := got.State == grants.Approved || got.Stage > i; passed && min(len(voters), len(principals)) < stage.Count {
				t.Fatalf("stage %d of %+v passed by %v for %v", i+1, m.Policy.Approve, voters, principals)
			}
		}
		if got.State == grants.Approved {
			approved++
		}
		if got.State == grants.Denied && !slices.ContainsFunc(m.Votes, func(vote grants.Vote) bool {
			return vote.Stage == got.Stage && !vote.Approve && maybe(v, m, vote)
		}) {
			t.Fatal("denied by nobody who may")
		}
	})
	if approved == 0 {
		t.Error("nothing was approved: this proves nothing")
	}
}

// Votes that cannot count change nothing, wherever they stand.
func TestVotesThatCannotCountChangeNothing(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		v, m := drawVillage(t), drawMatter(t)
		cleaned := m
		cleaned.Votes = slices.DeleteFunc(slices.Clone(m.Votes), func(vote grants.Vote) bool { return !maybe(v, m, vote) })
		got, want := Judge(m, v), Judge(cleaned, v)
		got.Void, want.Void = nil, nil
		if got.State != want.State || got.Stage != want.Stage || got.Have != want.Have || !got.Since.Equal(want.Since) {
			t.Fatalf("with them %+v, without %+v", got, want)
		}
	})
}

// Whoever is told of a request is one who may decide on it, and nobody is left out.
func TestThePanelIsExactlyWhoMayDecide(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		v, m := drawVillage(t), drawMatter(t)
		verdict := Judge(m, v)
		panel := m.Panel(verdict, v)
		for n := int64(0); n <= crowdSize; n++ {
			if may := len(m.Standing(n, verdict, v).For) > 0; may != slices.Contains(panel, n) {
				t.Fatalf("%s may: %v, and is told: %v", nameOf[n], may, !may)
			}
		}
	})
}

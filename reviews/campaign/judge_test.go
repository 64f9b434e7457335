package campaign

import (
	"testing"

	"pgregory.net/rapid"

	"birthright/grants/approval"
	"birthright/identity"
	"birthright/reviews"
)

func TestJudge(t *testing.T) {
	keep := func(stage int) reviews.Decision { return reviews.Decision{Stage: stage, What: reviews.Kept} }
	revoke := func(stage int) reviews.Decision { return reviews.Decision{Stage: stage, What: reviews.Revoked} }
	for name, x := range map[string]struct {
		stages  int
		said    []reviews.Decision
		outcome string
		stage   int
	}{
		"nobody":                  {2, nil, "", 0},
		"one stage":               {1, []reviews.Decision{keep(0)}, reviews.Kept, 0},
		"goes on":                 {2, []reviews.Decision{keep(0)}, "", 1},
		"both":                    {2, []reviews.Decision{keep(0), keep(1)}, reviews.Kept, 1},
		"the first takes it away": {2, []reviews.Decision{revoke(0)}, reviews.Revoked, 0},
		"the second does":         {2, []reviews.Decision{keep(0), revoke(1)}, reviews.Revoked, 1},
		"the last word counts":    {1, []reviews.Decision{revoke(0), keep(0)}, reviews.Kept, 0},
		"handed over":             {1, []reviews.Decision{{What: reviews.Reassign}}, "", 0},
		"shortened":               {2, []reviews.Decision{{What: reviews.Shortened}}, reviews.Shortened, 0},
	} {
		if v := Judge(x.stages, x.said); v.Outcome != x.outcome || v.Stage != x.stage {
			t.Errorf("%s: got %q in stage %d, want %q in %d", name, v.Outcome, v.Stage, x.outcome, x.stage)
		}
	}
}

// It stays only where every stage's last word is to keep it, and goes only where the
// last word of some stage says so.
func TestWhatStaysWasKeptInEveryStage(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		stages := rapid.IntRange(1, 3).Draw(t, "stages")
		said := rapid.SliceOfN(rapid.Custom(func(t *rapid.T) reviews.Decision {
			return reviews.Decision{Stage: rapid.IntRange(0, stages-1).Draw(t, "stage"), What: rapid.SampledFrom(reviews.Choices()).Draw(t, "what")}
		}), 0, 8).Draw(t, "said")
		last := make([]string, stages)
		for _, d := range said {
			if d.What != reviews.Reassign {
				last[d.Stage] = d.What
			}
		}
		want := reviews.Kept
		for _, what := range last {
			if what != reviews.Kept {
				want = what
				break
			}
		}
		if got := Judge(stages, said).Outcome; got != want {
			t.Fatalf("%v comes to %q, want %q", said, got, want)
		}
	})
}

func TestMay(t *testing.T) {
	user := approval.Actor{UserN: 1, Name: "user:a", State: identity.Active}
	admin, gone, auditor := user, user, approval.Actor{Name: "token:x", Auditor: true}
	admin.Admin, gone.State = true, identity.Left
	for name, x := range map[string]struct {
		a    approval.Actor
		v    Verb
		r    Relation
		want bool
	}{
		"the operator starts":        {approval.Actor{Operator: true}, Start, Relation{}, true},
		"an admin starts":            {admin, Start, Relation{}, true},
		"a user does not":            {user, Start, Relation{Owner: true}, false},
		"a reviewer decides":         {user, Decide, Relation{Reviewer: true}, true},
		"an admin does not":          {admin, Decide, Relation{}, false},
		"nobody about themselves":    {user, Decide, Relation{Reviewer: true, Own: true}, false},
		"nobody who left":            {gone, Decide, Relation{Reviewer: true}, false},
		"an owner closes":            {user, Close, Relation{Owner: true}, true},
		"a reviewer does not":        {user, Close, Relation{Reviewer: true}, false},
		"an auditor reads all":       {auditor, ReadAll, Relation{}, true},
		"an auditor does not decide": {auditor, Decide, Relation{Reviewer: true}, false},
		"one's own is seen":          {user, Read, Relation{Own: true}, true},
		"others' is not":             {user, Read, Relation{}, false},
		"nobody at all":              {approval.Actor{}, Read, Relation{Own: true}, false},
	} {
		if why := May(x.a, x.v, x.r); (why == "") != x.want {
			t.Errorf("%s: got %q", name, why)
		}
	}
}

package rules

import (
	"errors"
	"slices"
	"testing"

	"github.com/RoaringBitmap/roaring/v2"
	"go.yaml.in/yaml/v3"
	"pgregory.net/rapid"

	"birthright/identity"
	"birthright/internal/strictyaml"
	"birthright/rules/population"
)

// TestQuestionsAreAnsweredAsRules holds a question against a rule with the same
// condition that gives a prehire group, about everybody.
func TestQuestionsAreAnsweredAsRules(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		condition := rapid.SampledFrom(more).Draw(t, "condition")
		if rapid.Bool().Draw(t, "plain") {
			condition = drawCondition(t, 2).text
		}
		e := randomEngine(t, "groups: [{name: hit, prehire: true}]\nrules:\n  - name: asked\n    groups: [hit]\n    when: |\n      "+condition)
		q, err := CompileCondition(condition)
		if err != nil {
			t.Fatal(err)
		}
		users, facts := drawCrowd(t)
		w := World{At: noon, Facts: facts}
		got := q.Matches(populate(q.Engine().Readings(), users), w, nil)
		for _, u := range users {
			if want := len(e.Memberships(u, w)) > 0; got.Contains(uint32(u.N)) != want {
				t.Fatalf("a rule says %v of %+v: %s", want, u, condition)
			}
		}
	})
}

func TestConditionAtTellsWhere(t *testing.T) {
	data := []byte("a:\n  where: >-\n    user.team == \"x\" &&\n    user.tem == \"y\"\n")
	var node yaml.Node
	if err := yaml.Unmarshal(data, &node); err != nil {
		t.Fatal(err)
	}
	_, err := ConditionAt("f.yaml", data, node.Content[0].Content[1].Content[1])
	var faults strictyaml.Faults
	if !errors.As(err, &faults) || len(faults) != 1 || faults[0].Line != 4 || faults[0].Column != 5 || identity.KindOf(err) != identity.Invalid {
		t.Errorf("%v", err)
	}
	if _, err := CompileCondition(`user.team`); err == nil {
		t.Error("a text is taken for yes or no")
	}
}

func TestQuestionAsksForGroups(t *testing.T) {
	q, err := CompileCondition(`inGroup("g") && !oncall("s")`)
	if err != nil {
		t.Fatal(err)
	}
	pop := population.New(q.Engine().Readings())
	for n := range int64(6) {
		u := identity.User{N: n, State: []identity.State{identity.Active, identity.Staged, identity.Left}[n%3]}
		pop.Put(&u)
	}
	facts := crowdFacts{onCall: map[int64]string{3: "s"}, over: noon.AddDate(0, 0, 1)}
	got := q.Matches(pop, World{At: noon, Facts: facts}, func(string) *roaring.Bitmap { return roaring.BitmapOf(0, 1, 2, 3) })
	if !slices.Equal(got.ToArray(), []uint32{0, 1}) {
		t.Errorf("%v", got)
	}
	if got := q.Matches(pop, World{}, nil); !got.IsEmpty() {
		t.Errorf("nobody is in the group, and yet %v", got)
	}
}

package reconcile

import (
	"fmt"
	"testing"

	"birthright/identity"
	"birthright/plan"
	"birthright/targets"
	model "birthright/targets/memory"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// oneByOne is a target whose groups are one value each.
type oneByOne struct{ *model.Target }

func (oneByOne) SerialKey(op targets.Op) string { return op.Entitlement.ID }

// additions are changes for groups by name: "aab" is two for a and one for b.
func additions(groups string) []plan.Change {
	out := make([]plan.Change, len(groups))
	for i, g := range groups {
		out[i] = plan.Change{ID: fmt.Sprintf("%03d", i), Entitlement: identity.Entitlement{Target: "t", Kind: "group", ID: string(g)}}
	}
	return out
}

func groupsOf(batch []plan.Change) (text string) {
	for _, c := range batch {
		text += c.Entitlement.ID
	}
	return text
}

func TestBatchesKeepWhatBelongsTogether(t *testing.T) {
	for _, c := range []struct {
		changes string
		size    int
		want    []string
	}{
		{"aabbcc", 2, []string{"aa", "bb", "cc"}},
		{"abab", 2, []string{"aa", "bb"}},
		{"aaaaab", 2, []string{"aa", "aa", "ab"}},
		{"aabbb", 4, []string{"aa", "bbb"}},
		{"aabbcdd", 5, []string{"aabbc", "dd"}},
		{"aaaa", 10, []string{"aaaa"}},
		{"", 10, nil},
	} {
		w := newWaves(oneByOne{model.New("t")}, additions(c.changes))
		var got []string
		for {
			batch, done := w.take(c.size)
			if len(batch) == 0 {
				break
			}
			got = append(got, groupsOf(batch))
			done()
		}
		if d := cmp.Diff(c.want, got); d != "" {
			t.Errorf("%s by %d (-want +got):\n%s", c.changes, c.size, d)
		}
	}
}

func TestLanesDoNotMeet(t *testing.T) {
	w := newWaves(oneByOne{model.New("t")}, additions("aaaabcc"))
	first, done := w.take(2)
	second, _ := w.take(2)
	third, _ := w.take(2)
	if got := groupsOf(first) + " " + groupsOf(second) + " " + groupsOf(third); got != "aa b cc" {
		t.Errorf("three lanes get %s", got)
	}
	if fourth, _ := w.take(2); len(fourth) != 0 {
		t.Errorf("a fourth lane gets %s, while the others of a are under way", groupsOf(fourth))
	}
	done()
	if again, _ := w.take(2); groupsOf(again) != "aa" {
		t.Errorf("after that: %s", groupsOf(again))
	}
	free := newWaves(model.New("t"), additions("abab"))
	one, _ := free.take(2)
	two, _ := free.take(2)
	if got := groupsOf(one) + groupsOf(two); got != "abab" {
		t.Errorf("where any may go with any: %s", got)
	}
}

// Nothing is lost, doubled or put out of its order, and no key is in two lanes at once.
func TestWavesHoldWhatTheyPromise(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		changes := additions(rapid.StringMatching(`[a-e]{0,40}`).Draw(t, "changes"))
		w := newWaves(oneByOne{model.New("t")}, changes)
		last, seen, inLane := map[string]string{}, map[string]bool{}, map[string]int{}
		done := make([]func(), 3)
		idle := 0
		for len(seen) < len(changes) {
			lane := rapid.IntRange(0, len(done)-1).Draw(t, "lane")
			if done[lane] != nil {
				done[lane]()
				for group, l := range inLane {
					if l == lane {
						delete(inLane, group)
					}
				}
			}
			batch, release := w.take(rapid.IntRange(1, 9).Draw(t, "size"))
			done[lane] = release
			if len(batch) == 0 {
				if idle++; idle > 1000 {
					t.Fatal("nothing is handed out any more")
				}
			}
			for _, c := range batch {
				group := c.Entitlement.ID
				if other, there := inLane[group]; there && other != lane {
					t.Fatalf("%s is in two lanes", group)
				}
				inLane[group] = lane
				if seen[c.ID] || last[group] > c.ID {
					t.Fatalf("change %s of %s comes again, or after a later one", c.ID, group)
				}
				seen[c.ID], last[group] = true, c.ID
			}
		}
	})
}

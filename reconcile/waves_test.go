package reconcile

import (
	"fmt"
	"strings"
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
		out[i] = plan.Change{ID: fmt.Sprint(i), Entitlement: identity.Entitlement{Target: "t", Kind: "group", ID: string(g)}}
	}
	return out
}

func drawn(wave [][]plan.Change) string {
	var parts []string
	for _, batch := range wave {
		text := ""
		for _, c := range batch {
			text += c.Entitlement.ID
		}
		parts = append(parts, text)
	}
	return strings.Join(parts, " ")
}

func TestWaves(t *testing.T) {
	for _, c := range []struct {
		changes     string
		size, lanes int
		want        []string
	}{
		{"aabbcc", 2, 2, []string{"aa bb", "cc"}},
		{"abab", 2, 2, []string{"aa bb"}},
		{"aaaaab", 2, 3, []string{"aa b", "aa", "a"}},
		{"aabbb", 4, 1, []string{"aa", "bbb"}},
		{"aabbcdd", 5, 1, []string{"aabbc", "dd"}},
		{"aaaa", 10, 4, []string{"aaaa"}},
		{"", 10, 4, nil},
	} {
		w := newWaves(oneByOne{model.New("t")}, additions(c.changes))
		var got []string
		for len(w.left) > 0 {
			got = append(got, drawn(w.next(c.size, c.lanes)))
		}
		if d := cmp.Diff(c.want, got); d != "" {
			t.Errorf("%s by %d in %d lanes (-want +got):\n%s", c.changes, c.size, c.lanes, d)
		}
	}
	w := newWaves(model.New("t"), additions("abab"))
	if got := drawn(w.next(2, 2)); got != "ab ab" {
		t.Errorf("where any may go with any: %s", got)
	}
}

// Nothing is lost, doubled or put out of its order, and no key is in two batches of a
// wave.
func TestWavesHoldWhatTheyPromise(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		changes := additions(rapid.StringMatching(`[a-e]{0,40}`).Draw(t, "changes"))
		w := newWaves(oneByOne{model.New("t")}, changes)
		last, seen := map[string]string{}, map[string]bool{}
		for len(w.left) > 0 {
			inWave := map[string]int{}
			wave := w.next(rapid.IntRange(1, 9).Draw(t, "size"), rapid.IntRange(1, 4).Draw(t, "lanes"))
			for b, batch := range wave {
				for _, c := range batch {
					group := c.Entitlement.ID
					if other, there := inWave[group]; there && other != b {
						t.Fatalf("%s is in two batches of a wave", group)
					}
					inWave[group] = b
					if seen[c.ID] || len(last[group]) > len(c.ID) || len(last[group]) == len(c.ID) && last[group] > c.ID {
						t.Fatalf("change %s of %s comes again, or after a later one", c.ID, group)
					}
					seen[c.ID], last[group] = true, c.ID
				}
			}
		}
		if len(seen) != len(changes) {
			t.Fatalf("%d of %d changes went out", len(seen), len(changes))
		}
	})
}

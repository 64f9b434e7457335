package rules

import (
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"birthright/identity"
)

var _ Facts = (*Timeline)(nil)

// minute is an instant of these tests.
func minute(n int) time.Time { return time.Date(2026, 11, 23, 12, n, 0, 0, time.UTC) }

func shiftOf(userN int64, start, end int) identity.Fact {
	f := identity.Fact{Source: "pager", Kind: identity.FactShift, Name: "primary", UserN: userN, Start: minute(start)}
	if end >= 0 {
		f.End = minute(end)
	}
	return f
}

func TestTimelineAnswers(t *testing.T) {
	t.Parallel()
	reads := map[string]Read{"pager": {At: minute(0), MaxAge: 15 * time.Minute}}
	ticket := identity.Fact{Source: "pager", Kind: identity.FactTicket, Name: "primary", UserN: 1, Start: minute(0), End: minute(50)}
	elsewhere := shiftOf(1, 0, 50)
	elsewhere.Source = "gone"
	secondary := shiftOf(1, 0, 50)
	secondary.Name = "Primary"
	for name, c := range map[string]struct {
		facts []identity.Fact
		yes   []int // minutes at which user 1 is on call
		no    []int
	}{
		"nothing is known":                 {nil, nil, []int{0, 10}},
		"from the start, not at the end":   {[]identity.Fact{shiftOf(1, 5, 10)}, []int{5, 9}, []int{4, 10}},
		"without an end":                   {[]identity.Fact{shiftOf(1, 5, -1)}, []int{5, 5000}, []int{4}},
		"always":                           {[]identity.Fact{{Source: "pager", Kind: identity.FactShift, Name: "primary", UserN: 1}}, []int{-500, 500}, nil},
		"begun while fresh, it goes on":    {[]identity.Fact{shiftOf(1, 15, 900)}, []int{15, 899}, []int{14, 900}},
		"begun when stale, it opens not":   {[]identity.Fact{shiftOf(1, 16, 900)}, nil, []int{16, 500}},
		"shifts in a row":                  {[]identity.Fact{shiftOf(1, 5, 8), shiftOf(1, 8, 10)}, []int{5, 7, 8, 9}, []int{4, 10}},
		"a long shift around a short one":  {[]identity.Fact{shiftOf(1, 0, 14), shiftOf(1, 2, 3)}, []int{2, 3, 13}, []int{14}},
		"another's shift":                  {[]identity.Fact{shiftOf(2, 5, 10)}, nil, []int{5}},
		"nobody's shift":                   {[]identity.Fact{shiftOf(0, 5, 10)}, nil, []int{5}},
		"a ticket is no shift":             {[]identity.Fact{ticket}, nil, []int{5}},
		"names are compared exactly":       {[]identity.Fact{secondary}, nil, []int{5}},
		"a source that is not there":       {[]identity.Fact{elsewhere}, nil, []int{5}},
		"an end before its start is never": {[]identity.Fact{shiftOf(1, 9, 9), shiftOf(1, 9, 5)}, nil, []int{5, 8, 9}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			line := NewTimeline(c.facts, reads)
			for _, m := range c.yes {
				if !line.OnCall(identity.User{N: 1}, "primary", minute(m)) {
					t.Errorf("not on call at minute %d", m)
				}
			}
			for _, m := range c.no {
				if line.OnCall(identity.User{N: 1}, "primary", minute(m)) {
					t.Errorf("on call at minute %d", m)
				}
			}
		})
	}
	if !NewTimeline([]identity.Fact{ticket}, reads).HasTicket(identity.User{N: 1}, "primary", minute(1)) {
		t.Error("the ticket is not seen")
	}
}

func TestTimelineTurns(t *testing.T) {
	t.Parallel()
	line := NewTimeline([]identity.Fact{shiftOf(7, 2, 5), shiftOf(7, 5, 9), shiftOf(3, 1, -1), shiftOf(0, 1, 2)},
		map[string]Read{"pager": {At: minute(0), MaxAge: time.Hour}})
	if diff := cmp.Diff([]int64{3, 7}, line.Concerned()); diff != "" {
		t.Error(diff)
	}
	for after, want := range map[int]time.Time{-10: minute(2), 1: minute(2), 2: minute(9), 5: minute(9), 8: minute(9), 9: {}} {
		if got := line.NextTurn(identity.User{N: 7}, minute(after)); !got.Equal(want) {
			t.Errorf("after minute %d: %v, want %v", after, got, want)
		}
	}
	if got := line.NextTurn(identity.User{N: 3}, minute(1)); !got.IsZero() {
		t.Errorf("what has no end turns at %v", got)
	}
	if line.ReportsTo(identity.User{N: 3}, "ada") {
		t.Error("a timeline knows managers")
	}
}

// The answers are those of looking at every fact, and turn at no other time than
// NextTurn says.
func TestTimelineIsWhatItsFactsSay(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		var facts []identity.Fact
		for range rapid.IntRange(0, 12).Draw(t, "facts") {
			f := shiftOf(rapid.Int64Range(0, 2).Draw(t, "user"), rapid.IntRange(0, 20).Draw(t, "start"), rapid.IntRange(-1, 24).Draw(t, "end"))
			f.Source = rapid.SampledFrom([]string{"pager", "other", "gone"}).Draw(t, "source")
			f.Kind = rapid.SampledFrom([]string{identity.FactShift, identity.FactTicket}).Draw(t, "kind")
			facts = append(facts, f)
		}
		reads := map[string]Read{"pager": {minute(5), 5 * time.Minute}, "other": {minute(0), 2 * time.Minute}}
		user := identity.User{N: 1}
		line := NewTimeline(slices.Clone(facts), reads)
		naive := func(kind string, at time.Time) bool {
			return slices.ContainsFunc(facts, func(f identity.Fact) bool {
				read, known := reads[f.Source]
				return known && f.UserN == 1 && f.Kind == kind && f.Begun(at) && !f.Over(at) && read.Opens(f.Start)
			})
		}
		type answers struct{ shift, ticket bool }
		at := func(m int) answers {
			return answers{line.OnCall(user, "primary", minute(m)), line.HasTicket(user, "primary", minute(m))}
		}
		for m := range 30 {
			if want := (answers{naive(identity.FactShift, minute(m)), naive(identity.FactTicket, minute(m))}); at(m) != want {
				t.Fatalf("minute %d: %+v, want %+v", m, at(m), want)
			}
			if turn := line.NextTurn(user, minute(m)); at(m) != at(m+1) && !turn.Equal(minute(m+1)) {
				t.Fatalf("the answer turns at minute %d, foretold is %v", m+1, turn)
			}
		}
	})
}

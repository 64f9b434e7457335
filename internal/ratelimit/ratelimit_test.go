package ratelimit

import (
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// Whoever keeps to the bucket sends no more in any window than the limit, and
// nearly as much.
func TestNoWindowHoldsMoreThanTheLimit(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		limit := Limit{Tokens: rapid.IntRange(20, 5000).Draw(t, "tokens"), Per: time.Duration(rapid.IntRange(1, 3600).Draw(t, "seconds")) * time.Second}
		now := time.Unix(0, 0)
		b := newBucket(limit, func() time.Time { return now }, sleep)
		var sent []time.Time
		for now.Before(time.Unix(0, 0).Add(4 * limit.Per)) {
			at := b.Take(1, rapid.Bool().Draw(t, "removes"))
			if at.IsZero() {
				sent = append(sent, now)
				continue
			}
			if !at.After(now) {
				t.Fatalf("told to come back at %v, which is not ahead of %v", at, now)
			}
			now = at
			if len(sent) > 4*limit.Tokens {
				break
			}
		}
		for i := range sent {
			if j := i + limit.Tokens; j < len(sent) && sent[j].Sub(sent[i]) < limit.Per {
				t.Fatalf("%d requests within %v", limit.Tokens+1, sent[j].Sub(sent[i]))
			}
		}
		used := float64(len(sent)) / (float64(limit.Tokens) * now.Sub(time.Unix(0, 0)).Seconds() / limit.Per.Seconds())
		if used < 0.92 {
			t.Fatalf("only %.0f %% of the budget was used", used*100)
		}
	})
}

func TestRemovalsTakeWhatOthersLeave(t *testing.T) {
	now := time.Unix(1000, 0)
	b := newBucket(Limit{Tokens: 400, Per: time.Minute}, func() time.Time { return now }, sleep)
	others := 0
	for b.Take(1, false).IsZero() {
		others++
	}
	removals := 0
	for b.Take(1, true).IsZero() {
		removals++
	}
	if others != 15 || removals != 5 {
		t.Errorf("of a burst of 20, %d others and %d removals", others, removals)
	}
}

func TestAWaitingRemovalGoesFirst(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBucket(Limit{Tokens: 60, Per: time.Minute}, time.Now, sleep)
		for b.Take(1, true).IsZero() {
		}
		order := make(chan string, 2)
		for _, who := range []string{"other", "removal"} {
			go func() {
				if at, err := b.Wait(t.Context(), 1, who == "removal", time.Hour); !at.IsZero() || err != nil {
					t.Errorf("%s: %v, %v", who, at, err)
				}
				order <- who
			}()
			synctest.Wait()
		}
		if first := <-order; first != "removal" {
			t.Errorf("%s went first", first)
		}
		<-order
	})
}

func TestWhatTheSystemSaysStands(t *testing.T) {
	now := time.Unix(1000, 0)
	b := newBucket(Limit{Tokens: 100, Per: time.Minute}, func() time.Time { return now }, sleep)
	reset := now.Add(40 * time.Second)
	b.Observe(Reading{Limit: 100, Remaining: 3, Reset: reset})
	if at := b.Take(1, false); !at.Equal(reset) {
		t.Errorf("others come back at %v, want the reset", at)
	}
	if at := b.Take(1, true); !at.IsZero() {
		t.Errorf("a removal waits until %v for what is left", at)
	}
	b.Observe(Reading{Remaining: 0, Reset: reset})
	if at := b.Take(1, true); !at.Equal(reset) {
		t.Errorf("a removal comes back at %v although nothing is left", at)
	}
	b.Close(reset.Add(time.Second))
	now = reset
	if at := b.Take(1, true); !at.Equal(reset.Add(time.Second)) {
		t.Errorf("the system said to wait; come back at %v", at)
	}
}

func TestADearRequestLeavesADebt(t *testing.T) {
	now := time.Unix(1000, 0)
	b := newBucket(Limit{Tokens: 20, Per: 20 * time.Second}, func() time.Time { return now }, sleep)
	if at := b.Take(5, true); !at.IsZero() {
		t.Fatal("never goes out")
	}
	if at := b.Take(1, true); at.Sub(now) < 4*time.Second {
		t.Errorf("the next one already after %v", at.Sub(now))
	}
}

func TestHeaders(t *testing.T) {
	now := time.Date(2026, 11, 30, 12, 0, 0, 0, time.UTC)
	in := now.Add(30 * time.Second)
	for name, c := range map[string]struct {
		header http.Header
		want   Reading
		ok     bool
	}{
		"GitHub":      {http.Header{"X-Ratelimit-Limit": {"5000"}, "X-Ratelimit-Remaining": {"12"}, "X-Ratelimit-Reset": {"1796040030"}}, Reading{5000, 12, in}, true},
		"Okta":        {http.Header{"X-Rate-Limit-Limit": {"600"}, "X-Rate-Limit-Remaining": {"0"}, "X-Rate-Limit-Reset": {"1796040030"}}, Reading{600, 0, in}, true},
		"the draft":   {http.Header{"Ratelimit-Remaining": {"7"}, "Ratelimit-Reset": {"30"}}, Reading{0, 7, in}, true},
		"a date":      {http.Header{"X-Ratelimit-Remaining": {"7"}, "X-Ratelimit-Reset": {"2026-11-30T12:00:30Z"}}, Reading{0, 7, in}, true},
		"no reset":    {http.Header{"X-Ratelimit-Remaining": {"7"}}, Reading{}, false},
		"nonsense":    {http.Header{"X-Ratelimit-Remaining": {"lots"}, "X-Ratelimit-Reset": {"1"}}, Reading{}, false},
		"far too far": {http.Header{"X-Ratelimit-Remaining": {"7"}, "X-Ratelimit-Reset": {"2099-01-01T00:00:00Z"}}, Reading{}, false},
		"nothing":     {http.Header{}, Reading{}, false},
	} {
		got, ok := FromHeaders(c.header, now)
		if ok != c.ok || ok && (!got.Reset.Equal(c.want.Reset) || cmp.Diff(c.want.Remaining, got.Remaining) != "" || got.Limit != c.want.Limit) {
			t.Errorf("%s: %v %v, want %v %v", name, got, ok, c.want, c.ok)
		}
	}
}

func TestBudgetsAreShared(t *testing.T) {
	b := New(time.Now)
	l := Limit{Scope: "writes", Tokens: 10, Per: time.Minute}
	first, again := b.Bucket("a", l), b.Bucket("a", l)
	if first != again || first == b.Bucket("b", l) || first == b.Bucket("a", Limit{Tokens: 1, Per: 1}) {
		t.Error("a bucket belongs to a credential and a scope")
	}
}

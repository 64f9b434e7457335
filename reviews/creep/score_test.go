package creep

import (
	"testing"
	"time"

	"pgregory.net/rapid"
)

func TestScoreByHand(t *testing.T) {
	for name, c := range map[string]struct {
		parts
		want int
	}{
		"nothing speaks against it": {parts{risk: weightLow}, 10},
		"nothing is known":          {parts{weightUnsaid, 0, unknown, unknown}, 40},
		"the worst":                 {parts{weightCritical, whole, whole, whole}, 400},
		"rounded down":              {parts{weightLow, 333, 333, 333}, 19},
	} {
		if got := c.score(); got != c.want {
			t.Errorf("%s: %d, want %d", name, got, c.want)
		}
	}
}

// More risk, age, disuse or distance never scores less; what is not known scores
// between the least and the most.
func TestScoreIsMonotone(t *testing.T) {
	risks := []string{"low", "", "medium", "high", "critical"}
	at := time.Date(2026, 11, 30, 0, 0, 0, 0, time.UTC)
	rapid.Check(t, func(t *rapid.T) {
		span := func(label string) time.Duration {
			return time.Duration(rapid.Int64Range(0, 800*24*60).Draw(t, label)) * time.Minute
		}
		more := func(a time.Duration, label string) time.Duration { return a + span(label) }
		risk := rapid.IntRange(0, 4).Draw(t, "risk")
		age, unused := span("age"), span("unused")
		people := rapid.IntRange(1, 50).Draw(t, "people")
		holding := rapid.IntRange(0, people).Draw(t, "holding")
		score := func(risk int, age time.Duration, u Use, p Peers) int {
			return parts{weightOf(risks[risk]), portion(age, fullAge), disuse(u, at), p.distance()}.score()
		}
		used := func(d time.Duration) Use { return Use{Known: true, Last: at.Add(-d)} }
		peers := Peers{People: people, Holding: holding}
		base := score(risk, age, used(unused), peers)
		for what, higher := range map[string]int{
			"risk":     score(rapid.IntRange(risk, 4).Draw(t, "more risk"), age, used(unused), peers),
			"age":      score(risk, more(age, "more age"), used(unused), peers),
			"disuse":   score(risk, age, used(more(unused, "more disuse")), peers),
			"never":    score(risk, age, Use{Known: true}, peers),
			"distance": score(risk, age, used(unused), Peers{People: people, Holding: rapid.IntRange(0, holding).Draw(t, "fewer hold it")}),
		} {
			if higher < base {
				t.Fatalf("more %s: %d after %d", what, higher, base)
			}
		}
		if u := score(risk, age, Use{}, peers); u < score(risk, age, used(0), peers) || u > score(risk, age, Use{Known: true}, peers) {
			t.Fatalf("unknown use: %d", u)
		}
		if d := score(risk, age, used(unused), Peers{}); d < score(risk, age, used(unused), Peers{People: 1, Holding: 1}) || d > score(risk, age, used(unused), Peers{People: 1}) {
			t.Fatalf("unknown peers: %d", d)
		}
	})
}

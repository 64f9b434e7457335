package creep

import "time"

// Formula is how an entry is scored, for the reader.
const Formula = "score = risk × (1 + age + disuse + distance), rounded down; " +
	"risk: low 10, not said 20, medium 30, high 60, critical 100; " +
	"age: days since first seen ÷ 365, at most 1; " +
	"disuse: days since last use ÷ 180, at most 1, never used 1, unknown 0.5; " +
	"distance: 1 − share of peers who hold it, unknown 0.5; " +
	"a person's score is the sum of the entries"

// The constants of the formula; shares are in thousandths, so that the arithmetic is
// that of whole numbers and the same on every machine.
const (
	whole   = 1000
	unknown = whole / 2

	fullAge    = 365 * 24 * time.Hour
	fullDisuse = 180 * 24 * time.Hour

	weightLow      = 10
	weightUnsaid   = 20
	weightMedium   = 30
	weightHigh     = 60
	weightCritical = 100
)

// weightOf is what a risk counts. One that nobody stated counts for more than one
// that somebody looked at and called low.
func weightOf(risk string) int {
	switch risk {
	case "low":
		return weightLow
	case "medium":
		return weightMedium
	case "high":
		return weightHigh
	case "critical":
		return weightCritical
	}
	return weightUnsaid
}

// parts are what one entry counts, in thousandths but for risk.
type parts struct{ risk, age, disuse, distance int }

func (p parts) score() int { return p.risk * (whole + p.age + p.disuse + p.distance) / whole }

// portion is how much of a full time has passed, in thousandths.
func portion(passed, full time.Duration) int {
	return int(int64(min(max(passed, 0), full)/time.Second) * whole / int64(full/time.Second))
}

// disuse is how long something lies unused.
func disuse(u Use, at time.Time) int {
	switch {
	case !u.Known:
		return unknown
	case u.Last.IsZero():
		return whole
	}
	return portion(at.Sub(u.Last), fullDisuse)
}

// distance is how far somebody is from peers: 0 where all of them hold it.
func (p Peers) distance() int {
	if p.People == 0 {
		return unknown
	}
	return whole - whole*p.Holding/p.People
}

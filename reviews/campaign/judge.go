package campaign

import (
	"time"

	"birthright/reviews"
)

// Verdict is what the decisions on an item come to.
type Verdict struct {
	// Outcome is keep, revoke or shorten; "" while it waits in Stage.
	Outcome string
	Stage   int
	// Last is what settled it.
	Last reviews.Decision
	// Duration is what a grant is given for.
	Duration time.Duration
}

// Judge says what decisions come to, in the order in which they were given. The last
// word of a stage counts. Every stage must keep for it to stay; whoever takes it away
// ends it, in whatever stage.
func Judge(stages int, decisions []reviews.Decision) Verdict {
	last := map[int]reviews.Decision{}
	for _, d := range decisions {
		switch d.What {
		case reviews.Kept, reviews.Revoked, reviews.Shortened:
			last[d.Stage] = d
		}
	}
	v := Verdict{}
	for stage := range stages {
		d, decided := last[stage]
		v.Stage = stage
		if !decided {
			return v
		}
		v.Last = d
		if d.What != reviews.Kept {
			v.Outcome, v.Duration = d.What, d.Duration
			return v
		}
	}
	v.Outcome = reviews.Kept
	return v
}

// AtEnd is what becomes of an item that nobody decided on.
func AtEnd(end string) (outcome, reason string) {
	switch end {
	case reviews.EndRevoke:
		return reviews.Revoked, "nobody decided on it before the campaign closed"
	case reviews.EndFreeze:
		return reviews.Frozen, "nobody decided on it before the campaign closed: it is asked about again"
	}
	return reviews.Kept, "nobody decided on it before the campaign closed"
}

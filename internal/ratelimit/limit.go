package ratelimit

import (
	"fmt"
	"time"
)

// Limit is a budget as a vendor states it: so many tokens in any window of a length.
type Limit struct {
	// Scope names what shares the budget: "" is everything sent with a credential.
	Scope string `yaml:"scope"`
	// Tokens is how many there are in a window. A request costs one unless the
	// system weighs them.
	Tokens int `yaml:"tokens"`
	// Per is the length of the window.
	Per time.Duration `yaml:"per"`
}

// Validate says what is wrong with a limit that somebody wrote.
func (l Limit) Validate() error {
	switch {
	case l.Tokens <= 0:
		return fmt.Errorf("tokens: %d: at least one request must be possible", l.Tokens)
	case l.Per <= 0:
		return fmt.Errorf("per: %s: how long the window is, for example 1m", l.Per)
	}
	return nil
}

// share of a window's tokens that may go out in one burst. In a window as long as
// Per at most burst + rate × Per go out, so that the steady rate is what remains.
const share = 20

// burst is how many tokens a bucket holds.
func (l Limit) burst() float64 { return max(1, float64(l.Tokens)/share) }

// rate is how many tokens come back in a second.
func (l Limit) rate() float64 {
	return max(float64(l.Tokens)-l.burst(), 0.5) / l.Per.Seconds()
}

// Reading is what an answer says of the budget that it was charged to.
type Reading struct {
	// Limit is the whole budget, 0 where it is not told.
	Limit int
	// Remaining is what is left of it until Reset.
	Remaining int
	Reset     time.Time
}

package rules

import "time"

// NextTurn returns the next instant after one at which the policy's own calendar
// turns: a rule begins or ends, or an exclusion ends. It is the zero time when
// nothing does.
func (e *Engine) NextTurn(after time.Time) time.Time {
	var next time.Time
	note := func(at time.Time) {
		if at.After(after) && (next.IsZero() || at.Before(next)) {
			next = at
		}
	}
	for i := range e.policy.Rules {
		note(e.policy.Rules[i].ValidFrom)
		note(e.policy.Rules[i].ValidUntil)
	}
	for i := range e.policy.Exclusions {
		note(e.policy.Exclusions[i].Until)
	}
	return next
}

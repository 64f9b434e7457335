package reconcile

import (
	"cmp"
	"slices"
	"time"

	"birthright/plan"
	"birthright/store"
	"birthright/targets"
)

// How long until something that failed is tried again: twice as long each
// time, up to a cap. There is no last attempt: access that must go is tried
// every minute until it is gone.
const (
	firstRetry      = time.Second
	longestRemoval  = time.Minute
	longestAddition = 15 * time.Minute
)

// retryAfter returns the pause before attempt number n+1, n counting from 1.
func retryAfter(n int, removal bool) time.Duration {
	longest := longestAddition
	if removal {
		longest = longestRemoval
	}
	pause := firstRetry << min(n-1, 20)
	return min(pause, longest)
}

// retryTime returns when a change is tried again: when the target asked for it,
// but within the longest pause whatever it asked for, or after the first pause.
// What the target refused waits longer, since asking again seldom helps.
func (a *applier) retryTime(c plan.Change, v verdict) time.Time {
	now := a.Now()
	switch {
	case v.result.Outcome == targets.Refused:
		return now.Add(longestAddition)
	case v.result.RetryAt.After(now.Add(longestAddition)):
		return now.Add(longestAddition)
	case !v.result.RetryAt.IsZero():
		return v.result.RetryAt
	}
	return now.Add(retryAfter(1, c.Action.Removes()))
}

// retries returns the work that the run leaves, one row a user.
func (a *applier) retries() []store.Work {
	byUser := map[int64]store.Work{}
	for _, w := range a.owed {
		if had, ok := byUser[w.UserN]; ok {
			w.Removal = w.Removal || had.Removal
			w.LastError = cmp.Or(had.LastError, w.LastError)
			if had.DueAt.Before(w.DueAt) {
				w.DueAt = had.DueAt
			}
		}
		byUser[w.UserN] = w
	}
	work := make([]store.Work, 0, len(byUser))
	for _, w := range byUser {
		if w.LastError != "" { // it was tried, and not put off alone
			w.Attempts = 1
		}
		work = append(work, w)
	}
	slices.SortFunc(work, func(a, b store.Work) int { return cmp.Compare(a.UserN, b.UserN) })
	return work
}

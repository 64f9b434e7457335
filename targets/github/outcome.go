package github

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"time"

	"birthright/identity"
	"birthright/internal/httpkit"
	"birthright/targets"
)

// invitationPause is when to come back once GitHub lets no more people be invited:
// the day for which it counts goes by hour after hour.
const invitationPause = time.Hour

// result tells what became of a change; a nil error is Done.
func (t *Target) result(op targets.Op, id int64, err error) targets.Result {
	r := httpkit.Result(op, err)
	f := httpkit.AsFailure(err)
	if f != nil && f.Status == http.StatusUnprocessableEntity && says(f, "rate limit") {
		r = targets.Failed(op, targets.Throttled, identity.Throttled, err)
		r.RetryAt = t.now().Add(invitationPause)
	}
	if id != 0 {
		r.AccountID = accountID(id)
	}
	return r
}

// looked tells what became of an op of which only a look failed: nothing was changed.
func looked(op targets.Op, err error) targets.Result {
	if errors.Is(err, errNobody) || errors.Is(err, errNotThere) {
		return targets.Failed(op, targets.Stale, identity.NotFound, err)
	}
	r := httpkit.Result(op, err)
	if r.Outcome == targets.Unknown || httpkit.AsFailure(err) == nil {
		r.Outcome = targets.Unreachable
	}
	return r
}

// errNotThere is an entitlement that GitHub does not have.
var errNotThere = errors.New("GitHub has no such team or repository, or the token may not see it")

// says reports whether an answer's body has the words.
func says(f *httpkit.Failure, words string) bool {
	return strings.Contains(strings.ToLower(string(f.Body)), words)
}

// notTied reports whether GitHub says that a team is tied to nothing: 404 without
// such a thing, 403 with the words of the one or other.
func notTied(err error) bool {
	f := httpkit.AsFailure(err)
	return missing(err) || f != nil && f.Status == http.StatusForbidden && f.RetryAt.IsZero() && says(f, "not externally managed") ||
		f != nil && f.Status == http.StatusBadRequest && says(f, "not part of an externally managed")
}

// hopeless reports whether the next request would end like this one.
func hopeless(r targets.Result) bool {
	f := httpkit.AsFailure(r.Err)
	switch {
	case r.Outcome.OK() || f == nil:
		return false
	case f.Status == 0:
		return !f.Sent || errors.Is(f, context.DeadlineExceeded) || errors.Is(f, context.Canceled)
	}
	return f.Status == http.StatusUnauthorized || f.Kind() == identity.Throttled
}

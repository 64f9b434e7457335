package google

import (
	"encoding/json"
	"errors"
	"net/http"
	"slices"
	"strings"

	"birthright/identity"
	"birthright/internal/httpkit"
	"birthright/targets"
)

// errNoAccount and errNoEntitlement say that what an op names is not there.
var (
	errNoAccount     = errors.New("no such account")
	errNoEntitlement = errors.New("no such entitlement")
)

// refusal is an answer of Google's that is no success.
type refusal struct {
	Error struct {
		Message string `json:"message"`
		Errors  []struct {
			Reason string `json:"reason"`
		} `json:"errors"`
	} `json:"error"`
}

func parseRefusal(body []byte) (reason, message string) {
	var r refusal
	if json.Unmarshal(body, &r) != nil {
		return "", ""
	}
	if len(r.Error.Errors) > 0 {
		reason = r.Error.Errors[0].Reason
	}
	return reason, r.Error.Message
}

// throttled knows the reasons by which a 403 of Google's means to wait.
func throttled(status int, body []byte) bool {
	if status != http.StatusForbidden {
		return false
	}
	reason, _ := parseRefusal(body)
	return slices.Contains([]string{"userRateLimitExceeded", "rateLimitExceeded", "quotaExceeded"}, reason)
}

// isMissing reports whether the answer says that what the request named is not there.
// A key that cannot be one is refused with 400 in some places and with 404 in others.
func isMissing(err error) bool {
	f := httpkit.AsFailure(err)
	if f == nil {
		return false
	}
	_, message := parseRefusal(f.Body)
	return f.Status == http.StatusNotFound ||
		f.Status == http.StatusBadRequest && (strings.HasSuffix(message, "userKey") || strings.HasSuffix(message, "memberKey") || strings.HasSuffix(message, "groupKey"))
}

func isDuplicate(err error) bool {
	f := httpkit.AsFailure(err)
	return f != nil && f.Status == http.StatusConflict
}

// looked turns the error of a look-up before a write into a result: nothing was
// changed, whatever became of it.
func looked(op targets.Op, err error) targets.Result {
	if errors.Is(err, errNoAccount) || errors.Is(err, errNoEntitlement) {
		return targets.Failed(op, targets.Stale, identity.NotFound, err)
	}
	var known *identity.Error
	if httpkit.AsFailure(err) == nil && errors.As(err, &known) {
		outcome := targets.Refused
		if known.Kind == identity.Unavailable || known.Kind == identity.Incomplete {
			outcome = targets.Unreachable
		}
		return targets.Failed(op, outcome, known.Kind, err)
	}
	r := httpkit.Result(op, err)
	switch r.Outcome {
	case targets.Unknown:
		r.Outcome = targets.Unreachable
	case targets.Stale:
		r.Outcome = targets.Refused // the list itself is not there
	}
	return r
}

func refused(op targets.Op, kind identity.Kind, text string) targets.Result {
	return targets.Failed(op, targets.Refused, kind, errors.New(text))
}

// hopeless reports whether the next request would end like this one: nobody answers,
// or our credentials are no good.
func hopeless(r targets.Result) bool {
	f := httpkit.AsFailure(r.Err)
	return f != nil && r.Outcome != targets.Throttled && (f.Status == 0 && !f.Sent || f.Status == http.StatusUnauthorized)
}

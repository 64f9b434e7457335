package salesforce

import (
	"errors"
	"slices"
	"strings"
	"time"

	"birthright/identity"
	"birthright/internal/httpkit"
	"birthright/targets"
)

// lockWait is when to try again what another transaction holds.
const lockWait = 5 * time.Second

// has reports whether the record failed with one of the codes.
func has(s saved, codes ...string) bool {
	return slices.ContainsFunc(s.Errors, func(f fault) bool { return slices.Contains(codes, f.Code()) })
}

// judge says what became of the op of one record of a user.
func (a *application) judge(i int, s saved) targets.Result {
	op := a.ops[i]
	if *s.Success {
		return targets.Result{Outcome: targets.Done, AccountID: s.ID}
	}
	outcome, kind := targets.Refused, identity.Invalid
	switch {
	case has(s, "UNABLE_TO_LOCK_ROW", "REQUEST_LIMIT_EXCEEDED", "SERVER_UNAVAILABLE"):
		outcome, kind = targets.Throttled, identity.Throttled
	case has(s, "ENTITY_IS_DELETED", "NOT_FOUND", "INVALID_CROSS_REFERENCE_KEY"):
		outcome, kind = targets.Stale, identity.NotFound
	case has(s, "DUPLICATE_VALUE", "DUPLICATE_USERNAME"):
		kind = identity.Conflict
	case has(s, "INSUFFICIENT_ACCESS_OR_READONLY", "INSUFFICIENT_ACCESS_ON_CROSS_REFERENCE_ENTITY", "CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY"):
		kind = identity.Denied
	}
	r := targets.Failed(op, outcome, kind, told(s))
	if outcome == targets.Throttled {
		r.RetryAt = a.t.now().Add(lockWait)
	}
	return r
}

// told is what Salesforce says, in its words and ours.
func told(s saved) error {
	var out []string
	for _, f := range s.Errors {
		text := f.Code() + ": " + f.Message
		if len(f.Fields) > 0 {
			text += " (" + strings.Join(f.Fields, ", ") + ")"
		}
		if f.Code() == "LICENSE_LIMIT_EXCEEDED" {
			text += ": buy licences, or have users disabled who need none"
		}
		out = append(out, text)
	}
	if len(out) == 0 {
		return errors.New("not saved, and nothing is said why")
	}
	return errors.New(clip(strings.Join(out, "; ")))
}

// clip keeps a foreign message short.
func clip(s string) string {
	const most = 400
	if len(s) <= most {
		return s
	}
	return strings.ToValidUTF8(s[:most], "") + "…"
}

// failure returns the HTTP failure behind err, nil if there is none.
func failure(err error) *httpkit.Failure { return httpkit.AsFailure(err) }

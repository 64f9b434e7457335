package handoff

import (
	"cmp"
	"errors"
	"fmt"
	"time"

	"birthright/identity"
	"birthright/internal/peertext"
	"birthright/targets"
)

// longestWait bounds what a receiver may ask for, longestDetail what is repeated of
// what it says.
const (
	longestWait   = time.Hour
	longestDetail = 300
)

// Answer is what became of one op. Status is where a pending one can be asked about.
type Answer struct {
	targets.Result
	Status string
}

// Answered makes an answer of what the receiver said. What is not an answer to this
// op leaves its fate unknown.
func Answered(op targets.Op, key string, r Result, now time.Time) Answer {
	if r.Version != Version || r.Key != key {
		return Lost(op, fmt.Errorf("the answer is not to this request: version %d, key %q", r.Version, peertext.Clip(r.Key, 60)))
	}
	a := Answer{Status: r.Status}
	a.Outcome, a.AccountID = targets.Outcome(r.Outcome), r.AccountID
	detail := errors.New(cmp.Or(peertext.Clip(r.Detail, longestDetail), "the receiver does not say why"))
	fail := func(outcome targets.Outcome, kind identity.Kind) {
		a.Result = targets.Failed(op, outcome, kind, detail)
		a.AccountID = r.AccountID
	}
	switch r.Outcome {
	case Done, Already:
	case Pending:
		a.Err = &identity.Error{Kind: identity.Unavailable, Op: string(op.Action), Object: op.Object(), Err: errors.New(cmp.Or(peertext.Clip(r.Detail, longestDetail), "accepted, and not true yet"))}
	case Refused:
		fail(targets.Refused, identity.Denied)
	case Conflict:
		fail(targets.Refused, identity.Conflict)
		if op.Action == targets.CreateAccount {
			a.Outcome = targets.Stale
		}
	case Stale:
		fail(targets.Stale, identity.NotFound)
	case Throttled:
		fail(targets.Throttled, identity.Throttled)
		if r.RetryAfter > 0 {
			a.RetryAt = now.Add(min(time.Duration(min(r.RetryAfter, int(longestWait/time.Second)))*time.Second, longestWait))
		}
	case Failed:
		fail(targets.Unknown, identity.Unavailable)
	default:
		return Lost(op, fmt.Errorf("the receiver answers %q, which is no outcome", peertext.Clip(r.Outcome, 40)))
	}
	return a
}

// Lost is the answer where nobody knows.
func Lost(op targets.Op, err error) Answer {
	return Answer{Result: targets.Failed(op, targets.Unknown, identity.Unavailable, err)}
}

// NotSent is the answer where the receiver surely did nothing.
func NotSent(op targets.Op, err error) Answer {
	return Answer{Result: targets.Failed(op, targets.Unreachable, identity.Unavailable, err)}
}

// wrong is the answer to an op that makes no sense here.
func wrong(op targets.Op, err error) Answer {
	return Answer{Result: targets.Failed(op, targets.Refused, identity.Invalid, err)}
}

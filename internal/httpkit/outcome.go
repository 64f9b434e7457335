package httpkit

import (
	"net/http"

	"birthright/identity"
	"birthright/targets"
)

// Result turns the error of a write into the result of op: what an adapter
// returns where it knows no better. A nil error is Done.
func Result(op targets.Op, err error) targets.Result {
	if err == nil {
		return targets.Result{Outcome: targets.Done}
	}
	f := AsFailure(err)
	if f == nil {
		return targets.Failed(op, targets.Refused, identity.KindOf(err), err)
	}
	r := targets.Failed(op, f.outcome(), f.Kind(), err)
	r.RetryAt = f.RetryAt
	return r
}

const throttled = targets.Throttled

// outcome says what became of a write that failed so.
func (f *Failure) outcome() targets.Outcome {
	switch {
	case f.Kind() == identity.Throttled:
		return throttled
	case !f.Sent && f.own && f.Kind() == identity.Invalid:
		return targets.Refused // a secret that cannot be had: waiting does not help
	case !f.Sent:
		return targets.Unreachable
	case f.Status == 0, f.Status/100 == 2:
		return targets.Unknown // perhaps done: no answer, or one that cannot be read
	case f.Kind() == identity.NotFound:
		return targets.Stale
	case f.Status == http.StatusPreconditionFailed:
		return targets.Stale
	case f.Kind() == identity.Unavailable, f.Status == http.StatusRequestTimeout:
		return targets.Unknown
	}
	return targets.Refused
}

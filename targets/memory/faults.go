package memory

import (
	"errors"
	"time"

	"birthright/identity"
	"birthright/targets"
)

// Faults is the trouble a target makes. Its functions choose by operation, so
// that a test says what fails and not when; nil functions make none. They are
// called under the target's lock and must not call the target.
type Faults struct {
	// Op is asked before each op.
	Op func(op targets.Op) Fault
	// Read is asked before each page of a read; pages count from 0. Its error
	// ends the read.
	Read func(page int) error
	// PageSize is how many items a page holds; 0 means 1000.
	PageSize int
	// Sessions, if it returns an error, keeps sessions from being ended.
	Sessions func() error
}

// Fault is what becomes of one op instead of the plain thing.
type Fault string

// The faults.
const (
	NoFault    Fault = ""
	Refuse     Fault = "refuse"      // the target says no
	Throttle   Fault = "throttle"    // the target asks to wait a minute
	Unreach    Fault = "unreachable" // the op is not sent
	DropOp     Fault = "drop"        // the op is lost on its way: Unknown, and nothing happened
	LoseReply  Fault = "lose reply"  // the effect happens, its reply is lost: Unknown
	ReportLost Fault = "stale"       // what the op names is said to be gone
)

// throttleEnds is when throttled ops may be tried again; the target has no clock.
var throttleEnds = time.Date(2100, 1, 1, 0, 0, 0, 0, time.UTC)

// SetFaults replaces the trouble that the target makes.
func (t *Target) SetFaults(f Faults) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.faults = f
}

// result returns what a faulty op reports.
func (f Fault) result(op targets.Op) targets.Result {
	fail := func(o targets.Outcome, k identity.Kind, text string) targets.Result {
		return targets.Failed(op, o, k, errors.New(text))
	}
	switch f {
	case Refuse:
		return fail(targets.Refused, identity.Denied, "refused as told")
	case Throttle:
		r := fail(targets.Throttled, identity.Throttled, "throttled as told")
		r.RetryAt = throttleEnds
		return r
	case Unreach:
		return fail(targets.Unreachable, identity.Unavailable, "not reachable, as told")
	case ReportLost:
		return fail(targets.Stale, identity.NotFound, "gone, as told")
	default:
		return fail(targets.Unknown, identity.Unavailable, "the reply was lost, as told")
	}
}

package store

import (
	"time"

	"birthright/identity"
)

// ChangeRow is one step on a target, written before it is tried (the intent)
// and again when its outcome is known: outbox and history in one.
type ChangeRow struct {
	ID, Run, Target      string
	UserN                int64
	User, Action         string
	Account, Entitlement string
	Causes               []identity.Cause
	Ordered              bool // by a person, lifecycle or an end time: guards do not count it
	Outcome, Error       string
	PlannedAt            time.Time
	FinishedAt           time.Time // zero for an open intent
}

// ChangeQuery selects changes, newest first. Empty fields do not filter.
type ChangeQuery struct {
	Target, Run, Action, Outcome string
	UserN                        int64
	Since                        time.Time // planned at or after
	Limit                        int       // 0 for no bound
}

// RunRow is one pass of the sync or an import.
type RunRow struct {
	ID, Target, Kind  string
	Started, Finished time.Time
	Complete          bool
	Counts            map[string]int
	Error             string
}

// RunQuery selects runs, newest first. Empty fields do not filter.
type RunQuery struct {
	Target, Kind string
	Limit        int
}

package store

import (
	"time"

	"birthright/identity"
)

// TargetState is what is remembered of a target between runs.
type TargetState struct {
	N         int64
	Name      string
	Watermark string
	// LastFullAt is the end of the last whole read, LastOKAt of the last pass
	// without an error.
	LastFullAt, LastOKAt time.Time
	LastError            string
}

// EntitlementRow is an entitlement in the registry of addresses.
type EntitlementRow struct {
	N       int64
	Address identity.Entitlement
}

// AccountRow is an account as last seen or made on a target.
type AccountRow struct {
	TargetN, UserN int64
	NativeID, Name string // the target's immutable id and login name
	Active         bool
	Managed        bool // the hub made or adopted it, and may change it
	Attributes     identity.Attributes
}

// AssignmentRow is account × entitlement as remembered.
type AssignmentRow struct {
	TargetN, UserN, EntN int64
	Managed              bool // the hub made or adopted it, and may remove it
	Observed             bool // the last read of the target showed it
}

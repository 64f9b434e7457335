package plan

import "birthright/targets"

// UnmanagedPolicy says what happens to members that the hub did not add.
type UnmanagedPolicy string

// The policies; Report is the default.
const (
	Ignore          UnmanagedPolicy = "ignore"
	ReportUnmanaged UnmanagedPolicy = "report"
	RemoveUnmanaged UnmanagedPolicy = "remove"
)

// LeaverPolicy says what happens to the account of somebody who left.
type LeaverPolicy string

// The policies. Somebody who is only suspended or away is never deleted: their
// account is disabled where the policy is Disable or Delete.
const (
	KeepLeaver    LeaverPolicy = "keep"
	DisableLeaver LeaverPolicy = "disable"
	DeleteLeaver  LeaverPolicy = "delete"
)

// Settings are one target's part of the decision.
type Settings struct {
	Target         string
	Unmanaged      UnmanagedPolicy
	CreateAccounts bool
	Leaver         LeaverPolicy
	Capabilities   targets.Capabilities
}

func (s Settings) unmanaged() UnmanagedPolicy {
	if s.Unmanaged == "" {
		return ReportUnmanaged
	}
	return s.Unmanaged
}

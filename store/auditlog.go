package store

import "time"

// AuditQuery selects records of the log by number. Empty fields do not filter.
type AuditQuery struct {
	Since, Until                time.Time // Since ≤ at < Until
	Actor, Action, Subject, Run string
	AfterSeq                    int64 // with Desc: before it, if not 0
	Limit                       int   // 0 for no bound
	Desc                        bool
}

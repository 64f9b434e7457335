package store

import "time"

// HeldRow is something a guard stopped until a person releases it.
type HeldRow struct {
	ID, Kind                  string // Kind is removal, missing or ambiguous
	Source, Target            string
	UserN, RecordN            int64
	Subject, Action           string
	Entitlement, Reason       string
	Data                      map[string]any // JSON-encodable; numbers come back as json.Number
	Created, ReleasedAt       time.Time
	ReleasedBy, ReleaseReason string
}

// HeldFilter selects held rows, oldest first. Empty fields do not filter.
type HeldFilter struct {
	Kind, Target, Source string
	Open                 bool // only those nobody released
}

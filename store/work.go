package store

import "time"

// Work is a note that a user must be looked at: decided anew (Target "") or
// brought up to date on one target that could not be reached.
type Work struct {
	Target    string
	UserN     int64
	DueAt     time.Time
	Since     time.Time // when the need arose first; zero means now
	Attempts  int
	Removal   bool // access must be taken away: goes first
	LastError string
	// Version is set by ClaimWork and read by FinishWork and PostponeWork.
	Version int64
}

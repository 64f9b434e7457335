package store

import "time"

// GroupRow is a hub group in the registry of names.
type GroupRow struct {
	N       int64
	Name    string
	Rule    string // the rule that made it from a template, "" otherwise
	Members int    // how many memberships there are; only read, never saved
	Created time.Time
}

package store

import "time"

// SourceState is what is remembered of a source between imports.
type SourceState struct {
	Name, Cursor           string
	LastAt, LastCompleteAt time.Time
	Seen                   int
	LastError              string
}

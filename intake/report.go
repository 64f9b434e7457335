package intake

import (
	"log/slog"
	"time"
)

// Report tells what a pull did.
type Report struct {
	Source string
	// Seen is the number of people, or of facts, that the source told of.
	Seen int
	Counts
	// Groups is the number of groups that the source told of; GroupsChanged of
	// those that were added, renamed, deleted or changed members.
	Groups, GroupsChanged int
	// Held lists why something waits for a person: the whole pull, or the
	// first of the records that could not be placed.
	Held []HeldItem
	// Ambiguous is the number of records of this source that wait for a person.
	Ambiguous int
	// Facts is true for a source that tells shifts and tickets instead of people.
	Facts bool
	// Unmatched is the number of people whom facts name and nobody, or several,
	// match; Strangers are the first of them, by name.
	Unmatched int
	Strangers []string
	Duration  time.Duration
}

// HeldItem is one thing that waits for a person.
type HeldItem struct {
	ID, Subject, Reason string
}

// maxHeldItems bounds Report.Held; `held list` shows all.
const maxHeldItems = 100

// wrote reports whether the pull changed anything.
func (r Report) wrote() bool {
	return r.Added+r.Changed+r.Gone+r.GroupsChanged > 0
}

// LogValue gives the figures to a logger.
func (r Report) LogValue() slog.Value {
	return slog.GroupValue(
		slog.String("source", r.Source), slog.Int("seen", r.Seen), slog.Int("added", r.Added), slog.Int("changed", r.Changed),
		slog.Int("gone", r.Gone), slog.Int("groups", r.Groups), slog.Int("held", r.Ambiguous), slog.Int("unmatched", r.Unmatched), slog.Duration("took", r.Duration),
	)
}

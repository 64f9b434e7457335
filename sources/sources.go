// Package sources says what a source of people must do. Each kind of source is
// a folder below; builtin lists them, and sourcetest is the contract as tests.
//
// A source only tells what it sees: it decides nothing, keeps nothing and never
// touches the store. The one promise that everything else rests on:
//
//	Pull → records and groups … → Checkpoint{Complete: true}   the whole truth
//	Pull → records and groups … → error                        no claim at all
//
// A Context tells shifts and tickets instead of people, under the same promise.
//
// Nobody is ever taken for gone because of a pull that did not end complete.
package sources

import (
	"context"
	"log/slog"
	"time"

	"birthright/identity"
)

// Source is a place that can be asked who there is.
type Source interface {
	// Probe checks reach, credentials and rights without reading everything.
	// It returns an error only when it could not find out.
	Probe(ctx context.Context) (Report, error)
	// Pull reads the source and hands each record and group to sink, records
	// before the groups that name them. With a zero since it reads everything;
	// with a cursor of an earlier checkpoint, a source that can may tell only
	// what changed. A sink's error ends the pull and is returned as it is.
	Pull(ctx context.Context, since Cursor, sink Sink) (Checkpoint, error)
}

// Sink receives what a pull finds. The callee owns what it is given.
type Sink interface {
	// Record takes one person. Only Key, Attributes and Payload are set.
	Record(r identity.Record) error
	// Group takes one group with its direct members; those may be groups. Only
	// Key, Name and Payload are set. A member that is no record of this source
	// is left out by the source.
	Group(g identity.SourceGroup, members []identity.MemberRef) error
}

// Cursor is a source's own mark of how far it has told; opaque, "" for the start.
type Cursor string

// Checkpoint ends a pull that went well.
type Checkpoint struct {
	// Complete is true when everything the source has was told, so that what
	// was not told is gone. A pull from a cursor is never complete.
	Complete bool
	// Cursor may be given to the next pull; "" where the source has none.
	Cursor Cursor
	// Seen is the number of records told.
	Seen int
	// Gone lists the keys of records that a pull from a cursor reported as deleted.
	Gone []string
}

// Report is the outcome of a probe, for people.
type Report struct {
	Reachable bool
	// Version is what the peer says it is, "" if it does not say.
	Version string
	// Users and Groups are sizes where they can be had cheaply, else -1.
	Users, Groups int
	// Findings are single sentences on what is wrong or will be: a missing
	// right, a size limit, an unindexed filter.
	Findings []Finding
}

// Finding is one observation of a probe, with what to do about it.
type Finding = identity.Finding

// Mapping says that the source's values From become the hub's attribute To.
// Where several mappings have the same To, the first one that finds values wins.
type Mapping struct {
	To   string `yaml:"to"`
	From string `yaml:"from"`
	// Except drops the values listed, compared without letter case: an ou of
	// "Accounting" and "People" keeps its department with except: [People].
	Except []string `yaml:"except"`
	// Match is a regular expression (RE2): values that it does not match are
	// dropped; with a capturing group, what the group matched becomes the value.
	Match string `yaml:"match"`
}

// Env is what the program gives every source it opens.
type Env struct {
	Name string // the configured name
	Map  []Mapping
	Log  *slog.Logger
	Now  func() time.Time
	// Dir is the folder of the configuration file: relative paths start there.
	Dir string
}

// Config is the typed settings of one kind of source. The configuration is
// decoded into it strictly, so its yaml tags are the keys people write.
type Config interface {
	// Validate returns every fault that can be told without reaching out, each
	// in the words of the file.
	Validate() []error
	// Open makes the source. It must not connect: Probe and Pull do.
	Open(env Env) (Source, error)
}

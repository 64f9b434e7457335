package scim

import (
	"context"
	"time"

	"birthright/identity"
	"birthright/internal/searchdoc"
	"birthright/tokens"
)

// Member is a direct member of a group.
type Member struct {
	ID, Name string
	Group    bool
}

// Learned is an attribute that resources of a source have in an extension, though
// nobody declared it.
type Learned struct {
	Schema, Name string
	Kind         string // string, boolean, decimal, dateTime or complex
	Multi        bool
}

// Directory is what the front door reads. Errors of kind NotFound mean that the
// source has no such thing (any more).
type Directory interface {
	Record(ctx context.Context, source, id string) (identity.Record, error)
	Records(ctx context.Context, source string, q searchdoc.Query) (searchdoc.Page[identity.Record], error)
	// GroupsOf returns the groups that each record is a direct member of.
	GroupsOf(ctx context.Context, source string, recordIDs []string) (map[string][]identity.SourceGroup, error)

	Group(ctx context.Context, source, id string) (identity.SourceGroup, error)
	Groups(ctx context.Context, source string, q searchdoc.Query) (searchdoc.Page[identity.SourceGroup], error)
	// Members returns a group with its direct members, both as they are at one moment.
	Members(ctx context.Context, source, groupID string) (identity.SourceGroup, []Member, error)
	// Refs finds out what ids are: live records or groups of the source. Unknown
	// ones are not in the answer.
	Refs(ctx context.Context, source string, ids []string) (map[string]identity.MemberRef, error)

	// Learned returns what was learned of a source, by schema and name.
	Learned(ctx context.Context, source string) ([]Learned, error)
	// Learn adds to it.
	Learn(ctx context.Context, source string, more []Learned) error
}

// GroupEdit is what a request makes of a group: the group as it shall be, and
// what happens to its direct members.
type GroupEdit struct {
	Group identity.SourceGroup
	// Replace says that Add is the whole new list; otherwise Add and Remove are a
	// difference.
	Replace     bool
	Add, Remove []identity.MemberRef
	// Told, unless it is nil, receives the direct members as the edit leaves them.
	Told *[]Member
}

// Intake is what the front door writes to. What it returned without an error is
// durable. Kinds: NotFound; Conflict for a user or group that the source has already;
// Invalid for a value that cannot be taken; Held for what a guard stopped. An
// error of a callback comes back, possibly wrapped, and nothing was changed.
// Callbacks may be called again.
type Intake interface {
	// Create takes in a new record. Where the source has its userName already,
	// revive may take that record over: it returns what the record becomes, or
	// false to leave it at the conflict.
	Create(ctx context.Context, source string, r identity.Record, revive func(old identity.Record) (identity.Record, bool)) (identity.Record, error)
	Update(ctx context.Context, source, id string, change func(old identity.Record) (identity.Record, error)) (identity.Record, error)
	// Remove asks check first.
	Remove(ctx context.Context, source, id string, check func(old identity.Record) error) error
	// CreateGroup takes in a new group, unless twin says that one of the same name
	// is this one.
	CreateGroup(ctx context.Context, source string, g identity.SourceGroup, members []identity.MemberRef, twin func(other identity.SourceGroup) bool) (identity.SourceGroup, error)
	EditGroup(ctx context.Context, source, id string, edit func(old identity.SourceGroup) (GroupEdit, error)) (identity.SourceGroup, error)
	RemoveGroup(ctx context.Context, source, id string, check func(old identity.SourceGroup) error) error
}

// Tokens is where bearer tokens are kept.
type Tokens interface {
	// Token returns a token by its ID, revoked and expired ones too; kind
	// NotFound where there is none.
	Token(ctx context.Context, id string) (tokens.Token, error)
	// Touch notes that a token was used.
	Touch(ctx context.Context, id string, at time.Time) error
}

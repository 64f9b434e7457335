package scim

import (
	"context"
	"time"

	"birthright/identity"
	"birthright/tokens"
)

// Query selects records or groups of one source, in the order of their numbers.
type Query struct {
	// Attr and Value ask for those whose attribute equals Value, letter case
	// aside where the attribute's schema says so; more may be returned than are
	// equal, never fewer. Attr is "id", userName, externalId or email for
	// records; "id", displayName or "members" (a member's id) for groups; "" for
	// all.
	Attr, Value string
	// AfterN skips numbers up to it, Offset so many of the rest; Limit bounds the
	// answer, 0 for no bound.
	AfterN        int64
	Offset, Limit int
}

// Member is a direct member of a group.
type Member struct {
	ID, Name string
	Group    bool
}

// Directory is what the front door reads. Errors of kind NotFound mean that the
// source has no such thing (any more).
type Directory interface {
	Record(ctx context.Context, source, id string) (identity.Record, error)
	// Records returns what q selects, and how many there are in all.
	Records(ctx context.Context, source string, q Query) (page []identity.Record, total int, err error)
	// GroupsOf returns the groups that each record is a direct member of.
	GroupsOf(ctx context.Context, source string, recordIDs []string) (map[string][]identity.SourceGroup, error)

	Group(ctx context.Context, source, id string) (identity.SourceGroup, error)
	Groups(ctx context.Context, source string, q Query) (page []identity.SourceGroup, total int, err error)
	Members(ctx context.Context, source, groupID string) ([]Member, error)
	// HasMember reports which of memberIDs are direct members of a group.
	HasMember(ctx context.Context, source, groupID string, memberIDs []string) (map[string]bool, error)
	// Refs finds out what ids are: live records or groups of the source. Unknown
	// ones are not in the answer.
	Refs(ctx context.Context, source string, ids []string) (map[string]identity.MemberRef, error)
}

// GroupEdit is what a request makes of a group: the group as it shall be, and
// what happens to its direct members.
type GroupEdit struct {
	Group identity.SourceGroup
	// Replace says that Add is the whole new list; otherwise Add and Remove are a
	// difference.
	Replace     bool
	Add, Remove []identity.MemberRef
}

// Intake is what the front door writes to. What it returned without an error is
// durable. Kinds: NotFound; Conflict for a userName that the source has already;
// Invalid for a value that cannot be taken. An error of a callback comes back,
// possibly wrapped, and nothing was changed. Callbacks may be called again.
type Intake interface {
	Create(ctx context.Context, source string, r identity.Record) (identity.Record, error)
	Update(ctx context.Context, source, id string, change func(old identity.Record) (identity.Record, error)) (identity.Record, error)
	Remove(ctx context.Context, source, id string) error
	CreateGroup(ctx context.Context, source string, g identity.SourceGroup, members []identity.MemberRef) (identity.SourceGroup, error)
	EditGroup(ctx context.Context, source, id string, edit func(old identity.SourceGroup) (GroupEdit, error)) (identity.SourceGroup, error)
	RemoveGroup(ctx context.Context, source, id string) error
}

// Tokens is where bearer tokens are kept.
type Tokens interface {
	// Token returns a token by its ID, revoked and expired ones too; kind
	// NotFound where there is none.
	Token(ctx context.Context, id string) (tokens.Token, error)
	// Touch notes that a token was used.
	Touch(ctx context.Context, id string, at time.Time) error
}

package signin

import (
	"context"
	"crypto/sha256"
	"io"
	"log/slog"
	"time"

	"birthright/audit"
	"birthright/grants/approval"
	"birthright/tokens/holder"
)

// Book keeps sessions.
type Book interface {
	// Session returns a session by the hash of its cookie, an ended one too; kind
	// NotFound where there is none.
	Session(ctx context.Context, hash [sha256.Size]byte) (Session, error)
	// Begin keeps a new session.
	Begin(ctx context.Context, s Session, e audit.Event) error
	// Touch notes when a session was used.
	Touch(ctx context.Context, id string, at time.Time) error
	// End ends a session for its EndedWhy, unless it has ended.
	End(ctx context.Context, s Session, e audit.Event) error
	// Over ends all sessions that are over at a time, those also that were last used
	// before idle, and forgets what ended long ago.
	Over(ctx context.Context, at, idle time.Time, end func(Session) audit.Event) error
}

// Links keeps links that log somebody in once, and what outsiders tried.
type Links interface {
	// AddLink keeps a link.
	AddLink(ctx context.Context, l Link, e audit.Event) error
	// UseLink uses a link up and returns it as it was before; kind NotFound where there
	// is none.
	UseLink(ctx context.Context, hash [sha256.Size]byte) (Link, error)
	// Refused notes that somebody was not let in.
	Refused(ctx context.Context, e audit.Event) error
}

// Provided keeps what the provider says of its own sessions.
type Provided interface {
	// EndAt ends the sessions that belong to one of the provider's, by sid, or to one
	// of its people, by sub. A logout token with an ID that was there before, until it
	// expires, ends none.
	EndAt(ctx context.Context, out LoggedOut, end func(Session) audit.Event) (n int, err error)
}

// People knows who people are at this moment.
type People interface {
	// Actor returns somebody by user name; kind NotFound where there is nobody.
	Actor(ctx context.Context, userName string) (approval.Actor, error)
	// ByMail returns who has an e-mail address.
	ByMail(ctx context.Context, mail string) ([]approval.Actor, error)
	// Today returns an actor with the roles that the hub's groups give; kind Denied for
	// who is not active.
	Today(ctx context.Context, a approval.Actor) (approval.Actor, error)
}

// Options are what a Service needs.
type Options struct {
	Book     Book
	Links    Links
	Provided Provided
	People   People
	Tokens   holder.Check
	// Admins and Auditors are the entries of the configuration; those of the form
	// claim:NAME=VALUE are looked at here.
	Admins, Auditors []string
	// UserClaim is the claim that names the user, "" for the default.
	UserClaim string
	// Life is how long a session lasts, Idle how long one lasts that nobody uses.
	Life, Idle time.Duration
	Rand       io.Reader
	Now        func() time.Time
	Log        *slog.Logger
}

// Service lets people in. It is safe for concurrent use.
type Service struct {
	Options
	refusals pace
}

// New returns a Service.
func New(o Options) *Service { return &Service{Options: o} }

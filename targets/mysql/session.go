package mysql

import (
	"context"
	"slices"
)

// server is where sessions are had: a real one, or the model of one.
type server interface {
	// begin opens a session and finds out where and who we are. An error means that
	// nothing was done.
	begin(ctx context.Context) (session, error)
	Close() error
}

// session is a conversation with a server: all that is ever asked of one.
type session interface {
	where() place
	// contents returns the roles and some accounts, or with nil all of them; with them
	// what those and the roles hold. It may return more accounts than were asked for.
	contents(ctx context.Context, of *scope) (contents, error)
	// exec makes one change. An answer of the server is an *answer.
	exec(ctx context.Context, c change) error
	// connections returns what users have open.
	connections(ctx context.Context, users []string) ([]connection, error)
	kill(ctx context.Context, number uint64) error
	// rights returns what we may do on the server.
	rights(ctx context.Context) (rights, error)
	// hasPlugin reports whether the server has a plugin in use.
	hasPlugin(ctx context.Context, name string) (bool, error)
	end()
}

// place is where a session is had.
type place struct {
	dialect  dialect
	version  string // with the name of the product
	self     id     // the account that we are
	how      string // how the connection is kept from being overheard, "" if it is not
	readOnly bool
}

// scope is which accounts are asked for: those of some users at some hosts, or at any
// where hosts is nil.
type scope struct{ users, hosts []string }

func (s *scope) add(i id) {
	s.users = append(s.users, i.user)
	if !slices.Contains(s.hosts, i.host) {
		s.hosts = append(s.hosts, i.host)
	}
}

func (s *scope) has(i id) bool {
	return s == nil || slices.Contains(s.users, i.user) && (s.hosts == nil || slices.Contains(s.hosts, i.host))
}

// contents is what a server has.
type contents struct {
	principals []principal
	grants     []grant
}

// principal is an account or a role.
type principal struct {
	id
	role, locked, super bool
	defaults            []id
}

// grant is who holds a role.
type grant struct {
	role, holder id
	admin        bool
}

// connection is one that somebody has open.
type connection struct {
	number     uint64
	user, host string // host is where it comes from
}

// rights are what the hub's account may do.
type rights struct {
	users    bool // make and change accounts
	defaults bool // say which roles are active at login
	roles    bool // give every role
	see      bool // see other people's connections
	kill     bool // end them
}

// answer is what a server says no with.
type answer struct {
	number  uint16
	message string
}

func (a *answer) Error() string { return a.message }

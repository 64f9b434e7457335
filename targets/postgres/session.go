package postgres

import "context"

// server is where sessions are had: a real cluster, or the model of one.
type server interface {
	// begin opens a session and finds out where and who we are. An error means that
	// nothing was done.
	begin(ctx context.Context, m mode) (session, error)
	Close() error
}

// mode is what a session is for.
type mode int

const (
	looking  mode = iota // at rights, by a probe
	reading              // everything as it is at one moment
	changing             // one hub at a time
	closing              // other people's sessions
)

// session is a transaction: all that is ever asked of a cluster.
type session interface {
	where() place
	// roles returns those of some names, whatever the letter case, and oids; all where
	// names is nil.
	roles(names, oids []string) ([]*role, error)
	// holdings returns which roles some members are in, directly or through others; of
	// all where members is nil.
	holdings(members []string) ([]holding, error)
	// grants returns those by which members are directly in roles.
	grants(asked []pair) (map[pair][]grant, error)
	// reaches reports whether a role is in another one in any way.
	reaches(member, given *role) (bool, error)
	// try makes changes: all of them or, where the server refuses one, none. An error
	// that is no answer means that the session is of no more use. The oid is that of a
	// role which was made.
	try(changes ...change) (oid string, err error)
	// commit makes lasting what was changed.
	commit() error
	// terminate tells sessions to end, waits so many milliseconds for each, and returns
	// how many there were; count is how many there are.
	terminate(wait int, oids, names []string) (int, error)
	count(oids, names []string) (int, error)
	// ungivable returns those of some roles that we may not give.
	ungivable(names []string) ([]string, error)
	maySignal() (bool, error)
	end()
}

// place is where a session is had, and as whom.
type place struct {
	version  int
	product  string
	self     string // oid of the role that we are
	name     string
	how      string // how the connection is kept from being overheard, "" if it is not
	readOnly bool
	super    bool
	creates  bool
}

// holding is that a role is in another one, directly or through others.
type holding struct {
	member, given string // oids
	direct        bool
}

// change is a step of an op.
type change interface{ isChange() }

type (
	createRole struct {
		name    string
		login   bool
		comment string
	}
	renameRole struct{ from, to string }
	allowLogin struct{ name string }
	denyLogin  struct{ name string }
	comment    struct{ name, text string }
	dropRole   struct{ name string }
	grantRole  struct{ given, member string }
	revokeRole struct{ given, member, grantor string } // by any grantor where that is ""
)

func (createRole) isChange() {}
func (renameRole) isChange() {}
func (allowLogin) isChange() {}
func (denyLogin) isChange()  {}
func (comment) isChange()    {}
func (dropRole) isChange()   {}
func (grantRole) isChange()  {}
func (revokeRole) isChange() {}

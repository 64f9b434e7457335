package mysql

import (
	"context"
	"fmt"
	"net"
	"slices"
	"strings"
	"time"

	"birthright/identity"
	"birthright/targets"
)

// ending is a Target that ends sessions, which it is unless told otherwise.
type ending struct{ *Target }

var _ targets.SessionEnder = ending{}

const (
	// lastWait is how long connections may take to end, and lookAgain how often it is
	// looked whether they have.
	lastWait  = 3 * time.Second
	lookAgain = 10 * time.Millisecond
)

// EndSessions ends every connection of the accounts. The servers do not say which role
// a connection has active: it keeps that after REVOKE, as it stays open after ACCOUNT
// LOCK and DROP USER.
func (e ending) EndSessions(ctx context.Context, accounts []targets.Account, _ identity.Entitlement) (int, error) {
	ids, users := e.endable(accounts)
	if len(ids) == 0 {
		return 0, nil
	}
	s, err := e.server.begin(ctx)
	if err != nil {
		return 0, e.explained("end sessions", err)
	}
	defer s.end()
	if err := e.seesAll(ctx, s); err != nil {
		return 0, err
	}
	if ids = slices.DeleteFunc(ids, func(i id) bool { return i == s.where().self || builtin(i) || e.ignored(i) }); len(ids) == 0 {
		return 0, nil
	}
	w := &ender{session: s, t: e.Target, ids: ids, users: users}
	n, err := w.endAll(ctx)
	if err != nil {
		return n, e.refusedToEnd(err)
	}
	return n, nil
}

// endable are the ids and users of accounts.
func (e ending) endable(accounts []targets.Account) (ids []id, users []string) {
	for _, a := range accounts {
		i, ok := parseID(a.ID)
		if a.ID == "" && a.Name != "" {
			i, ok = e.accountID(a.Name), true
		}
		if ok && askable(i.user) {
			ids, users = append(ids, i), append(users, i.user)
		}
	}
	return ids, users
}

const sessionsHint = "GRANT PROCESS, CONNECTION ADMIN ON *.* (CONNECTION_ADMIN on MySQL) to the hub's account, or set end_sessions: false"

// seesAll makes sure that what is not seen is not there: without PROCESS, the server
// shows an account nothing but its own connections.
func (e ending) seesAll(ctx context.Context, s session) error {
	may, err := s.rights(ctx)
	switch {
	case err != nil:
		return e.explained("end sessions", err)
	case !may.see:
		return &identity.Error{Kind: identity.Denied, Op: e.op("end sessions"), Err: fmt.Errorf("%s may not see other people's connections", s.where().self), Hint: sessionsHint}
	}
	return nil
}

func (e ending) refusedToEnd(err error) error {
	err = e.explained("end sessions", err)
	if told, ok := err.(*identity.Error); ok && told.Kind == identity.Denied { //nolint:errorlint // it was made just now
		told.Hint = sessionsHint
	}
	return err
}

// ender ends the connections of some accounts.
type ender struct {
	session
	t     *Target
	ids   []id
	users []string
}

// endAll tells connections to end and waits until they have.
func (w *ender) endAll(ctx context.Context) (int, error) {
	open, err := w.open(ctx)
	for _, c := range open {
		if err := w.kill(ctx, c.number); err != nil && !saying(err, noSuchThread) {
			return 0, err
		}
	}
	if err != nil || len(open) == 0 {
		return 0, err
	}
	return len(open), w.gone(ctx, open)
}

// gone waits until none of some connections is there any more.
func (w *ender) gone(ctx context.Context, told []connection) error {
	ctx, cancel := context.WithTimeout(ctx, lastWait)
	defer cancel()
	look := time.NewTicker(lookAgain)
	defer look.Stop()
	for {
		now, err := w.session.connections(ctx, w.users)
		left := slices.DeleteFunc(now, func(c connection) bool {
			return !slices.ContainsFunc(told, func(t connection) bool { return t.number == c.number })
		})
		if err == nil && len(left) == 0 {
			return nil
		}
		select {
		case <-ctx.Done():
			return &identity.Error{Kind: identity.Unavailable, Op: w.t.op("end sessions"), Err: fmt.Errorf("%d connections were told to end and go on", len(left))}
		case <-look.C:
		}
	}
}

// open are the connections that may be of the accounts.
func (w *ender) open(ctx context.Context) ([]connection, error) {
	all, err := w.session.connections(ctx, w.users)
	if err != nil || len(all) == 0 {
		return nil, err
	}
	c, err := w.contents(ctx, &scope{users: w.users})
	if err != nil {
		return nil, err
	}
	return slices.DeleteFunc(all, func(c0 connection) bool { return !w.theirs(c0, c.principals) }), nil
}

// theirs reports whether a connection may be one of the accounts. The server tells its
// user and where it comes from, and not the host part of the account. It is somebody
// else's for certain where another account of that user names that very host, or where
// the host part does not allow it.
func (w *ender) theirs(c connection, principals []principal) bool {
	from := c.from()
	for _, i := range w.ids {
		if i.user != c.user || !allows(i.host, from) {
			continue
		}
		if i.host == from || !slices.ContainsFunc(principals, func(p principal) bool { return p.id == id{c.user, from} }) {
			return true
		}
	}
	return false
}

// from is the host that a connection comes from, without the port.
func (c connection) from() string {
	if host, _, err := net.SplitHostPort(c.host); err == nil {
		return host
	}
	if at := strings.LastIndexByte(c.host, ':'); at >= 0 && strings.Count(c.host, ":") > 1 {
		return c.host[:at] // the servers write IPv6 addresses without brackets
	}
	return c.host
}

// allows reports whether the host part of an account may let somebody in from a host.
// Of an address and a name nobody can tell, so that they may be the same.
func allows(pattern, from string) bool {
	if strings.ContainsAny(pattern, "%_/") {
		return pattern == defaultHost || strings.Contains(pattern, "/") || like(pattern, from) || isIP(strings.Trim(pattern, "%_.")) != isIP(from)
	}
	return pattern == from || isIP(pattern) != isIP(from)
}

func isIP(host string) bool { return strings.Trim(host, "0123456789.:abcdef") == "" && host != "" }

// like matches as SQL does: % is any text, _ one character.
func like(pattern, text string) bool {
	switch {
	case pattern == "":
		return text == ""
	case pattern[0] == '%':
		return like(pattern[1:], text) || text != "" && like(pattern, text[1:])
	case text == "":
		return false
	}
	return (pattern[0] == '_' || strings.EqualFold(pattern[:1], text[:1])) && like(pattern[1:], text[1:])
}

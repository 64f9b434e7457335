package postgres

import (
	"context"
	"fmt"

	"birthright/identity"
	"birthright/targets"
)

// ending is a Target that ends sessions, which it is unless told otherwise.
type ending struct{ *Target }

var _ targets.SessionEnder = ending{}

// lastWait is how long a session may take to end, in milliseconds.
const lastWait = 3000

// EndSessions ends every session of the accounts, in all databases. PostgreSQL does
// not say which role a session has taken on: with SET ROLE it keeps that although
// the account is not in the role any more, also when it may not log in any more.
// An account that was deleted is known by its id.
func (e ending) EndSessions(ctx context.Context, accounts []targets.Account, _ identity.Entitlement) (int, error) {
	oids, names := []string{}, []string{}
	for _, a := range accounts {
		if isOID(a.ID) {
			oids = append(oids, a.ID)
		} else if a.ID == "" {
			names = append(names, fold(a.Name))
		}
	}
	if len(oids)+len(names) == 0 {
		return 0, nil
	}
	s, err := e.begin(ctx, "ISOLATION LEVEL READ COMMITTED")
	if err != nil {
		return 0, err
	}
	defer s.end()
	n, err := s.terminate(0, oids, printable(names))
	if err != nil || n == 0 {
		return 0, e.refusedToEnd(err)
	}
	// Told to end, they do so when they next look; this waits for each.
	if _, err := s.terminate(lastWait, oids, printable(names)); err != nil {
		return 0, e.refusedToEnd(err)
	}
	left, err := s.count(oids, printable(names))
	switch {
	case err != nil:
		return n, e.refusedToEnd(err)
	case left > 0:
		return n - left, &identity.Error{Kind: identity.Unavailable, Op: e.op("end sessions"), Err: fmt.Errorf("%d sessions were told to end and go on", left)}
	}
	return n, nil
}

// theirs are the sessions of some accounts, and never our own. What kind of process
// one is, is shown to few.
const theirs = ` FROM pg_stat_activity WHERE coalesce(backend_type, 'client backend') = 'client backend' AND usesysid <> $3::text::oid AND pid <> pg_backend_pid()
	AND (usesysid = ANY ($1::text[]::oid[]) OR lower(usename) = ANY ($2::text[]))`

// terminate tells sessions to end, waits so many milliseconds for each, and returns
// how many there were.
func (s *session) terminate(wait int, oids, names []string) (n int, err error) {
	err = s.QueryRow(s.ctx, fmt.Sprintf("SELECT count(done) FROM (SELECT pg_terminate_backend(pid, %d) AS done"+theirs+") ended", wait),
		oids, names, s.self).Scan(&n)
	return n, err
}

// count is how many sessions there are now: the server's list is looked at once in a
// transaction, unless it is told to look again.
func (s *session) count(oids, names []string) (n int, err error) {
	if _, err := s.run("SELECT pg_stat_clear_snapshot()"); err != nil {
		return 0, err
	}
	err = s.QueryRow(s.ctx, "SELECT count(*)"+theirs, oids, names, s.self).Scan(&n)
	return n, err
}

func (e ending) refusedToEnd(err error) error {
	if err == nil {
		return nil
	}
	err = e.explained("end sessions", err)
	if told, ok := err.(*identity.Error); ok && told.Kind == identity.Denied { //nolint:errorlint // it was made just now
		told.Hint = "GRANT pg_signal_backend to the hub's role, or set end_sessions: false"
	}
	return err
}

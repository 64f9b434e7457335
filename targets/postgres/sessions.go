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
	s, err := e.server.begin(ctx, closing)
	if err != nil {
		return 0, err
	}
	defer s.end()
	n, err := s.terminate(0, oids, names)
	if err != nil || n == 0 {
		return 0, e.refusedToEnd(err)
	}
	// Told to end, they do so when they next look; this waits for each.
	if _, err := s.terminate(lastWait, oids, names); err != nil {
		return 0, e.refusedToEnd(err)
	}
	left, err := s.count(oids, names)
	switch {
	case err != nil:
		return n, e.refusedToEnd(err)
	case left > 0:
		return n - left, &identity.Error{Kind: identity.Unavailable, Op: e.op("end sessions"), Err: fmt.Errorf("%d sessions were told to end and go on", left)}
	}
	return n, nil
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

package pgtest

import (
	"net/url"
	"strings"
	"testing"
)

// Away makes a database refuse everybody, and ends the connections that there are, as
// when the server fails over; back undoes it.
func (s *Server) Away(t testing.TB, database string) (back func()) {
	t.Helper()
	u, err := url.Parse(database)
	if err != nil {
		t.Fatal(err)
	}
	name := strings.TrimPrefix(u.Path, "/")
	s.must(t, "ALTER DATABASE "+name+" ALLOW_CONNECTIONS false")
	s.must(t, "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '"+name+"'")
	return func() { s.must(t, "ALTER DATABASE "+name+" ALLOW_CONNECTIONS true") }
}

func (s *Server) must(t testing.TB, statement string) {
	t.Helper()
	if err := s.admin(statement); err != nil {
		t.Fatalf("%s: %v", statement, err)
	}
}

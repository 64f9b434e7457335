// Package pgtest gives tests a real PostgreSQL: one throw-away server per test
// process, and a database of its own for each test.
//
//	var postgres = pgtest.New(migrate)      // starts nothing yet
//
//	func TestMain(m *testing.M) {
//		code := m.Run()
//		postgres.Stop()
//		os.Exit(code)
//	}
//
//	func TestX(t *testing.T) { url := postgres.URL(t) … }
//
// The first URL makes the cluster with initdb in a temporary folder, starts the
// server on a free loopback port, and lets the caller prepare a template, which
// every later database is cloned from. The server speaks TCP with a password,
// as real ones do. It does not outlive the test process, and it keeps nothing.
package pgtest

// Package mariadbtest gives tests and benchmarks a real MariaDB: one throw-away server
// per process.
//
//	var server = mariadbtest.New()          // starts nothing yet
//
//	func TestMain(m *testing.M) {
//		code := m.Run()
//		server.Stop()
//		os.Exit(code)
//	}
//
//	func TestX(t *testing.T) { admin := server.Admin(t) … server.URL("hub", "secret") … }
//
// The first use makes the system tables with mariadb-install-db in a temporary folder
// and starts the server on a free loopback port. It is told by its process id to stop,
// does not outlive the process that started it, and keeps nothing. Accounts belong to
// the whole server: whoever makes some takes them away again with Clear.
package mariadbtest

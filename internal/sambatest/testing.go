package sambatest

import "testing"

// Start runs a server for as long as the test lasts. A server that cannot run
// fails the test with what to do.
func Start(t testing.TB, opts Options) *Server {
	t.Helper()
	s, err := Run(t.TempDir(), opts)
	if err != nil {
		t.Fatalf("sambatest: %v", err)
	}
	t.Cleanup(func() {
		if err := s.Stop(); err != nil {
			t.Errorf("sambatest: %v", err)
		}
	})
	return s
}

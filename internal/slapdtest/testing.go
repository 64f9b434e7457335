package slapdtest

import "testing"

// Start runs a server for as long as the test lasts. A server that cannot run
// fails the test with what to install.
func Start(t testing.TB, opts Options) *Server {
	t.Helper()
	s, err := Run(t.TempDir(), opts)
	if err != nil {
		t.Fatalf("slapdtest: %v", err)
	}
	t.Cleanup(func() {
		if err := s.Stop(); err != nil {
			t.Errorf("slapdtest: %v", err)
		}
	})
	return s
}

// MustLoad is LoadLDIF for tests.
func (s *Server) MustLoad(t testing.TB, ldif string) {
	t.Helper()
	if err := s.LoadLDIF(ldif); err != nil {
		t.Fatalf("slapdtest: load LDIF: %v", err)
	}
}

// ExampleLDIF returns the sample directory of Debian's package 389-ds-base,
// ready for LoadLDIF under DefaultSuffix: 150 people and five groups.
func ExampleLDIF(t testing.TB) string {
	t.Helper()
	ldif, err := FetchExample(t.Context())
	if err != nil {
		t.Fatalf("slapdtest: %v", err)
	}
	return ldif
}

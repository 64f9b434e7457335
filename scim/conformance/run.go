package conformance

import (
	"strings"
	"testing"
)

// Run asks a server every case, side by side, each as a test of its own.
func Run(t *testing.T, server Server) {
	t.Helper()
	suite, err := Open(t.Context(), server)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(suite.Close)
	known := map[string]bool{}
	for _, c := range Cases() {
		known[c.ID()] = true
		t.Run(c.ID(), func(t *testing.T) {
			t.Parallel()
			if reason := suite.Leaves(c); reason != "" {
				t.Logf("left out: %s", reason)
				return
			}
			judge(t, c, suite.Check(t.Context(), c), server.Waits)
		})
	}
	for id := range server.Waits {
		if !known[id] {
			t.Errorf("%q is waited for and is no case", id)
		}
	}
}

// judge tells what the complaints of a case mean.
func judge(t *testing.T, c Case, failures []string, waits map[string]string) {
	t.Helper()
	reason, waiting := waits[c.ID()]
	switch {
	case waiting && len(failures) == 0:
		t.Errorf("it passes, though it was said to wait for %s: take it off the list", reason)
	case waiting:
		t.Logf("waits for %s: %s", reason, failures[0])
	case len(failures) > 0:
		t.Errorf("%s\nwhy this is asked: %s", strings.Join(failures, "\n"), c.Why)
	}
}

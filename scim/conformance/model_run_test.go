package conformance

import "testing"

// TestTheModelPasses holds the suite against a server that is right: a case that
// fails here asks too much.
func TestTheModelPasses(t *testing.T) {
	Run(t, Server{Base: startModel(t).base, Token: modelToken})
}

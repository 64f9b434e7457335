package sourcetest

import (
	"testing"

	"birthright/identity"
	"birthright/sources"
)

// ContextHarness is how the contract gets hold of one kind of context source.
type ContextHarness struct {
	// Open returns a source that holds exactly these facts, at ContextNow. Their
	// keys are empty: the source has its own.
	Open func(t testing.TB, facts []identity.Fact) ContextPeer
	// Tickets is set where the kind has tickets besides shifts, OnlyTickets where it
	// has nothing else.
	Tickets, OnlyTickets bool
}

// ContextPeer is a context source with a hand on what it reads.
type ContextPeer struct {
	Source sources.Context
	// Change makes the world these facts; nil where a kind cannot be changed.
	Change func(t testing.TB, facts []identity.Fact)
	// Break makes whatever is read break off in the middle. Nil as above.
	Break func(t testing.TB)
}

// ContextCase is one clause of the contract of context sources.
type ContextCase struct {
	Name string
	// Why says what harm a source does that breaks the clause.
	Why string
	// check returns how the clause is broken, nil if it is kept.
	check func(t testing.TB, h ContextHarness) error
	// plant spoils a good source in a way that check must notice.
	plant func(good sources.Context) sources.Context
}

// RunContext checks every clause, each as a subtest.
func RunContext(t *testing.T, h ContextHarness) {
	t.Helper()
	for _, c := range ContextCases() {
		t.Run(c.Name, func(t *testing.T) {
			if err := c.check(t, h); err != nil {
				t.Errorf("%v\nwhy it matters: %s", err, c.Why)
			}
		})
	}
}

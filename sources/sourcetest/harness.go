package sourcetest

import (
	"testing"

	"birthright/sources"
)

// Harness is how the contract gets hold of one kind of source.
type Harness struct {
	// Open returns a source that holds exactly w. It is called once or twice a case.
	Open func(t testing.TB, w World) Peer
	// Nested is set where groups may hold groups.
	Nested bool
	// EmptyIsError is set where a world of nobody is refused instead of told.
	EmptyIsError bool
}

// Peer is a source with a hand on what it reads.
type Peer struct {
	Source sources.Source
	// Change makes the world w; the same person keeps what the source knows
	// people by. Nil where a kind cannot be changed; cases that need it then pass.
	Change func(t testing.TB, w World)
	// Break makes whatever is read break off in the middle: a connection cut, a
	// file that loses its end. Nil as above.
	Break func(t testing.TB)
}

// Case is one clause of the contract.
type Case struct {
	Name string
	// Why says what harm a source does that breaks the clause.
	Why string
	// check returns how the clause is broken, nil if it is kept.
	check func(t testing.TB, h Harness) error
	// plant spoils a good source in a way that check must notice.
	plant func(good sources.Source) sources.Source
}

// Run checks every clause, each as a subtest.
func Run(t *testing.T, h Harness) {
	t.Helper()
	for _, c := range Cases() {
		t.Run(c.Name, func(t *testing.T) {
			if err := c.check(t, h); err != nil {
				t.Errorf("%v\nwhy it matters: %s", err, c.Why)
			}
		})
	}
}

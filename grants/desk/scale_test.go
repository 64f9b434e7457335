//go:build !race

package desk_test

// How much is played: all of it.
const (
	plainHistories = "100000" // of the parts that decide
	realHistories  = "800"    // of the real thing
	rounds         = 6        // of races, on each of both databases
	alone          = 50
	checks         = "100" // of everything else
)

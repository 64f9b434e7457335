//go:build !race

package desk_test

// How much is played: all of it.
const (
	plainHistories = "100000" // of the parts that decide
	realHistories  = "400"    // of the real thing
	rounds         = 12       // of races
	alone          = 80
	checks         = "100" // of everything else
)

//go:build !race

package desk_test

// How much is played: all of it.
const (
	lanes, perLane = 2, 500 // histories of the parts that decide, by the hundred
	realLanes      = 2      // histories of the real thing
	realPerLane    = 2      // by the hundred
	rounds         = 12     // of races
	alone          = 80
	checks         = "100" // by the hundred
)

//go:build race

package desk_test

// How much is played under the race detector, which makes everything many times slower:
// enough for it to see what runs beside what.
const (
	lanes, perLane = 2, 2
	realLanes      = 2
	realPerLane    = 1
	rounds         = 2
	alone          = 15
	checks         = "10"
)

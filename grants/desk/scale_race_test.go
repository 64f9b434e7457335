//go:build race

package desk_test

// How much is played under the race detector, which makes everything many times slower:
// enough for it to see what runs beside what.
const (
	plainHistories = "400"
	realHistories  = "60"
	rounds         = 2
	alone          = 15
	checks         = "10"
)

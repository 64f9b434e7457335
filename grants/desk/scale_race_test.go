//go:build race

package desk_test

// How much is played under the race detector, which makes everything many times slower:
// enough for it to see what runs beside what.
const (
	plainHistories = "400"
	realHistories  = "60"
	rounds         = 6 // of races, on each of both databases: 2,700 in all
	alone          = 50
	checks         = "10"
)

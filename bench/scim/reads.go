package main

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strconv"

	"birthright/bench/measure"
)

// few and many are how many users there are where one is looked for.
const few, many = 1000, 1_000_000

// mostGrowth is what finding one among many may cost, compared with one among few.
const mostGrowth = 1.5

// reads looks for users among few and among many.
func reads(ctx context.Context, r *measure.Report) error {
	result, err := measure.Fork(ctx, "reads", strconv.Itoa(few), strconv.Itoa(many))
	if err != nil {
		return err
	}
	r.Line(fmt.Sprintf("loading %s users past the front door", measure.Count(many)), measure.Seconds(result.Figures["filled"]),
		fmt.Sprintf("database of %s", measure.Size(int64(result.Counts["bytes"]))), "peak "+measure.Size(result.Peak))
	for _, key := range slices.Sorted(maps.Keys(result.Counts)) {
		if name, ok := questionOf(key); ok {
			r.Line(fmt.Sprintf("GET %s", name), "p50 "+measure.Millis(result.Figures[key+" p50"]), "p99 "+measure.Millis(result.Figures[key+" p99"]),
				fmt.Sprintf("%d times", result.Counts[key]))
		}
	}
	r.Line("GET /Users?cursor=…&count=200, page by page", measure.Rate(result.Counts["paged"], result.Figures["paged"], "users"))
	r.Ratio("userName eq among 1,000,000, p50", "among 1,000",
		result.Figures[look(many)+" p50"]/result.Figures[look(few)+" p50"], mostGrowth)
	return nil
}

package main

import (
	"context"
	"fmt"

	"birthright/bench/measure"
)

// groupSizes are how many members groups have before one more comes.
var groupSizes = []int{10, 10_000, 100_000}

// atOnce is how many members one large PATCH adds.
const atOnce = 10_000

// groups adds members to small and large groups.
func groups(ctx context.Context, r *measure.Report) error {
	result, err := measure.Fork(ctx, "groups")
	if err != nil {
		return err
	}
	for _, size := range groupSizes {
		r.Line(fmt.Sprintf("PATCH that adds a member to a group of %s", measure.Count(size)),
			"p50 "+measure.Millis(result.Figures[groupKey(size)+" p50"]), "p99 "+measure.Millis(result.Figures[groupKey(size)+" p99"]))
	}
	r.Line("PATCH that adds 10,000 members", measure.Rate(atOnce, result.Figures["large"], "members"), measure.Seconds(result.Figures["large"]))
	r.Line("floor: bare insert of the same rows", measure.Rate(atOnce, result.Figures["floor"], "rows"), measure.Seconds(result.Figures["floor"]))
	for _, size := range groupSizes[1:] {
		r.Ratio(fmt.Sprintf("one more member of %s, p50", measure.Count(size)), "of 10",
			result.Figures[groupKey(size)+" p50"]/result.Figures[groupKey(groupSizes[0])+" p50"], mostGrowth)
	}
	r.Ratio("PATCH of 10,000 members", "bare insert of the same rows", result.Figures["large"]/result.Figures["floor"], 0)
	return nil
}

func groupKey(size int) string { return fmt.Sprintf("group of %d", size) }

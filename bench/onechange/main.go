// Command onechange measures what one person's change costs among 1,000 and
// among 100,000 people: a SCIM PATCH that moves somebody to another department,
// over real HTTP, until the target has the new access and everything is written
// down. The cost must not follow the population.
//
// The floor is one durable SQLite transaction of as many rows, without meaning.
package main

import (
	"context"
	"fmt"
	"os"
	"strconv"

	"birthright/bench/measure"
)

func main() {
	os.Exit(measure.Main(measure.Program{Run: run, Tasks: map[string]measure.Task{"change": changeTask}}))
}

// mostGrowth is what a change among many may cost compared with one among few.
const mostGrowth = 1.5

func run(ctx context.Context, r *measure.Report) error {
	r.Title("One person's change: SCIM PATCH → decided → applied on the target → on record")
	sizes := []int{1000, 100_000}
	var results []measure.Result
	for _, people := range sizes {
		result, err := measure.Fork(ctx, "change", strconv.Itoa(people))
		if err != nil {
			return err
		}
		results = append(results, result)
		among := fmt.Sprintf("among %s", measure.Count(people))
		for _, part := range []struct{ key, name string }{
			{"floor", "floor: one commit"}, {"answered", "PATCH answered"}, {"applied", "on the target"}, {"settled", "all on record"},
		} {
			r.Line(among+", "+part.name, "p50 "+measure.Millis(result.Figures[part.key+" p50"]), "p99 "+measure.Millis(result.Figures[part.key+" p99"]))
		}
		r.Line(among+", size", fmt.Sprintf("%d ops, %d audit events a change", result.Counts["ops"], result.Counts["events"]),
			"peak "+measure.Size(result.Peak))
	}
	few, many := results[0].Figures, results[1].Figures
	for _, part := range []string{"answered", "applied", "settled"} {
		r.Ratio(part+" among 100,000", "among 1,000", many[part+" p50"]/few[part+" p50"], mostGrowth)
	}
	r.Ratio("applied among 100,000", "one commit of the rows", many["applied p50"]/many["floor p50"], 0)
	return nil
}

// Command nochange measures a sync that finds nothing to do: 100,000 people with
// ten memberships each, decided anew, compared with the stored ones, planned
// against a target that holds all of them, and not one write.
//
// The floor is what no hub could do without: reading the same rows from SQLite
// with database/sql, and one merge of two sorted lists of as many pairs.
package main

import (
	"context"
	"os"
	"strconv"

	"birthright/bench/measure"
)

func main() {
	os.Exit(measure.Main(measure.Program{Run: run, Tasks: map[string]measure.Task{"sync": syncTask}}))
}

const (
	people      = 100_000
	memberships = 10 * people
)

func run(ctx context.Context, r *measure.Report) error {
	r.Title("A sync without a change: %s people, %s memberships", measure.Count(people), measure.Count(memberships))
	result, err := measure.Fork(ctx, "sync", strconv.Itoa(people))
	if err != nil {
		return err
	}
	f := result.Figures
	r.Line("floor: reading the rows", measure.Seconds(f["read"]))
	r.Line("floor: merging the pairs", measure.Millis(f["merge"]))
	rate := func(seconds float64) string { return measure.Rate(memberships, seconds, "memberships") }
	r.Line("sync from what is remembered", measure.Seconds(f["remembered"]), rate(f["remembered"]), "no write")
	r.Line("sync that reads the target whole", measure.Seconds(f["full"]), rate(f["full"]), "no write")
	r.Line("memory", "peak "+measure.Size(result.Peak), "of which the target and the idle hub are "+measure.Size(int64(f["resting"])))
	floor := f["read"] + f["merge"]
	r.Ratio("sync from what is remembered", "reading and merging", f["remembered"]/floor, 0)
	r.Ratio("sync that reads the target whole", "reading and merging", f["full"]/floor, 0)
	return nil
}

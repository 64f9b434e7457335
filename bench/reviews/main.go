// Command reviews measures how a campaign is made: 1,000,000 people with ten memberships
// each, of which one is in scope; who is asked are 100,000 managers in one campaign, and
// the owners of 60 groups in another.
//
// The floor is what no hub could do without: reading the memberships in scope and the
// people, and writing as many rows into a table with database/sql.
package main

import (
	"context"
	"os"
	"strconv"

	"birthright/bench/measure"
)

func main() {
	os.Exit(measure.Main(measure.Program{Run: run, Tasks: map[string]measure.Task{"campaign": campaignTask}}))
}

const people = 1_000_000

func run(ctx context.Context, r *measure.Report) error {
	count := people
	if text := os.Getenv("BENCH_PEOPLE"); text != "" {
		n, err := strconv.Atoi(text)
		if err != nil {
			return err
		}
		count = n
	}
	r.Title("Campaigns: %s people, %s memberships", measure.Count(count), measure.Count(groupsEach*count))
	result, err := measure.Fork(ctx, "campaign", strconv.Itoa(count))
	if err != nil {
		return err
	}
	f, n := result.Figures, result.Counts
	r.Line("floor: reading and writing", measure.Seconds(f["floor"]), measure.Count(n["rows"])+" rows")
	for _, name := range []string{"owners", "managers"} {
		r.Line("preview, "+name+" are asked", measure.Seconds(f["preview "+name]), measure.Count(n["items "+name])+" items", measure.Count(n["reviewers "+name])+" reviewers")
		r.Line("start, "+name+" are asked", measure.Seconds(f["start "+name]), measure.Rate(n["items "+name], f["start "+name], "items"))
	}
	r.Line("start of a small one", measure.Seconds(f["start some"]), measure.Count(n["items some"])+" items")
	r.Line("what waits for a reviewer", measure.Millis(f["waiting"]), "a page of 50")
	r.Line("a decision on one item", measure.Millis(f["decide"]))
	r.Line("creep report, from a cold database", measure.Seconds(f["creep"]), measure.Count(n["holdings"])+" holdings", measure.Count(n["surplus"])+" in surplus")
	r.Line("access at a time, one person", "p50 "+measure.Millis(f["at p50"]), "worst "+measure.Millis(f["at worst"]))
	r.Line("memory", "peak "+measure.Size(result.Peak))
	r.Ratio("start, owners are asked", "reading and writing", f["start owners"]/f["floor"], 0)
	return nil
}

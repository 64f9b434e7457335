// Command suggest measures how rules are learned from requests: 100,000 people with
// nine attributes and source groups, and 1,000,000 requests for 200 groups, each asked
// for by a department or by a department at one place, with some noise.
//
// The floor is the plain way to the same answer: for each group and each condition
// that could be, one loop over everybody. Both must suggest the same.
package main

import (
	"context"
	"os"

	"birthright/bench/measure"
)

func main() {
	os.Exit(measure.Main(measure.Program{Run: run, Tasks: map[string]measure.Task{"learn": learnTask}}))
}

const (
	people   = 100_000
	groups   = 200
	requests = 1_000_000
)

func run(ctx context.Context, r *measure.Report) error {
	r.Title("Suggestions: %s people, %s requests for %d groups", measure.Count(people), measure.Count(requests), groups)
	result, err := measure.Fork(ctx, "learn")
	if err != nil {
		return err
	}
	f := result.Figures
	r.Line("floor: nested loops", measure.Seconds(f["floor"]))
	r.Line("suggestions", measure.Seconds(f["learn"]), measure.Rate(requests, f["learn"], "requests"), measure.Count(result.Counts["drafts"])+" drafts")
	r.Line("loading the people", measure.Seconds(f["load"]))
	r.Line("memory", "peak "+measure.Size(result.Peak))
	r.Ratio("suggestions", "nested loops", f["learn"]/f["floor"], 0.5)
	return nil
}

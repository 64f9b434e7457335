// Command creep measures the report of privilege creep: a million people with ten
// memberships each, in shares as skewed as companies are, everything of it observed on
// four targets, and 100,000 holdings more that nothing explains.
//
// The floor is the plain way to the same shares of peers: for each holding in surplus
// one loop over everybody. It is run for a sample and scaled. Beside it stands a loop
// over lists of peers that were made beforehand. All must find the same.
package main

import (
	"context"
	"fmt"
	"os"

	"birthright/bench/measure"
)

func main() {
	os.Exit(measure.Main(measure.Program{Run: run, Tasks: map[string]measure.Task{"report": reportTask, "memory": memoryTask}}))
}

const (
	people  = 1_000_000
	surplus = 100_000
	sample  = 300
)

func run(ctx context.Context, r *measure.Report) error {
	result, err := measure.Fork(ctx, "report")
	if err != nil {
		return err
	}
	memory, err := measure.Fork(ctx, "memory")
	if err != nil {
		return err
	}
	f, n := result.Figures, result.Counts
	r.Title("Creep: %s people, %s holdings of %s entitlements, %s of them surplus", measure.Count(people), measure.Count(n["holdings"]),
		measure.Count(n["entitlements"]), measure.Count(n["surplus"]))
	r.Line("the report", measure.Seconds(result.Seconds), measure.Rate(n["holdings"], result.Seconds, "holdings"))
	r.Line("  what rules explain", measure.Seconds(f["everyone"]))
	r.Line("  what is surplus", measure.Seconds(f["find"]))
	r.Line("  weighed, with peers", measure.Seconds(f["weigh"]), measure.Micros(f["weigh"]/float64(n["surplus"]))+" each")
	r.Line("its plan", measure.Seconds(f["plan"]), measure.Count(n["orders"])+" orders")
	r.Line("as JSON", measure.Seconds(f["json"]), measure.Size(int64(n["bytes"])))
	r.Line("floor: peers by nested loops", measure.Seconds(f["loop"]), fmt.Sprintf("%d sampled, and scaled", sample))
	r.Line("peers by loops over lists", measure.Seconds(f["lists"]), "lists made in "+measure.Seconds(f["listing"]))
	r.Line("memory", "before "+measure.Size(int64(memory.Counts["before"])), "peak "+measure.Size(memory.Peak))
	r.Ratio("the report", "5 s", result.Seconds/5, 1)
	r.Ratio("nested loops", "weighing with sets", f["loop"]/f["weigh"], 0)
	r.Ratio("weighing with sets", "nested loops", f["weigh"]/f["loop"], 0.5)
	return nil
}

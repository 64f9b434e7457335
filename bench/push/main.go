// Command push measures SCIM: POST /Users over real HTTP, each answered when it
// is durable, by 1, 8 and 64 clients at once, with the loops deciding and
// applying on two targets beside it. The floor is a bare net/http server that
// decodes the same JSON and writes rows of the same size, one durable SQLite
// transaction a request.
package main

import (
	"context"
	"fmt"
	"os"
	"strconv"

	"birthright/bench/measure"
)

func main() {
	os.Exit(measure.Main(measure.Program{Run: run, Tasks: map[string]measure.Task{"hub": pushHub, "floor": pushFloor}}))
}

// loads are how many clients push how many people.
var loads = []struct{ clients, people int }{{1, 1000}, {8, 4000}, {64, 8000}}

func run(ctx context.Context, r *measure.Report) error {
	r.Title("SCIM POST /Users, durable before the answer, two targets beside it")
	for _, load := range loads {
		results := map[string]measure.Result{}
		for _, task := range []string{"floor", "hub"} {
			result, err := measure.Fork(ctx, task, strconv.Itoa(load.clients), strconv.Itoa(load.people))
			if err != nil {
				return err
			}
			results[task] = result
			name := fmt.Sprintf("%-5s %2d clients", task, load.clients)
			cells := []string{
				measure.Rate(load.people, result.Seconds, "users"), "p50 " + measure.Millis(result.Figures["p50"]),
				"p99 " + measure.Millis(result.Figures["p99"]), "CPU " + measure.Seconds(result.CPU), measure.Size(result.Peak),
			}
			if settled := result.Figures["settled"]; settled > 0 {
				cells = append(cells, "all on both targets "+measure.Seconds(settled)+" after the last answer")
			}
			r.Line(name, cells...)
		}
		r.Ratio(fmt.Sprintf("hub, %d clients", load.clients), "bare HTTP and inserts", results["hub"].Seconds/results["floor"].Seconds, 0)
	}
	return nil
}

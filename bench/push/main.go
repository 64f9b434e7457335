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
	"time"

	"golang.org/x/sync/errgroup"

	"birthright/bench/hub"
	"birthright/bench/measure"
	"birthright/internal/company"
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

// loadOf reads the arguments of a task.
func loadOf(args []string) (clients, people int, err error) {
	if clients, err = strconv.Atoi(args[0]); err != nil {
		return 0, 0, err
	}
	people, err = strconv.Atoi(args[1])
	return clients, people, err
}

// post has clients push people with as many requests on the way, and times each.
func post(ctx context.Context, c *hub.Client, clients, people int) (measure.Result, error) {
	crowd := company.Generate(7, people, time.Now())
	bodies := make([][]byte, people)
	for i, p := range crowd.People {
		bodies[i] = p.SCIM(crowd.Now)
	}
	took := make([]float64, people)
	began := time.Now()
	var group errgroup.Group
	for client := range clients {
		group.Go(func() error {
			for i := client; i < people; i += clients {
				sent := time.Now()
				if _, err := c.Create(ctx, "/Users", bodies[i]); err != nil {
					return err
				}
				took[i] = time.Since(sent).Seconds()
			}
			return nil
		})
	}
	err := group.Wait()
	result := measure.Since(began, map[string]int{"people": people})
	result.Figures = map[string]float64{"p50": measure.Median(took), "p99": measure.Quantile(took, 0.99)}
	return result, err
}

package main

import (
	"context"
	"fmt"
	"strconv"

	"birthright/bench/measure"
)

// loads are how many clients push how many people.
var loads = []struct{ clients, people int }{{1, 300}, {64, 2000}}

// rounds is how often hub, floor and peer take turns: many short ones, since the
// machine's other work comes and goes.
const rounds = 7

// mostPost is what a POST may cost, in floors.
const mostPost = 2

// posts pushes people into a hub and into its floor.
func posts(ctx context.Context, r *measure.Report) error {
	for _, load := range loads {
		took, err := takeTurns(ctx, load.clients, load.people, "post-floor", "post-hub")
		if err != nil {
			return err
		}
		for _, task := range []struct{ key, name string }{{"post-floor", "floor"}, {"post-hub", "hub"}} {
			r.Line(fmt.Sprintf("POST, %s, %d clients", task.name, load.clients), took.cells(task.key, load.people)...)
		}
		most := 0.0
		if load.clients > 1 {
			most = mostPost
		}
		hub, floor := took["post-hub"], took["post-floor"]
		r.Ratio(fmt.Sprintf("POST, hub, %d clients", load.clients), "net/http, JSON and the same insert", hub.over(floor, "seconds"), most)
		r.Ratio(fmt.Sprintf("the same, processor time, %d clients", load.clients), "net/http, JSON and the same insert", hub.over(floor, "cpu"), 0)
		if err := sameRows(hub[0], floor[0]); err != nil {
			return err
		}
	}
	return nil
}

// results are those of one task, of turns those of several, by name.
type (
	results []measure.Result
	turns   map[string]results
)

// takeTurns runs tasks one after the other, round by round.
func takeTurns(ctx context.Context, clients, people int, tasks ...string) (turns, error) {
	took := turns{}
	for range rounds {
		for _, task := range tasks {
			one, err := measure.Fork(ctx, task, strconv.Itoa(clients), strconv.Itoa(people))
			if err != nil {
				return nil, err
			}
			took[task] = append(took[task], one)
		}
	}
	return took, nil
}

// of returns one figure of every round.
func (r results) of(name string) []float64 {
	out := make([]float64, len(r))
	for i, one := range r {
		switch name {
		case "seconds":
			out[i] = one.Seconds
		case "cpu":
			out[i] = one.CPU
		default:
			out[i] = one.Figures[name]
		}
	}
	return out
}

// over is the median of the ratios of each round to its neighbour of another task.
func (r results) over(other results, name string) float64 {
	mine, theirs := r.of(name), other.of(name)
	for i := range mine {
		mine[i] /= theirs[i]
	}
	return measure.Median(mine)
}

// cells are the medians of what a task took.
func (t turns) cells(task string, people int) []string {
	r := t[task]
	return []string{
		measure.Rate(people, measure.Median(r.of("seconds")), "users"), "p50 " + measure.Millis(measure.Median(r.of("p50"))),
		"p99 " + measure.Millis(measure.Median(r.of("p99"))), "CPU " + measure.Seconds(measure.Median(r.of("cpu"))), measure.Size(r[0].Peak),
	}
}

// sameRows sees that the floor wrote what the hub wrote: a floor that does less
// is none.
func sameRows(hub, floor measure.Result) error {
	for table, rows := range hub.Counts {
		if floor.Counts[table] != rows {
			return fmt.Errorf("the hub wrote %d rows of %s and the floor %d", rows, table, floor.Counts[table])
		}
	}
	return nil
}

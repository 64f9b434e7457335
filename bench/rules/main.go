// Command rules measures the rules engine: everybody, one person, one changed
// rule, and what cannot be indexed, at a million people and ten thousand rules.
//
// The floor is the same set algebra written out by hand on roaring bitmaps, on as
// many cores; beside it stands CEL asked about each person and each rule, measured
// on a sample.
package main

import (
	"context"
	"fmt"
	"os"
	"strconv"

	"birthright/bench/measure"
)

func main() {
	os.Exit(measure.Main(measure.Program{Run: run, Tasks: map[string]measure.Task{
		"everyone": everyoneTask, "one": oneTask, "cel": celTask, "cold": coldTask,
	}}))
}

const people = 1_000_000

func run(ctx context.Context, r *measure.Report) error {
	r.Title("Rules: %s people", measure.Count(people))
	for _, rules := range []int{1_000, 10_000} {
		if err := everyone(ctx, r, rules); err != nil {
			return err
		}
	}
	if err := cold(ctx, r); err != nil {
		return err
	}
	return one(ctx, r)
}

// cold is the way from a closed database to everybody's memberships.
func cold(ctx context.Context, r *measure.Report) error {
	for _, rules := range []int{1_000, 10_000} {
		result, err := measure.Fork(ctx, "cold", strconv.Itoa(people), strconv.Itoa(rules))
		if err != nil {
			return err
		}
		name := "from a cold store, " + measure.Count(rules) + " rules"
		r.Line(name, measure.Seconds(result.Seconds), "loading "+measure.Seconds(result.Figures["load"]), "peak "+measure.Size(result.Peak))
		r.Ratio(name, "5 s", result.Seconds/5, 1)
	}
	return nil
}

// everyone compares a recomputation of everybody with the floor and with CEL.
func everyone(ctx context.Context, r *measure.Report, rules int) error {
	result, err := measure.Fork(ctx, "everyone", strconv.Itoa(people), strconv.Itoa(rules))
	if err != nil {
		return err
	}
	cel, err := measure.Fork(ctx, "cel", "200", strconv.Itoa(rules))
	if err != nil {
		return err
	}
	f, name := result.Figures, measure.Count(rules)+" rules"
	naive := cel.Figures["each"] * float64(rules) * people / 2
	r.Line(name+": floor, by hand", measure.Seconds(f["floor"]))
	r.Line(name+": everyone", measure.Seconds(f["everyone"]), measure.Rate(result.Counts["pairs"], f["everyone"], "memberships"))
	r.Line(name+": everyone, one rule in ten asks CEL", measure.Seconds(f["hard"]))
	r.Line(name+": one changed rule, who gains and loses", measure.Millis(f["changed"]))
	r.Line(name+": CEL asked each time, on two cores", measure.Seconds(naive), measure.Nanos(cel.Figures["each"])+" each")
	r.Line(name+": loading the people", measure.Seconds(f["put"]), "sealing "+measure.Seconds(f["seal"]))
	r.Line(name+": memory", fmt.Sprintf("%.0f bytes a person", f["bytes a person"]), fmt.Sprintf("%.1f bytes a membership", f["bytes a membership"]))
	r.Ratio(name+": everyone", "floor", f["everyone"]/f["floor"], 2)
	r.Ratio(name+": CEL asked each time", "everyone", naive/f["everyone"], 0)
	r.Ratio(name+": one changed rule", "a second", f["changed"], 1)
	return nil
}

// one measures a decision about one person.
func one(ctx context.Context, r *measure.Report) error {
	var p99 []float64
	for _, crowd := range []int{1_000, people} {
		result, err := measure.Fork(ctx, "one", strconv.Itoa(crowd), "10000")
		if err != nil {
			return err
		}
		f := result.Figures
		r.Line("one of "+measure.Count(crowd)+", 10,000 rules", "p50 "+measure.Micros(f["p50"]), "p99 "+measure.Micros(f["p99"]),
			fmt.Sprintf("%d memberships", result.Counts["memberships"]))
		r.Ratio("one of "+measure.Count(crowd)+" at p99", "200 µs", f["p99"]/200e-6, 1)
		p99 = append(p99, f["p99"])
	}
	r.Ratio("one of a million", "one of a thousand", p99[1]/p99[0], 0)
	return nil
}

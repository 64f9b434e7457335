// Command grants measures how late access ends: from the instant at which a grant
// is over to the removal on the target, by the target's own clock. The hub runs as
// its users run it, from a configuration file on durable SQLite, with its loops;
// the target takes 2,000 changes a second and no more.
//
//	even      grants end one after the other over a window, full runs beside it
//	together  many end in the same instant, while the target is busy with additions
//	restart   many end while the hub is not running
//	outage    many end while the target does not answer
//
// The floor of the last three is the time that the target itself needs for as many
// changes.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"strconv"
	"time"

	"birthright/bench/measure"
)

func main() {
	os.Exit(measure.Main(measure.Program{Run: run, Tasks: map[string]measure.Task{
		"even": evenTask, "together": togetherTask, "restart": restartTask, "outage": outageTask,
	}}))
}

// What is aimed at: how late the latest removal may be while the target keeps up,
// how much longer than the target itself many at once may take, and how soon all is
// gone once the hub or the target is back. mostLate is beside one second.
const (
	mostLate    = 1.0
	mostDrained = 2.0
	mostOverdue = 5.0
)

// fullVariable asks for the full size where arguments cannot be given.
const fullVariable = "BENCH_FULL"

func run(ctx context.Context, r *measure.Report) error {
	flags := flag.NewFlagSet("grants", flag.ContinueOnError)
	full := flags.Bool("full", os.Getenv(fullVariable) != "", "100,000 grants over ten minutes instead of 10,000 over one")
	if err := flags.Parse(os.Args[1:]); err != nil {
		return err
	}
	ending, window, away := 10_000, time.Minute, 20*time.Second
	if *full {
		ending, window, away = 100_000, 10*time.Minute, time.Minute
	}
	r.Title("How late access ends, by the clock of a target that takes %s changes/s", measure.Count(rate))
	for _, part := range []func() error{
		func() error { return even(ctx, r, ending, window) },
		func() error { return together(ctx, r) },
		func() error { return caughtUp(ctx, r, "restart", "the hub was away", "the hub's start", 2*time.Second) },
		func() error { return caughtUp(ctx, r, "outage", "the target was away", "the target's return", away) },
	} {
		if err := part(); err != nil {
			return err
		}
	}
	return nil
}

func even(ctx context.Context, r *measure.Report, n int, window time.Duration) error {
	result, err := measure.Fork(ctx, "even", strconv.Itoa(n), window.String())
	if err != nil {
		return err
	}
	f := result.Figures
	r.Line(fmt.Sprintf("%s ending over %v, %d full runs beside it", measure.Count(n), window, result.Counts["full runs"]),
		"p50 "+measure.Millis(f["p50"]), "p99 "+measure.Millis(f["p99"]), "worst "+measure.Millis(f["worst"]),
		"peak "+measure.Size(result.Peak))
	r.Ratio("worst lateness", "1 s", f["worst"], mostLate)
	return nil
}

func together(ctx context.Context, r *measure.Report) error {
	const ending, waiting = 10_000, 20_000
	result, err := measure.Fork(ctx, "together", strconv.Itoa(ending), strconv.Itoa(waiting))
	if err != nil {
		return err
	}
	floor := floorOf(ending)
	r.Line(fmt.Sprintf("%s ending in one instant, %s additions waiting", measure.Count(ending), measure.Count(waiting)),
		"gone after "+measure.Seconds(result.Seconds), "the target alone "+measure.Seconds(floor),
		fmt.Sprintf("%s additions made meanwhile", measure.Count(result.Counts["added meanwhile"])))
	r.Ratio(fmt.Sprintf("%s ending together", measure.Count(ending)), "the target alone", result.Seconds/floor, mostDrained)
	return nil
}

func caughtUp(ctx context.Context, r *measure.Report, task, when, since string, away time.Duration) error {
	const ending = 5000
	result, err := measure.Fork(ctx, task, strconv.Itoa(ending), away.String())
	if err != nil {
		return err
	}
	r.Line(fmt.Sprintf("%s ended while %s, %v", measure.Count(ending), when, away),
		"gone "+measure.Seconds(result.Seconds)+" after "+since, "the target alone "+measure.Seconds(floorOf(ending)),
		"first after "+measure.Seconds(result.Figures["first"]))
	r.Ratio("the last overdue removal after "+since, "1 s", result.Seconds, mostOverdue)
	return nil
}

// floorOf is how long the target needs for n changes, in seconds.
func floorOf(n int) float64 { return float64(n) / rate }

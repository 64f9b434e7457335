package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"time"

	"birthright/bench/measure"
	"birthright/store"
)

// lead is the time from the last preparation to the first end.
const lead = 3 * time.Second

// never is a schedule of full runs that does not come in a measurement.
const never = "@every 24h"

// evenTask has grants end evenly over a window, with some full runs within it.
func evenTask(ctx context.Context, args []string) (result measure.Result, err error) {
	n, window, err := arguments(args)
	if err != nil {
		return result, err
	}
	o, err := newOffice(ctx, n, n, fmt.Sprintf("@every %ds", int(window.Seconds()/4)))
	if err != nil {
		return result, err
	}
	defer func() { err = errors.Join(err, o.close(ctx)) }()
	measure.ForgetPeak()
	began := time.Now()
	if err := o.serveAndEnd(ctx, window); err != nil {
		return result, err
	}
	if err := o.untilGone(ctx, n, window+2*time.Minute); err != nil {
		return result, err
	}
	late, err := o.lateness()
	if err != nil {
		return result, err
	}
	runs, err := o.fullRunsSince(ctx, began)
	result.Counts = map[string]int{"full runs": runs}
	result.Figures = map[string]float64{
		"p50": measure.Median(late), "p99": measure.Quantile(late, 0.99), "worst": slices.Max(late),
	}
	return result, err
}

// serveAndEnd starts the loops, and has the grants end a little later.
func (o *office) serveAndEnd(ctx context.Context, window time.Duration) error {
	if _, err := o.Serve(ctx); err != nil {
		return err
	}
	return o.end(ctx, time.Now().Add(lead+window/20), window)
}

// togetherTask has grants end in one instant, while the target is busy with
// additions for other people.
func togetherTask(ctx context.Context, args []string) (result measure.Result, err error) {
	n, err := strconv.Atoi(args[0])
	if err != nil {
		return result, err
	}
	waiting, err := strconv.Atoi(args[1])
	if err != nil {
		return result, err
	}
	o, err := newOffice(ctx, n+waiting, n, never)
	if err != nil {
		return result, err
	}
	defer func() { err = errors.Join(err, o.close(ctx)) }()
	others, err := o.people(ctx, n, n+waiting)
	if err != nil {
		return result, err
	}
	if err := o.give(ctx, others, "waiting", false); err != nil {
		return result, err
	}
	at := time.Now().Add(lead)
	if err := o.end(ctx, at, 0); err != nil {
		return result, err
	}
	if _, err := o.Serve(ctx); err != nil {
		return result, err
	}
	if err := o.untilGone(ctx, n, 5*time.Minute); err != nil {
		return result, err
	}
	late, err := o.lateness()
	if err != nil {
		return result, err
	}
	result.Seconds = slices.Max(late)
	result.Counts = map[string]int{"added meanwhile": o.target.addedSince(at)}
	return result, nil
}

// restartTask has grants end while no hub runs, and starts one.
func restartTask(ctx context.Context, args []string) (result measure.Result, err error) {
	n, away, err := arguments(args)
	if err != nil {
		return result, err
	}
	o, err := newOffice(ctx, n, n, never)
	if err != nil {
		return result, err
	}
	defer func() { err = errors.Join(err, o.close(ctx)) }()
	if err := o.end(ctx, time.Now(), away); err != nil {
		return result, err
	}
	if err := o.Hub.Close(ctx); err != nil {
		return result, err
	}
	if err := passed(ctx, away); err != nil {
		return result, err
	}
	back := time.Now()
	if err := o.open(ctx); err != nil {
		return result, err
	}
	if _, err := o.Serve(ctx); err != nil {
		return result, err
	}
	return o.caughtUp(ctx, n, back)
}

// outageTask has grants end while the target does not answer, which then does.
func outageTask(ctx context.Context, args []string) (result measure.Result, err error) {
	n, away, err := arguments(args)
	if err != nil {
		return result, err
	}
	o, err := newOffice(ctx, n, n, never)
	if err != nil {
		return result, err
	}
	defer func() { err = errors.Join(err, o.close(ctx)) }()
	o.target.down.Store(true)
	if err := o.end(ctx, time.Now(), away/4); err != nil {
		return result, err
	}
	if _, err := o.Serve(ctx); err != nil {
		return result, err
	}
	if err := passed(ctx, away); err != nil {
		return result, err
	}
	o.target.down.Store(false)
	return o.caughtUp(ctx, n, time.Now())
}

// caughtUp measures when the overdue removals were made after an instant.
func (o *office) caughtUp(ctx context.Context, n int, back time.Time) (result measure.Result, err error) {
	if err := o.untilGone(ctx, n, 5*time.Minute); err != nil {
		return result, err
	}
	first, last := o.since(back)
	return measure.Result{Seconds: last, Figures: map[string]float64{"first": first}}, nil
}

func (o *office) untilGone(ctx context.Context, n int, most time.Duration) error {
	return measure.Until(ctx, most, func() (bool, error) { return o.target.gone() == n, nil })
}

// passed waits until some time has passed.
func passed(ctx context.Context, d time.Duration) error {
	began := time.Now()
	return measure.Until(ctx, d+time.Minute, func() (bool, error) { return time.Since(began) >= d, nil })
}

// fullRunsSince counts the full runs that were made to their end.
func (o *office) fullRunsSince(ctx context.Context, from time.Time) (n int, err error) {
	err = o.Store.View(ctx, func(tx *store.Tx) error {
		rows, err := tx.Runs(ctx, store.RunQuery{})
		for _, row := range rows {
			if row.Started.After(from) && row.Kind == "full" {
				n++
			}
		}
		return err
	})
	return n, err
}

func arguments(args []string) (n int, d time.Duration, err error) {
	if n, err = strconv.Atoi(args[0]); err != nil {
		return 0, 0, err
	}
	d, err = time.ParseDuration(args[1])
	return n, d, err
}

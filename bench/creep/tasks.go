package main

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"birthright/bench/measure"
	"birthright/reviews/creep"
)

// stage makes all that a report starts with.
func stage() (creep.Input, error) {
	e, err := engine()
	if err != nil {
		return creep.Input{}, err
	}
	in := creep.Input{At: noon, Engine: e, Population: populate(e), MaxAge: 24 * time.Hour}
	in.Targets = observe(e, e.Everyone(in.Population, worldNow))
	return in, nil
}

// report makes one, and times its parts; what is looked up in between is not part of it.
func report(in creep.Input, figures map[string]float64) (*creep.Surplus, *creep.Report) {
	timed := func(name string, do func()) {
		began := time.Now()
		do()
		figures[name] = time.Since(began).Seconds()
	}
	var s *creep.Surplus
	var r *creep.Report
	timed("everyone", func() { in.Everyone = in.Engine.Everyone(in.Population, worldNow) })
	timed("find", func() { s = creep.Find(in) })
	d := lookUp(s)
	timed("weigh", func() { r = creep.Weigh(s, d) })
	return s, r
}

func reportTask(context.Context, []string) (measure.Result, error) {
	in, err := stage()
	if err != nil {
		return measure.Result{}, err
	}
	measure.ForgetPeak()
	result := measure.Result{Figures: map[string]float64{}}
	f := result.Figures
	_, r := report(in, f)
	result.Seconds = f["everyone"] + f["find"] + f["weigh"]
	if found := r.Summary.Surplus + len(r.Orphans); found != surplus {
		return result, fmt.Errorf("%d holdings in surplus were found, %d were made", found, surplus)
	}
	began := time.Now()
	plan := r.Plan(creep.Filter{})
	f["plan"] = time.Since(began).Seconds()
	began = time.Now()
	text, err := json.Marshal(r)
	if err != nil {
		return result, err
	}
	f["json"] = time.Since(began).Seconds()
	result.Counts = map[string]int{
		"holdings": r.Summary.Holdings, "surplus": r.Summary.Surplus, "orders": len(plan.Orders), "bytes": len(text), "entitlements": entitlements(in),
	}
	return result, compare(in, r, f)
}

// memoryTask makes a report and nothing else, so that the peak is the report's.
func memoryTask(context.Context, []string) (measure.Result, error) {
	in, err := stage()
	if err != nil {
		return measure.Result{}, err
	}
	measure.ForgetPeak()
	before := measure.Memory()
	_, r := report(in, map[string]float64{})
	return measure.Result{Counts: map[string]int{"before": int(before), "users": len(r.Users)}}, nil
}

func entitlements(in creep.Input) int {
	n := 0
	for i := range in.Targets {
		n += len(in.Targets[i].Observed)
	}
	return n
}

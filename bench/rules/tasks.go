package main

import (
	"context"
	"fmt"
	"runtime"
	"strconv"
	"time"

	"birthright/bench/measure"
	"birthright/identity"
	"birthright/rules"
	"birthright/rules/impact"
	"birthright/rules/population"
)

// repeats is how often each part runs; the median counts.
const repeats = 5

func timed(do func()) float64 {
	var seconds []float64
	for range repeats {
		runtime.GC()
		began := time.Now()
		do()
		seconds = append(seconds, time.Since(began).Seconds())
	}
	return measure.Median(seconds)
}

func numbers(args []string) (a, b int, err error) {
	if a, err = strconv.Atoi(args[0]); err == nil {
		b, err = strconv.Atoi(args[1])
	}
	return a, b, err
}

// everyoneTask runs the floor and the engine over the same people and rules.
func everyoneTask(_ context.Context, args []string) (measure.Result, error) {
	people, n, err := numbers(args)
	if err != nil {
		return measure.Result{}, err
	}
	result := measure.Result{Figures: map[string]float64{}, Counts: map[string]int{}}
	f, all := result.Figures, shapes(n)
	hand := floorOf(people)
	want := pairs(hand.evaluate(all))
	f["floor"] = timed(func() { hand.evaluate(all) })
	hand = nil
	e, err := engine(texts(all))
	if err != nil {
		return result, err
	}
	before := heap()
	pop := populate(e, people, f)
	f["bytes a person"] = float64(heap()-before) / float64(people)
	x := e.Everyone(pop, rules.World{})
	got := 0
	for i := range x.Holdings {
		got += int(x.Holdings[i].Users().GetCardinality())
	}
	if got != want {
		return result, fmt.Errorf("the engine finds %d memberships, the floor %d", got, want)
	}
	result.Counts["pairs"] = got
	f["bytes a membership"] = float64(heap()-before-int64(f["bytes a person"]*float64(people))) / float64(got)
	runtime.KeepAlive(x)
	x = nil
	f["everyone"] = timed(func() { e.Everyone(pop, rules.World{}) })
	if err := hard(f, all, pop); err != nil {
		return result, err
	}
	return result, changed(f, all, e, pop)
}

func populate(e *rules.Engine, people int, f map[string]float64) *population.Population {
	pop, c := population.New(e.Readings()), newCrowd()
	var put time.Duration
	batch := make([]identity.User, min(people, 10_000))
	for n := 0; n < people; n += len(batch) {
		for i := range batch {
			batch[i] = c.person(int64(n + i + 1))
		}
		began := time.Now()
		for i := range batch {
			pop.Put(&batch[i])
		}
		put += time.Since(began)
	}
	f["put"] = put.Seconds()
	began := time.Now()
	pop.Seal()
	f["seal"] = time.Since(began).Seconds()
	return pop
}

// hard measures a policy of which every tenth condition asks CEL.
func hard(f map[string]float64, all []shape, pop *population.Population) error {
	e, err := engine(withHard(texts(all)))
	if err != nil {
		return err
	}
	began := time.Now()
	e.Everyone(pop, rules.World{})
	f["hard"] = time.Since(began).Seconds()
	return nil
}

// changed measures what one rule's edit comes to for everybody.
func changed(f map[string]float64, all []shape, e *rules.Engine, pop *population.Population) error {
	conditions := texts(all)
	conditions[4] = conditions[10]
	edited, err := engine(conditions)
	if err != nil {
		return err
	}
	f["changed"] = timed(func() {
		_, err = impact.Compare(impact.Side{Engine: e, Population: pop}, impact.Side{Engine: edited, Population: pop}, impact.Scope{})
	})
	return err
}

// heap is what is in use after a collection.
func heap() int64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc)
}

// oneTask decides about people one by one, beside a resident population of some
// size: what is asked about one must not depend on how many others there are.
func oneTask(_ context.Context, args []string) (measure.Result, error) {
	people, n, err := numbers(args)
	if err != nil {
		return measure.Result{}, err
	}
	e, err := engine(texts(shapes(n)))
	if err != nil {
		return measure.Result{}, err
	}
	pop := populate(e, people, map[string]float64{})
	const asked = 100_000
	seconds := make([]float64, asked)
	memberships := 0
	for i := range seconds {
		u := pop.User(uint32((i*7919)%people + 1))
		began := time.Now()
		memberships += len(e.Memberships(u, rules.World{At: began}))
		seconds[i] = time.Since(began).Seconds()
	}
	runtime.KeepAlive(pop)
	return measure.Result{
		Figures: map[string]float64{"p50": measure.Median(seconds), "p99": measure.Quantile(seconds, 0.99)},
		Counts:  map[string]int{"memberships": memberships / asked},
	}, nil
}

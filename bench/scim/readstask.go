package main

import (
	"context"
	"os"
	"path/filepath"
	"strconv"
	"time"

	"birthright/bench/hub"
	"birthright/bench/measure"
	"birthright/internal/company"
)

// lookUps is how often one user is looked for, scans how often a question is
// asked that looks at everybody.
const lookUps, scans = 400, 3

// among is a hub with people in it.
type among struct {
	h      *hub.Hub
	client *hub.Client
	ids    []string
	people []company.Person
}

// readsTask asks two hubs the same, in turns, and then the larger one more.
func readsTask(ctx context.Context, args []string) (result measure.Result, err error) {
	sizes := make([]int, len(args))
	for i, arg := range args {
		if sizes[i], err = strconv.Atoi(arg); err != nil {
			return result, err
		}
	}
	return result, withHub(ctx, func(_ string, small *hub.Hub, c *hub.Client) error {
		few := among{h: small, client: c}
		return withHub(ctx, func(dir string, large *hub.Hub, c *hub.Client) (err error) {
			many := among{h: large, client: c}
			began := time.Now()
			if err := many.fill(ctx, sizes[1]); err != nil {
				return err
			}
			result.Figures = map[string]float64{"filled": time.Since(began).Seconds()}
			result.Counts = map[string]int{}
			if err := few.fill(ctx, sizes[0]); err != nil {
				return err
			}
			if info, err := os.Stat(filepath.Join(dir, database)); err == nil {
				result.Counts["bytes"] = int(info.Size())
			}
			measure.ForgetPeak()
			if err := lookInTurns(ctx, result, few, many); err != nil {
				return err
			}
			if err := many.askAll(ctx, result); err != nil {
				return err
			}
			return many.page(ctx, result)
		})
	})
}

func (a *among) fill(ctx context.Context, people int) (err error) {
	a.ids, a.people, err = fill(ctx, a.h, people)
	return err
}

// one is somebody, spread over all by the number of the question.
func (a *among) one(i int) int { return (i*7919 + 17) % len(a.people) }

// look names the look-up of one user among people.
func look(people int) string { return "look " + strconv.Itoa(people) }

// lookInTurns looks for one user in each hub, again and again.
func lookInTurns(ctx context.Context, result measure.Result, hubs ...among) error {
	took := map[string][]float64{}
	for i := range lookUps {
		for _, a := range hubs {
			seconds, err := a.ask(ctx, userNamed(a.people[a.one(i)].UserName), 1)
			if err != nil {
				return err
			}
			key := look(len(a.people))
			took[key] = append(took[key], seconds)
		}
	}
	note(result, took)
	return nil
}

// note keeps the median and the worst of what was timed.
func note(result measure.Result, took map[string][]float64) {
	for key, values := range took {
		result.Figures[key+" p50"], result.Figures[key+" p99"] = measure.Median(values), measure.Quantile(values, 0.99)
		result.Counts[key] = len(values)
	}
}

// page reads lists by cursor for a while, 200 users at a time.
func (a *among) page(ctx context.Context, result measure.Result) error {
	const pages = 250
	began, cursor := time.Now(), ""
	for range pages {
		got, err := a.list(ctx, "/Users?count=200&cursor="+cursor)
		if err != nil {
			return err
		}
		cursor, result.Counts["paged"] = got.Next, result.Counts["paged"]+len(got.Resources)
		if cursor == "" {
			break
		}
	}
	result.Figures["paged"] = time.Since(began).Seconds()
	return nil
}

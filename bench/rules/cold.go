package main

import (
	"context"
	"errors"
	"os"
	"time"

	"birthright/bench/hub"
	"birthright/bench/measure"
	"birthright/identity"
	"birthright/reconcile"
	"birthright/store"
)

// coldTask measures the way from a closed database to everybody's memberships.
func coldTask(ctx context.Context, args []string) (measure.Result, error) {
	people, n, err := numbers(args)
	if err != nil {
		return measure.Result{}, err
	}
	dir, err := os.MkdirTemp("", "rules")
	if err != nil {
		return measure.Result{}, err
	}
	defer os.RemoveAll(dir)
	if err := fill(ctx, dir, people); err != nil {
		return measure.Result{}, err
	}
	e, err := engine(texts(shapes(n)))
	if err != nil {
		return measure.Result{}, err
	}
	h, err := open(ctx, dir)
	if err != nil {
		return measure.Result{}, err
	}
	measure.ForgetPeak()
	result := measure.Result{Figures: map[string]float64{}, Counts: map[string]int{}}
	began := time.Now()
	err = h.Store.View(ctx, func(tx *store.Tx) error {
		var crowd reconcile.Crowd
		if crowd, err = h.Runner.Crowd(ctx, tx, nil, e); err != nil {
			return err
		}
		result.Figures["load"] = time.Since(began).Seconds()
		x := e.Everyone(crowd.Population, crowd.World)
		result.Seconds = time.Since(began).Seconds()
		result.Counts["groups"], result.Counts["people"] = len(x.Holdings), crowd.Population.Len()
		return nil
	})
	return result, errors.Join(err, h.Close(ctx))
}

func open(ctx context.Context, dir string) (*hub.Hub, error) {
	return hub.Open(ctx, dir, "policies: [policies/*.yaml]\n", "groups: [{name: everyone}]\nrules: [{name: everyone, when: true, groups: [everyone]}]\n", nil)
}

// fill stores people as if sources had told of them.
func fill(ctx context.Context, dir string, people int) error {
	h, err := open(ctx, dir)
	if err != nil {
		return err
	}
	c := newCrowd()
	const batch = 10_000
	for n := 0; n < people; n += batch {
		users := make([]*identity.User, batch)
		for i := range users {
			u := c.person(int64(n + i + 1))
			u.N, u.Origins = 0, map[string]string{"department": "hr", "team": "hr", "title": "hr"}
			users[i] = &u
		}
		if err := h.Store.Update(ctx, func(tx *store.Tx) error { return tx.SaveUsers(ctx, users) }); err != nil {
			return errors.Join(err, h.Close(ctx))
		}
	}
	return h.Close(ctx)
}

package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"time"

	"birthright/bench/measure"
	requests "birthright/grants/desk"
	"birthright/identity"
	"birthright/reconcile"
	"birthright/reviews"
	"birthright/reviews/desk"
	"birthright/rules"
	"birthright/rules/population"
	"birthright/store"
)

// policy gives everybody ten groups, as a department, a place and a title do.
const policy = `
rules:
  - {name: all, when: "true", groups: [everyone]}
  - {name: department, when: 'user.department != ""', groups: ["department-{department}"]}
  - {name: other, when: 'user.title != ""', groups: ["g1-{title}", "g2-{title}", "g3-{title}", "g4-{title}", "g5-{title}", "g6-{title}", "g7-{title}", "g8-{title}"]}
groups:
  - {name: everyone, access: ["app:group/everyone"]}
templates:
  - {match: "department-*", access: ["app:group/{name}"], risk: high, owners: ["user:u0000001", "user:u0000002"]}
  - {match: "g*-*", access: ["app:group/{name}"], owners: [manager]}
`

const (
	groupsEach  = 10
	departments = 60
	titles      = 400
)

// bench is a hub with people in it, without any target.
type bench struct {
	db    *store.DB
	desk  *desk.Desk
	count int
}

func campaignTask(ctx context.Context, args []string) (result measure.Result, err error) {
	count, err := strconv.Atoi(args[0])
	if err != nil {
		return result, err
	}
	dir, err := os.MkdirTemp("", "birthright-bench-")
	if err != nil {
		return result, err
	}
	defer os.RemoveAll(dir)
	b, err := open(ctx, filepath.Join(dir, "hub.db"), count)
	if err != nil {
		return result, err
	}
	defer func() { err = errors.Join(err, b.db.Close()) }()
	if err := b.fill(ctx); err != nil {
		return result, err
	}
	result.Figures, result.Counts = map[string]float64{}, map[string]int{}
	measure.ForgetPeak()
	if err := b.campaigns(ctx, &result); err != nil {
		return result, err
	}
	if err := b.reports(ctx, dir, &result); err != nil {
		return result, err
	}
	return result, b.floor(ctx, dir, &result)
}

func open(ctx context.Context, file string, count int) (*bench, error) {
	p, err := rules.Load([]rules.File{{Name: "policy.yaml", Data: []byte(policy)}}, nil)
	if err != nil {
		return nil, err
	}
	e, err := rules.Compile(p)
	if err != nil {
		return nil, err
	}
	db, err := store.Open(ctx, "sqlite:"+file, store.Options{Migrate: true})
	if err != nil {
		return nil, err
	}
	engine := func() *rules.Engine { return e }
	runner := reconcile.New(reconcile.Options{Store: db, Engine: engine, Now: time.Now})
	b := &bench{db: db, count: count}
	b.desk = desk.New(desk.Options{
		Store: db, Engine: engine, Grants: requests.New(requests.Options{Store: db, Engine: engine, World: runner.StandingWorldFor}),
		Everybody: func(ctx context.Context, tx *store.Tx, each func(*identity.User) error, engines ...*rules.Engine) (*population.Population, rules.World, error) {
			crowd, err := runner.Crowd(ctx, tx, each, engines...)
			return crowd.Population, crowd.World, err
		},
	})
	return b, nil
}

// campaigns starts them and tells how long each took.
func (b *bench) campaigns(ctx context.Context, result *measure.Result) error {
	root := requests.Operator("operator:bench")
	for _, w := range []desk.Wish{
		{Name: "owners", Scope: reviews.Scope{Risk: "high"}},
		{Name: "managers", Scope: reviews.Scope{Groups: []string{"g1-*"}}},
		{Name: "some", Scope: reviews.Scope{Groups: []string{"g2-*"}, People: `user.title == "T7"`}},
	} {
		name := w.Name
		w.Owner = "user:u0000003"
		began := time.Now()
		f, err := b.desk.Preview(ctx, root, w)
		if err != nil {
			return err
		}
		result.Figures["preview "+name] = time.Since(began).Seconds()
		began = time.Now()
		c, err := b.desk.Start(ctx, root, w)
		if err != nil {
			return err
		}
		result.Figures["start "+name] = time.Since(began).Seconds()
		result.Counts["items "+name], result.Counts["reviewers "+name] = c.Items, len(f.Reviewers)
		if c.Items != f.Items || c.Items == 0 {
			return fmt.Errorf("campaign %s has %d items, the preview said %d", name, c.Items, f.Items)
		}
	}
	return b.review(ctx, result)
}

// review is what one reviewer does.
func (b *bench) review(ctx context.Context, result *measure.Result) error {
	a, err := b.desk.Grants.Actor(ctx, userName(1))
	if err != nil {
		return err
	}
	began := time.Now()
	page, err := b.desk.Waiting(ctx, a, desk.ItemQuery{Limit: 50})
	if err != nil || len(page) == 0 {
		return fmt.Errorf("%d items wait: %w", len(page), err)
	}
	result.Figures["waiting"] = time.Since(began).Seconds()
	began = time.Now()
	_, err = b.desk.Decide(ctx, a, page[0].Campaign, desk.Choice{What: reviews.Kept, Items: []string{page[0].ID}})
	result.Figures["decide"] = time.Since(began).Seconds()
	return err
}

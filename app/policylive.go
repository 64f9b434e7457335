package app

import (
	"context"
	"strings"

	"birthright/identity"
	"birthright/reconcile"
	"birthright/rules"
	"birthright/rules/analysis"
	"birthright/store"
)

// Live returns what is wrong with the policy for the people in the directory.
func (a *App) Live(ctx context.Context) ([]analysis.Finding, error) {
	engine := a.Engine()
	d := analysis.Directory{}
	err := a.Store.View(ctx, func(tx *store.Tx) error {
		crowd, err := a.Runner.Crowd(ctx, tx, nil, engine)
		if err != nil {
			return err
		}
		d.Everyone = engine.Everyone(crowd.Population, crowd.World)
		d.State, err = states(ctx, tx, analysis.Names(engine.Policy()))
		return err
	})
	if err != nil {
		return nil, err
	}
	return analysis.Live(engine, d), nil
}

// states returns where users stand, by name without letter case.
func states(ctx context.Context, tx *store.Tx, names []string) (func(string) (identity.State, bool), error) {
	numbers, err := tx.UserNumbers(ctx, names)
	if err != nil {
		return nil, err
	}
	ns := make([]int64, 0, len(numbers))
	for _, n := range numbers {
		ns = append(ns, n)
	}
	users, err := tx.BareUsers(ctx, ns)
	if err != nil {
		return nil, err
	}
	byN := map[int64]identity.State{}
	for _, u := range users {
		byN[u.N] = u.State
	}
	known := map[string]identity.State{}
	for name, n := range numbers {
		known[strings.ToLower(name)] = byN[n]
	}
	return func(name string) (identity.State, bool) {
		state, ok := known[strings.ToLower(name)]
		return state, ok
	}, nil
}

// TestLive holds properties against everybody in the directory.
func (a *App) TestLive(ctx context.Context, t *rules.PropertyTests) error {
	engine := a.Engine()
	return a.Store.View(ctx, func(tx *store.Tx) error {
		var crowd reconcile.Crowd
		var err error
		if crowd, err = a.Runner.Crowd(ctx, tx, nil, engine); err != nil {
			return err
		}
		everyone := engine.Everyone(crowd.Population, crowd.World)
		t.Everyone(everyone, crowd.Population, crowd.World, "the directory")
		users, err := tx.BareUsers(ctx, t.Nameless())
		t.Name(users)
		return err
	})
}

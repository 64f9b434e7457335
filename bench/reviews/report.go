package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"time"

	"github.com/RoaringBitmap/roaring/v2"

	"birthright/app"
	"birthright/bench/measure"
	"birthright/config"
	"birthright/hub"
	"birthright/identity"
	sourcekinds "birthright/sources/builtin"
	"birthright/store"
	targetkinds "birthright/targets/builtin"
)

const hubYAML = `
database: {url: "sqlite:hub.db"}
policies: [policy.yaml]
targets: [{name: app, kind: memory}]
`

// secrets is how many entitlements there are that no policy speaks of; each of a
// hundred people holds one.
const secrets = 200

// observe writes what a look at the target would have left: what memberships give, and
// one surplus entitlement for every tenth person.
func (b *bench) observe(ctx context.Context) error {
	return b.db.Update(ctx, func(tx *store.Tx) error {
		state, err := tx.TargetState(ctx, "app")
		if err != nil {
			return err
		}
		holders := map[string]*roaring.Bitmap{}
		add := func(group string, n uint32) {
			if holders[group] == nil {
				holders[group] = roaring.New()
			}
			holders[group].Add(n)
		}
		for n := 1; n <= b.count; n++ {
			add("everyone", uint32(n))
			add(fmt.Sprintf("department-d%d", n%departments), uint32(n))
			for g := 1; g <= groupsEach-2; g++ {
				add(fmt.Sprintf("g%d-t%d", g, n%titles), uint32(n))
			}
			if n%10 == 0 {
				add(fmt.Sprintf("secret-%d", n/10%secrets), uint32(n))
			}
		}
		addrs := make([]identity.Entitlement, 0, len(holders))
		for name := range holders {
			addrs = append(addrs, identity.Entitlement{Target: "app", Kind: "group", ID: name})
		}
		numbers, err := tx.EntitlementNumbers(ctx, addrs, true)
		if err != nil {
			return err
		}
		at := tx.Now()
		layers := make([]store.HoldingLayer, 0, len(holders))
		for address, n := range numbers {
			layers = append(layers, store.HoldingLayer{TargetN: state.N, EntN: n, Since: at, Holders: holders[address.ID]})
		}
		if err := tx.SaveHoldings(ctx, layers, nil); err != nil {
			return err
		}
		return tx.SaveSighting(ctx, store.Sighting{TargetN: state.N, First: at, Last: at})
	})
}

// reports opens the program on the database, and times the report of creep, cold, and
// what one person had at a moment.
func (b *bench) reports(ctx context.Context, dir string, result *measure.Result) error {
	if err := b.observe(ctx); err != nil {
		return err
	}
	for name, text := range map[string]string{"hub.yaml": hubYAML, "policy.yaml": policy} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			return err
		}
	}
	cfg, err := config.Load(filepath.Join(dir, "hub.yaml"), config.Kinds{Sources: sourcekinds.Kinds(), Targets: targetkinds.Kinds()}, nil)
	if err != nil {
		return err
	}
	a, err := app.Open(ctx, app.Options{Config: cfg, Actor: "operator:bench"})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, a.Close()) }()
	began := time.Now()
	r, err := a.Creep(ctx, a.Usual())
	if err != nil {
		return err
	}
	result.Figures["creep"] = time.Since(began).Seconds()
	result.Counts["surplus"], result.Counts["holdings"] = r.Summary.Surplus, r.Summary.Holdings
	if r.Summary.Surplus != b.count/10 {
		return fmt.Errorf("the report found %d, and %d were planted", r.Summary.Surplus, b.count/10)
	}
	var took []float64
	for n := 1; n <= 50; n++ {
		err := a.Store.View(ctx, func(tx *store.Tx) error {
			u, err := tx.UserByName(ctx, userName(1+n*b.count/60))
			if err != nil {
				return err
			}
			began := time.Now()
			then, err := hub.UserAt(ctx, tx, u, tx.Now())
			took = append(took, time.Since(began).Seconds())
			if err == nil && (len(then.Memberships) != groupsEach || len(then.Observed) < groupsEach) {
				err = fmt.Errorf("%s had %d memberships and %d entitlements", u.UserName, len(then.Memberships), len(then.Observed))
			}
			return err
		})
		if err != nil {
			return err
		}
	}
	slices.Sort(took)
	result.Figures["at p50"], result.Figures["at worst"] = took[len(took)/2], took[len(took)-1]
	return nil
}

package app

import (
	"context"
	"path/filepath"
	"slices"

	"birthright/config"
	"birthright/identity"
	"birthright/rules"
	"birthright/rules/population"
	"birthright/store"
	"birthright/targets"
)

// simulations is the folder, beside the configuration, where simulated targets keep
// what they hold.
const simulations = "simulated"

// simulation is what a target starts from that is only simulated.
func (a *App) simulation(t config.Target) targets.Simulation {
	return targets.Simulation{
		File:  filepath.Join(a.Config.Dir, simulations, t.Name+".json"),
		Begin: func(ctx context.Context) (targets.State, error) { return a.begin(ctx, t) },
	}
}

// begin is what others are supposed to have made on a target before the hub came:
// what the policy gives there, and accounts of people where the hub makes none.
func (a *App) begin(ctx context.Context, t config.Target) (s targets.State, err error) {
	if a.Store == nil {
		return s, nil // the directory is not there: a check of the connection alone
	}
	dest, err := a.Destination(t.Name)
	if err != nil {
		return s, err
	}
	makes := t.Accounts.Create && dest.Settings.Capabilities.CreateAccounts || dest.Settings.Capabilities.ImplicitAccounts
	engine := a.Engine()
	err = a.Store.View(ctx, func(tx *store.Tx) error {
		crowd, err := a.Runner.Crowd(ctx, tx, nil, engine)
		if err != nil {
			return err
		}
		for _, e := range carried(engine, crowd.Population, t.Name) {
			s.Entitlements = append(s.Entitlements, targets.Entitlement{Address: e})
		}
		if makes {
			return nil
		}
		return tx.EachUser(ctx, func(u identity.User) error {
			if u.State == identity.Active || u.State == identity.OnLeave {
				s.Accounts = append(s.Accounts, targets.Account{Name: u.UserName, Active: true, Attributes: u.Attributes})
			}
			return nil
		})
	})
	return s, err
}

// carried returns what groups give on a target, those included that rules make.
func carried(engine *rules.Engine, pop *population.Population, target string) []identity.Entitlement {
	names := engine.GroupNames()
	for _, rule := range engine.RuleNames() {
		names = append(names, engine.MadeBy(rule, pop)...)
	}
	var out []identity.Entitlement
	for _, name := range names {
		group, _ := engine.Group(name)
		for _, e := range group.Access {
			if e.Target == target {
				out = append(out, e)
			}
		}
	}
	slices.SortFunc(out, identity.CompareEntitlements)
	return slices.Compact(out)
}

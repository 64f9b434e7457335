package app

import (
	"fmt"
	"strings"

	"birthright/config"
	"birthright/identity"
	"birthright/plan"
	"birthright/reconcile"
	"birthright/targets"
)

// openTargets makes the configured targets; none of them is contacted.
func (a *App) openTargets() error {
	for _, t := range a.Config.Targets {
		target, err := a.openTarget(t)
		if err != nil {
			return err
		}
		a.destinations = append(a.destinations, destination(a.Config.Sync.Guard, t, target))
	}
	return nil
}

func (a *App) openTarget(t config.Target) (targets.Target, error) {
	if ready, ok := a.Targets[t.Name]; ok {
		return ready, nil
	}
	target, err := t.Settings.Open(targets.Env{
		Name: t.Name, Map: t.Map, Log: a.Log.With("target", t.Name), Now: a.Now, Dir: a.Config.Dir,
		Budgets: a.budgets, Simulation: a.simulation(t),
	})
	if err != nil {
		return nil, &identity.Error{Kind: identity.Invalid, Op: "open target " + t.Name, Err: err}
	}
	if c, ok := target.(targets.Closer); ok {
		a.closers.add("target "+t.Name, c.Close)
	}
	return target, nil
}

// destination joins a target with its part of the configuration.
func destination(guard config.Guard, t config.Target, target targets.Target) reconcile.Destination {
	limits := plan.Limits{Removals: guard.MaxRemovals, Percent: guard.MaxRemovalPercent, Floor: guard.MinRemovals}
	if g := t.Guard; g != nil {
		override(&limits.Removals, g.MaxRemovals)
		override(&limits.Percent, g.MaxRemovalPercent)
		override(&limits.Floor, g.MinRemovals)
	}
	return reconcile.Destination{
		Target: target, Limits: limits, Match: t.Match, GovernedOnly: t.Observe == config.ObserveGoverned,
		Settings: plan.Settings{
			Target: t.Name, Unmanaged: plan.UnmanagedPolicy(t.Unmanaged), CreateAccounts: t.Accounts.Create,
			Leaver: plan.LeaverPolicy(t.Accounts.Leaver), Capabilities: target.Capabilities(),
		},
	}
}

// configured lists what there is to choose from.
func configured(names []string) string {
	if len(names) == 0 {
		return "none is configured"
	}
	return "configured are: " + strings.Join(names, ", ")
}

func override[T any](value *T, with *T) {
	if with != nil {
		*value = *with
	}
}

// Destinations returns the configured targets in the order of the configuration.
func (a *App) Destinations() []reconcile.Destination { return a.destinations }

// Destination returns the target of that name with its settings.
func (a *App) Destination(name string) (reconcile.Destination, error) {
	for _, d := range a.destinations {
		if d.Name() == name {
			return d, nil
		}
	}
	return reconcile.Destination{}, &identity.Error{
		Kind: identity.Invalid, Err: fmt.Errorf("there is no target %q", name), Hint: configured(a.targetNames()),
	}
}

// targetNames are the names of the configured targets, in their order.
func (a *App) targetNames() []string {
	names := make([]string, len(a.destinations))
	for i, d := range a.destinations {
		names[i] = d.Name()
	}
	return names
}

package main

import (
	"errors"
	"fmt"
	"slices"

	"github.com/spf13/cobra"

	"birthright/app"
	"birthright/rules/impact"
)

// markdown is the format of comments, for those commands that write them.
const markdown = "markdown"

// impactFlags are what the commands share that show an impact.
type impactFlags struct {
	people          string
	tell            bool
	maxRemovals     int
	limit           int
	groups, targets []string
}

func (f *impactFlags) add(cmd *cobra.Command) {
	flags := cmd.Flags()
	flags.StringVar(&f.people, "people", "", "ask about the people of this CSV or JSON `FILE` instead of the directory; needs no database")
	flags.BoolVar(&f.tell, "exit-code", false, "exit with 5 where something would change")
	flags.IntVar(&f.maxRemovals, "max-removals", -1, "exit with 4 where more than `N` memberships, or entitlements on targets, would be lost; -1 for no bound")
	flags.IntVar(&f.limit, "limit", 10, "name at most `N` people a group in tables and comments; 0 for all")
	flags.StringArrayVar(&f.groups, "group", nil, "only this `GROUP`; may be given several times")
	flags.StringArrayVar(&f.targets, "target", nil, "only this `TARGET`, and groups with access to it; may be given several times")
	cmd.Annotations = map[string]string{"formats": markdown}
}

func (f *impactFlags) check(a *app.App, _ []string) error {
	return errors.Join(knownTargets(a, f.targets), notNegative("limit", f.limit))
}

// narrow leaves what --group and --target ask for.
func (f *impactFlags) narrow(t app.Tried) app.Tried {
	if len(f.groups)+len(f.targets) == 0 {
		return t
	}
	wanted := func(group string) bool { return f.wants(t, group) }
	several := func(groups []string) bool { return slices.ContainsFunc(groups, wanted) }
	t.Groups = keepIf(t.Groups, func(g impact.Group) bool { return wanted(g.Name) })
	t.Needless = keepIf(t.Needless, func(g impact.Grant) bool { return wanted(g.Group) })
	t.Ending = keepIf(t.Ending, func(g impact.Stopped) bool { return wanted(g.Group) })
	t.Failing = keepIf(t.Failing, func(g impact.Stopped) bool { return wanted(g.Group) })
	t.Entitlements = keepIf(t.Entitlements, func(e impact.Entitlement) bool {
		carried := func(group string) bool { return slices.Contains(t.Carries(group), e.Entitlement) }
		return (len(f.targets) == 0 || slices.Contains(f.targets, e.Target)) && (len(f.groups) == 0 || slices.ContainsFunc(f.groups, carried))
	})
	t.Targets = impact.ByTarget(t.Entitlements)
	t.Constraints = keepIf(t.Constraints, func(x impact.Finding) bool { return several(x.Groups) })
	t.Properties = keepIf(t.Properties, func(x impact.Finding) bool {
		return slices.ContainsFunc(slices.Concat(x.Breaks, x.Mends), func(v impact.Violation) bool { return several(v.Groups) })
	})
	return t
}

// wants reports whether a group is among those asked for.
func (f *impactFlags) wants(t app.Tried, group string) bool {
	if len(f.groups) > 0 && !slices.Contains(f.groups, group) {
		return false
	}
	for _, e := range t.Carries(group) {
		if slices.Contains(f.targets, e.Target) {
			return true
		}
	}
	return len(f.targets) == 0
}

func keepIf[T any](list []T, keep func(T) bool) []T {
	return slices.DeleteFunc(slices.Clone(list), func(x T) bool { return !keep(x) })
}

// verdict is the exit code of an impact.
func (f *impactFlags) verdict(v impactView) error {
	memberships, entitlements := v.removals()
	if f.maxRemovals >= 0 && max(memberships, entitlements) > f.maxRemovals {
		return codeError{exitHeld, fmt.Errorf("%s and %s on targets would be lost, more than --max-removals %d allows; look at who loses them, or allow more",
			count(memberships, "membership", "memberships"), count(entitlements, "entitlement", "entitlements"), f.maxRemovals)}
	}
	if f.tell && v.changes() {
		return codeError{code: exitChanges}
	}
	return nil
}

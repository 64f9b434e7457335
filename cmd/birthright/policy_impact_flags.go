package main

import (
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"birthright/app"
	"birthright/hub/trial"
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
	if a.Config == nil { // what targets there are, the hub knows
		return notNegative("limit", f.limit)
	}
	return errors.Join(knownTargets(a, f.targets), notNegative("limit", f.limit))
}

// verdict is the exit code of an impact.
func (f *impactFlags) verdict(v trial.Outcome) error {
	memberships, entitlements := v.Removals()
	if f.maxRemovals >= 0 && max(memberships, entitlements) > f.maxRemovals {
		return codeError{exitHeld, fmt.Errorf("%s and %s on targets would be lost, more than --max-removals %d allows; look at who loses them, or allow more",
			count(memberships, "membership", "memberships"), count(entitlements, "entitlement", "entitlements"), f.maxRemovals)}
	}
	if f.tell && v.Changes() {
		return codeError{code: exitChanges}
	}
	return nil
}

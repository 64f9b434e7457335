package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"birthright/app"
	"birthright/identity"
	"birthright/internal/dates"
	"birthright/rules/moves"
)

// simulateFlags say who is made up, or what is to be different.
type simulateFlags struct {
	impactFlags
	changes            string
	user, state, at    string
	set, oncall, queue []string
}

func (p *program) policySimulateCommand() *cobra.Command {
	var flags simulateFlags
	cmd := &cobra.Command{
		Use:   "simulate",
		Short: "What somebody would get, or what a reorganisation would change; changes nothing",
		Long: `What the policy gives somebody who is not there, or not like that:

  birthright policy simulate --set department=Payments --set employeeType=Contractor --set location=Berlin
  birthright policy simulate --user ada --set team=Ledger

With --changes, what it would change if many people were different. The file is CSV
with the header userName,attribute,attribute… (an empty cell is unchanged, - takes the
attribute away), or a YAML list of {user: NAME, set: {attribute: value}} and of
{where: CONDITION, set: {attribute: value}}. Attributes of your own are written
attributes.NAME, several values of one a|b.`,
		Args: takes(0, 0),
		RunE: p.offline(func(ctx context.Context, a *app.App, _ []string) error {
			if flags.changes != "" {
				return p.reorganise(ctx, a, flags)
			}
			return p.suppose(ctx, a, flags)
		}, flags.check, func(*app.App, []string) error { return flags.checkWhom(p.output) }),
	}
	flags.add(cmd)
	f := cmd.Flags()
	f.StringArrayVar(&flags.set, "set", nil, "`ATTRIBUTE=VALUE` of the person; - takes the attribute away; may be given several times")
	f.StringVar(&flags.user, "user", "", "start from this `USER` instead of from nobody")
	f.StringVar(&flags.state, "state", "", "where in the lifecycle: staged, active, leave, suspended or left")
	f.StringArrayVar(&flags.oncall, "oncall", nil, "as if on call in this `SCHEDULE`; may be given several times")
	f.StringArrayVar(&flags.queue, "ticket", nil, "as if with an open ticket in this `QUEUE`; may be given several times")
	f.StringVar(&flags.at, "at", "", "at this `TIME` or date instead of now")
	f.StringVar(&flags.changes, "changes", "", "a `FILE` of changes to many people, CSV or YAML")
	return cmd
}

// checkWhom refuses flags that do not go together.
func (f *simulateFlags) checkWhom(output string) error {
	person := f.user != "" || f.state != "" || f.at != "" || len(f.set)+len(f.oncall)+len(f.queue) > 0
	switch {
	case f.changes != "" && person:
		return usageError{errors.New("policy simulate: --changes is about many people; --user, --set, --state, --oncall, --ticket and --at are about one: take one of the two")}
	case f.changes == "" && !person:
		return usageError{errors.New("policy simulate: say who: --set ATTRIBUTE=VALUE, --user USER, or --changes FILE")}
	case f.changes == "" && output == markdown:
		return usageError{errors.New("--output markdown: only with --changes; choose one of " + strings.Join(formats, ", "))}
	}
	return oneOf("state", f.state, states...)
}

// reorganise shows what moves of many people would do.
func (p *program) reorganise(ctx context.Context, a *app.App, f simulateFlags) error {
	data, err := os.ReadFile(f.changes)
	if err != nil {
		return &identity.Error{Kind: identity.Invalid, Op: "read changes", Err: err}
	}
	list, err := moves.Read(f.changes, data)
	if err != nil {
		return err
	}
	return p.try(ctx, a, app.Trial{Before: a.Engine(), After: a.Engine(), People: f.people, Moves: list}, f.impactFlags)
}

// supposition puts the flags about one person together.
func (f *simulateFlags) supposition() (app.Supposition, error) {
	s := app.Supposition{
		User: f.user, People: f.people, Set: map[string][]string{}, State: identity.State(f.state),
		Schedules: f.oncall, Queues: f.queue,
	}
	var faults []error
	for _, pair := range f.set {
		name, text, ok := strings.Cut(pair, "=")
		if f.user == "" && strings.EqualFold(name, identity.AttrUserName) {
			s.Name = text
			continue
		}
		attribute, err := moves.Attribute(name)
		switch {
		case !ok:
			faults = append(faults, fmt.Errorf("--set %s: write ATTRIBUTE=VALUE", pair))
		case err != nil:
			faults = append(faults, fmt.Errorf("--set %s: %w", pair, err))
		default:
			s.Set[attribute] = moves.Values(text)
		}
	}
	var err error
	if f.at != "" {
		if s.At, err = dates.Start(f.at); err != nil {
			faults = append(faults, fmt.Errorf("--at %w", err))
		}
	}
	if err := errors.Join(faults...); err != nil {
		return s, usageError{err}
	}
	return s, nil
}

// suppose shows what one person would get.
func (p *program) suppose(ctx context.Context, a *app.App, f simulateFlags) error {
	s, err := f.supposition()
	if err != nil {
		return err
	}
	out, err := a.Suppose(ctx, s)
	if err != nil {
		return err
	}
	view := viewPerson(a.Engine(), out)
	if err := p.print(personListing(view)); err != nil {
		return err
	}
	v := impactView{}
	for _, g := range view.Losses {
		v.Losses = append(v.Losses, pairView{out.User.UserName, g})
	}
	if len(view.Gains)+len(view.Losses) > 0 {
		v.Groups = make([]groupImpactView, 1)
	}
	return f.verdict(v)
}

// groupsOf are the groups of memberships, which are sorted.
func groupsOf(memberships []identity.Membership) []string {
	out := make([]string, len(memberships))
	for i, m := range memberships {
		out[i] = m.Group
	}
	return slices.Compact(out)
}

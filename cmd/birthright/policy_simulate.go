package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"birthright/app"
	"birthright/grants/approval"
	"birthright/hub"
	"birthright/hub/trial"
	"birthright/identity"
	"birthright/internal/dates"
	"birthright/rules"
	"birthright/rules/moves"
)

// simulateFlags say who is made up, or what is to be different.
type simulateFlags struct {
	impactFlags
	changes, policy    string
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
attributes.NAME, several values of one a|b.

--policy asks under a policy at another place: a folder, a file, or a pattern in
quotes. Without it, it is the policy that the configuration names, with --server
the one in force there.`,
		Args: takes(0, 0),
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := flags.checkWhom(p.output); err != nil {
				return err
			}
			if p.serverAddress() != "" {
				return p.through(func(ctx context.Context, o office, actor approval.Actor, _ []string) error {
					return p.simulate(ctx, o, actor, flags)
				}, p.alone(flags), flags.check)(cmd, args)
			}
			return p.offline(func(ctx context.Context, a *app.App, _ []string) error {
				return p.simulateHere(ctx, a, flags)
			}, flags.check)(cmd, args)
		},
	}
	flags.add(cmd)
	f := cmd.Flags()
	f.StringArrayVar(&flags.set, "set", nil, "`ATTRIBUTE=VALUE` of the person; - takes the attribute away; may be given several times")
	f.StringVar(&flags.user, "user", "", "start from this `USER` instead of from nobody")
	f.StringVar(&flags.state, "state", "", "where in the lifecycle: staged, active, leave, suspended or left")
	f.StringArrayVar(&flags.oncall, "oncall", nil, "as if on call in this `SCHEDULE`; may be given several times")
	f.StringArrayVar(&flags.queue, "ticket", nil, "as if with an open ticket in this `QUEUE`; may be given several times")
	f.StringVar(&flags.at, "at", "", "at this `TIME` or date instead of now")
	f.StringVar(&flags.policy, "policy", "", "under the policy at this `PLACE`")
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

// supposition puts the flags about one person together.
func (f *simulateFlags) supposition() (trial.Supposition, error) {
	s := trial.Supposition{
		User: f.user, Set: map[string][]string{}, State: identity.State(f.state),
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

// alone refuses a people file where a hub is asked.
func (p *program) alone(f simulateFlags) check {
	return func(*app.App, []string) error {
		if f.people == "" {
			return nil
		}
		return usageError{errors.New("the people of a file are asked here, without --server")}
	}
}

// simulate has the hub tell what somebody would get, or what would change.
func (p *program) simulate(ctx context.Context, o office, actor approval.Actor, f simulateFlags) error {
	q := hub.PolicySimulation{Groups: f.groups, Targets: f.targets}
	var err error
	if f.policy != "" {
		if q.Files, err = app.PolicyTexts(f.policy); err != nil {
			return err
		}
	}
	if f.changes != "" {
		data, err := f.readChanges()
		if err != nil {
			return err
		}
		q.Changes = &hub.PolicyFile{Name: f.changes, Text: string(data)}
	} else {
		s, err := f.supposition()
		if err != nil {
			return err
		}
		q.Person = &s
	}
	out, err := o.Hub.SimulatePolicy(ctx, actor, q)
	switch {
	case err != nil:
		return err
	case out.Person != nil:
		return p.tellPerson(*out.Person, f)
	case out.Outcome != nil:
		return p.tellOutcome(*out.Outcome, f.impactFlags)
	}
	return &identity.Error{Kind: identity.Incomplete, Op: "read the answer of the hub", Err: errors.New("it is about nobody")}
}

// simulateHere does it without a hub where no directory is needed: about the people of a
// file, or about somebody of whom nobody else needs to know.
func (p *program) simulateHere(ctx context.Context, a *app.App, f simulateFlags) error {
	engine := a.Engine()
	var err error
	if f.policy != "" {
		if engine, err = app.PolicyFrom(a.Config, f.policy); err != nil {
			return err
		}
	}
	if f.changes != "" && f.people != "" {
		return p.reorganise(ctx, a, engine, f)
	}
	if f.changes == "" {
		s, err := f.supposition()
		if err != nil {
			return err
		}
		if f.people != "" || s.Alone(engine) {
			return p.suppose(ctx, a, engine, s, f)
		}
	}
	if err := a.Connect(ctx); err != nil {
		return err
	}
	actor, err := p.actor(ctx, a)
	if err != nil {
		return err
	}
	return p.simulate(ctx, office{Hub: a.Hub, App: a}, actor, f)
}

func (f *simulateFlags) readChanges() ([]byte, error) {
	data, err := os.ReadFile(f.changes)
	if err != nil {
		return nil, &identity.Error{Kind: identity.Invalid, Op: "read changes", Err: err}
	}
	return data, nil
}

// reorganise shows what moves of many people of a file would do.
func (p *program) reorganise(ctx context.Context, a *app.App, engine *rules.Engine, f simulateFlags) error {
	data, err := f.readChanges()
	if err != nil {
		return err
	}
	list, err := moves.Read(f.changes, data)
	if err != nil {
		return err
	}
	tried, err := a.TryFile(ctx, f.people, trial.Trial{Before: engine, After: engine, Moves: list})
	if err != nil {
		return err
	}
	return p.tellOutcome(trial.View(tried.Only(f.groups, f.targets)), f.impactFlags)
}

// suppose shows what one person would get who is of a file, or known to nobody.
func (p *program) suppose(ctx context.Context, a *app.App, engine *rules.Engine, s trial.Supposition, f simulateFlags) error {
	var out trial.Supposed
	var err error
	if f.people != "" {
		out, err = a.SupposeFile(ctx, f.people, engine, s)
	} else {
		out = trial.SupposeAlone(engine, s, a.Now())
	}
	if err != nil {
		return err
	}
	return p.tellPerson(trial.ViewPerson(engine, out), f)
}

// tellPerson prints what somebody would get, and ends with its exit code.
func (p *program) tellPerson(view trial.Person, f simulateFlags) error {
	if err := p.print(personListing(view)); err != nil {
		return err
	}
	v := trial.Outcome{}
	for _, g := range view.Losses {
		v.Losses = append(v.Losses, trial.Pair{User: view.User, Group: g})
	}
	if len(view.Gains)+len(view.Losses) > 0 {
		v.Groups = make([]trial.GroupOutcome, 1)
	}
	return f.verdict(v)
}

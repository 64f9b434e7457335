package main

import (
	"context"
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"birthright/app"
	"birthright/grants/approval"
	"birthright/hub"
	"birthright/hub/trial"
)

// What --against compares with: the memberships that there are, or the policy that was
// put in force last.
const (
	live    = "live"
	inForce = "policy"
)

func (p *program) policyDiffCommand() *cobra.Command {
	var flags impactFlags
	var against string
	cmd := &cobra.Command{
		Use:   "diff [OLD] [NEW]",
		Short: "Who would gain and lose what by a change of the policy; changes nothing",
		Long: `Who would gain and lose what by a change of the policy, before it is made.

OLD and NEW are policies: a folder, a file, or a pattern in quotes. NEW may be
left out: then it is the policy that the configuration names. With --against live
there is no OLD: NEW is compared with the memberships that people have now; with
--against policy, with the policy that was put in force last. With --server, the
files are sent to the hub there, and NEW that is left out is the policy in force.

--output markdown writes a comment for a pull request.`,
		Args: takes(0, 2),
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := checkSides(against, args, flags.people); err != nil {
				return err
			}
			if flags.people != "" {
				return p.offline(func(ctx context.Context, a *app.App, args []string) error {
					return p.diffPeople(ctx, a, args, flags)
				}, p.here, flags.check)(cmd, args)
			}
			return p.through(func(ctx context.Context, o office, actor approval.Actor, args []string) error {
				return p.diff(ctx, o, actor, against, args, flags)
			}, flags.check)(cmd, args)
		},
	}
	flags.add(cmd)
	cmd.Flags().StringVar(&against, "against", "", "`live` or policy: compare with the memberships that people have, or with the policy that was put in force last, instead of with OLD")
	return cmd
}

// checkSides refuses a command line that does not say what is compared with what.
func checkSides(against string, args []string, people string) error {
	switch {
	case against == "" && len(args) == 0:
		return usageError{errors.New("policy diff: say what to compare with: OLD, or --against live")}
	case against != "" && len(args) > 1:
		return usageError{fmt.Errorf("policy diff: with --against %s there is no OLD: name NEW alone, or nothing", against)}
	case against != "" && people != "":
		return usageError{fmt.Errorf("policy diff: --against %s asks the directory what is in force, and --people does without it: take one of the two", against)}
	}
	return oneOf("against", against, live, inForce)
}

// here refuses --server.
func (p *program) here(*app.App, []string) error {
	if p.serverAddress() == "" {
		return nil
	}
	return usageError{errors.New("the people of a file are asked here, without --server")}
}

// diffPeople compares two policies by what they give the people of a file.
func (p *program) diffPeople(ctx context.Context, a *app.App, args []string, flags impactFlags) error {
	t := trial.Trial{After: a.Engine()}
	for i, place := range args {
		engine, err := app.PolicyFrom(a.Config, place)
		switch {
		case err != nil:
			return err
		case i == 0:
			t.Before = engine
		default:
			t.After = engine
		}
	}
	tried, err := a.TryFile(ctx, flags.people, t)
	if err != nil {
		return err
	}
	return p.tellOutcome(trial.View(tried.Only(flags.groups, flags.targets)), flags)
}

// diff has the hub compare policies.
func (p *program) diff(ctx context.Context, o office, actor approval.Actor, against string, args []string, flags impactFlags) error {
	q := hub.PolicyDiff{Live: against == live, Groups: flags.groups, Targets: flags.targets}
	for i, place := range args {
		files, err := app.PolicyTexts(place)
		switch {
		case err != nil:
			return err
		case i == 0 && against == "":
			q.Before = files
		default:
			q.After = files
		}
	}
	out, err := o.Hub.DiffPolicy(ctx, actor, q)
	if err != nil {
		return err
	}
	return p.tellOutcome(out, flags)
}

// tellOutcome prints what would change, and ends with its exit code.
func (p *program) tellOutcome(v trial.Outcome, flags impactFlags) error {
	if err := p.printImpact(v, flags.limit); err != nil {
		return err
	}
	return flags.verdict(v)
}

package main

import (
	"context"
	"errors"

	"github.com/spf13/cobra"

	"birthright/app"
	"birthright/rules"
)

// live is what --against compares with.
const live = "live"

func (p *program) policyDiffCommand() *cobra.Command {
	var flags impactFlags
	var against string
	cmd := &cobra.Command{
		Use:   "diff [OLD] [NEW]",
		Short: "Who would gain and lose what by a change of the policy; changes nothing",
		Long: `Who would gain and lose what by a change of the policy, before it is made.

OLD and NEW are policies: a folder, a file, or a pattern in quotes. NEW may be
left out: then it is the policy that the configuration names. With --against live
there is no OLD: NEW is compared with the memberships that people have now.

--output markdown writes a comment for a pull request.`,
		Args: takes(0, 2),
		RunE: p.offline(func(ctx context.Context, a *app.App, args []string) error {
			trial, err := chooseTrial(a, against, args)
			if err != nil {
				return err
			}
			trial.People = flags.people
			return p.try(ctx, a, trial, flags)
		}, flags.check, func(_ *app.App, args []string) error { return checkSides(against, args, flags.people) }),
	}
	flags.add(cmd)
	cmd.Flags().StringVar(&against, "against", "", "`live`: compare with what is in force, instead of with OLD")
	return cmd
}

// checkSides refuses a command line that does not say what is compared with what.
func checkSides(against string, args []string, people string) error {
	switch {
	case against == "" && len(args) == 0:
		return usageError{errors.New("policy diff: say what to compare with: OLD, or --against live")}
	case against == live && len(args) > 1:
		return usageError{errors.New("policy diff: with --against live there is no OLD: name NEW alone, or nothing")}
	case against == live && people != "":
		return usageError{errors.New("policy diff: --against live asks the directory what is in force, and --people does without it: take one of the two")}
	}
	return oneOf("against", against, live)
}

// chooseTrial reads the policies that are named; the last one is the new one, and
// where only the old one is, the configured policy is new.
func chooseTrial(a *app.App, against string, args []string) (t app.Trial, err error) {
	t.After, t.Live = a.Engine(), against == live
	var named []*rules.Engine
	for _, place := range args {
		engine, err := app.PolicyFrom(a.Config, place)
		if err != nil {
			return t, err
		}
		named = append(named, engine)
	}
	if !t.Live {
		t.Before, named = named[0], named[1:]
	}
	if len(named) > 0 {
		t.After = named[0]
	}
	return t, nil
}

// try works an impact out, prints it and ends with its exit code.
func (p *program) try(ctx context.Context, a *app.App, t app.Trial, flags impactFlags) error {
	if t.People == "" {
		if err := a.Connect(ctx); err != nil {
			return err
		}
	}
	tried, err := a.Try(ctx, t)
	if err != nil {
		return err
	}
	view := viewImpact(flags.narrow(tried))
	if err := p.printImpact(view, flags.limit); err != nil {
		return err
	}
	return flags.verdict(view)
}

package main

import (
	"context"
	"errors"

	"github.com/spf13/cobra"

	"birthright/app"
	"birthright/reconcile"
)

// runFlags are the flags that plan and sync share.
type runFlags struct {
	targets []string
	user    string
	full    bool
}

func (f *runFlags) add(cmd *cobra.Command) {
	cmd.Flags().StringArrayVar(&f.targets, "target", nil, "only this `TARGET`; may be given several times")
	cmd.Flags().StringVar(&f.user, "user", "", "only this `USER`, by name")
	cmd.Flags().BoolVar(&f.full, "full", false, "read targets whole and find drift, instead of trusting what is remembered")
}

func (f *runFlags) request(actor string) reconcile.Request {
	return reconcile.Request{Targets: f.targets, User: f.user, Full: f.full, Actor: actor}
}

func (p *program) planCommand() *cobra.Command {
	var flags runFlags
	var tell bool
	cmd := &cobra.Command{
		Use:   "plan",
		Short: "What a sync would do and why; changes nothing",
		Args:  p.args(cobra.NoArgs),
		RunE: p.with(func(ctx context.Context, a *app.App, _ []string) error {
			report, err := a.Runner.Plan(ctx, flags.request(a.Actor))
			if err != nil {
				return err
			}
			if err := p.printReport(report); err != nil {
				return err
			}
			return planVerdict(report, tell)
		}),
	}
	flags.add(cmd)
	cmd.Flags().BoolVar(&tell, "exit-code", false, "exit with 5 where something would change")
	return cmd
}

// planVerdict is the exit code of a plan.
func planVerdict(report reconcile.Report, tell bool) error {
	changes, held, _ := report.Totals()
	switch {
	case len(report.Incomplete()) > 0:
		return codeError{exitFailed, incomplete(report)}
	case held > 0:
		return codeError{code: exitHeld}
	case tell && changes > 0:
		return codeError{code: exitChanges}
	}
	return nil
}

// incomplete says of each target that could not be read why.
func incomplete(report reconcile.Report) error {
	var faults []error
	for _, run := range report.Runs {
		if !run.Complete {
			faults = append(faults, errors.New(run.Error))
		}
	}
	return errors.Join(faults...)
}

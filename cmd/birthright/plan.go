package main

import (
	"context"
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"birthright/app"
	"birthright/grants/approval"
	"birthright/hub"
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
	cmd.Flags().StringVar(&f.user, "user", "", "only this `USER`")
	cmd.Flags().BoolVar(&f.full, "full", false, "read targets whole and find drift, instead of trusting what is remembered")
}

// check refuses targets that are not configured or cannot be asked.
func (f *runFlags) check(a *app.App, _ []string) error {
	if err := knownTargets(a, f.targets); err != nil || a.Config == nil {
		return err
	}
	return targetSecrets(a, f.targets)
}

func (f *runFlags) scope() hub.Scope {
	return hub.Scope{Targets: f.targets, User: f.user, Full: f.full}
}

func (p *program) planCommand() *cobra.Command {
	var flags runFlags
	var tell bool
	cmd := &cobra.Command{
		Use:   "plan",
		Short: "What a sync would do and why; changes nothing",
		Args:  takes(0, 0),
		RunE: p.through(func(ctx context.Context, o office, actor approval.Actor, _ []string) error {
			report, err := o.Hub.Plan(ctx, actor, flags.scope())
			if err != nil {
				return err
			}
			if err := p.printReport(report); err != nil {
				return err
			}
			return p.planVerdict(report, tell)
		}, flags.check),
	}
	flags.add(cmd)
	cmd.Flags().BoolVar(&tell, "exit-code", false, "exit with 5 where something would change")
	return cmd
}

// planVerdict is the exit code of a plan.
func (p *program) planVerdict(report reconcile.Report, tell bool) error {
	changes, held, _ := report.Totals()
	switch {
	case len(report.Incomplete()) > 0:
		return codeError{exitFailed, incomplete(report)}
	case held > 0:
		return codeError{exitHeld, fmt.Errorf("a guard would hold %s back; `birthright sync` does the rest and `birthright held list` shows them then", count(held, "removal", "removals"))}
	case changes > 0:
		p.remark("`birthright sync` carries it out.")
	}
	if tell && changes > 0 {
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

package main

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"golang.org/x/term"

	"birthright/grants/approval"
	"birthright/hub"
	"birthright/reconcile"
)

func (p *program) syncCommand() *cobra.Command {
	var flags runFlags
	var yes bool
	cmd := &cobra.Command{
		Use:   "sync",
		Short: "Bring the targets up to what people should have",
		Long: `Carries out what ` + "`birthright plan`" + ` shows. On a terminal it shows the plan first and
asks; with --yes, or where nobody can answer, it goes ahead: guards, not questions,
protect against a change of unusual size.

With --server the running hub carries it out; what it does meanwhile is shown here.
Interrupting the command leaves the hub at it: ` + "`birthright run list`" + ` shows its runs.`,
		Args: takes(0, 0),
		RunE: p.through(func(ctx context.Context, o office, actor approval.Actor, _ []string) error {
			if !yes && p.interactive() {
				if agreed, err := p.confirm(ctx, o, actor, flags.scope()); err != nil || !agreed {
					return err
				}
			}
			report, err := o.Hub.Sync(ctx, actor, flags.scope())
			if err != nil {
				return err
			}
			if err := p.printReport(report); err != nil {
				return err
			}
			p.tellAfterwards(ctx, o)
			return syncVerdict(report)
		}, flags.check),
	}
	flags.add(cmd)
	cmd.Flags().BoolVar(&yes, "yes", false, "do not ask")
	return cmd
}

// syncPatience is how long a sync that is done goes on telling people of it.
const syncPatience = 30 * time.Second

// tellAfterwards brings what people are to be told where a hub runs from cron: when all
// changes are made, so that no channel holds one up.
func (p *program) tellAfterwards(ctx context.Context, o office) {
	if o.App == nil || len(o.App.Config.Notify) == 0 {
		return
	}
	if _, err := o.App.Tell(ctx, syncPatience); err != nil {
		o.App.Log.Warn("telling people", "error", err)
	}
}

// interactive reports whether somebody is there to answer.
func (p *program) interactive() bool {
	in, ok := p.in.(*os.File)
	return ok && term.IsTerminal(int(in.Fd())) && p.output == "table"
}

// confirm shows the plan and asks whether to carry it out.
func (p *program) confirm(ctx context.Context, o office, actor approval.Actor, scope hub.Scope) (bool, error) {
	report, err := o.Hub.Plan(ctx, actor, scope)
	if err != nil {
		return false, err
	}
	if err := p.printReport(report); err != nil {
		return false, err
	}
	if changes, _, _ := report.Totals(); changes == 0 {
		return true, nil // what is left is bookkeeping
	}
	return p.agree("Carry this out?")
}

// agree asks a person at the terminal.
func (p *program) agree(question string) (bool, error) {
	fmt.Fprint(p.err, question+" [y/N] ")
	answer, err := bufio.NewReader(p.in).ReadString('\n')
	if err != nil {
		return false, nil //nolint:nilerr // no answer is a no
	}
	answer = strings.ToLower(strings.TrimSpace(answer))
	return answer == "y" || answer == "yes", nil
}

// syncVerdict is the exit code of a sync.
func syncVerdict(report reconcile.Report) error {
	_, held, _ := report.Totals()
	switch {
	case len(report.Incomplete()) == len(report.Runs) && len(report.Runs) > 0:
		return codeError{exitFailed, incomplete(report)}
	case len(report.Incomplete()) > 0:
		return codeError{exitPart, incomplete(report)}
	case report.Failed() > 0:
		return codeError{exitPart, fmt.Errorf("%s could not be made; the next sync, or `birthright serve` by itself, tries again", count(report.Failed(), "change", "changes"))}
	case held > 0:
		return codeError{exitHeld, fmt.Errorf("a guard holds %s back; `birthright held list` shows them", count(held, "removal", "removals"))}
	}
	return nil
}

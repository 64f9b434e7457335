package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"time"

	"github.com/spf13/cobra"

	"birthright/app"
	"birthright/grants/approval"
	"birthright/hub"
	"birthright/identity"
	"birthright/internal/duration"
	"birthright/reviews/suggest"
)

// suggestionFlags say what suggestions must reach, and where drafts go.
type suggestionFlags struct {
	hub.Learning
	since, unused string
	draft         string
	force         bool
}

func (p *program) reportCommand() *cobra.Command {
	return p.family("report", "What the hub knows, for people who decide",
		reaching(p.reportCreepCommand()), reaching(p.reportOrphansCommand()), reaching(p.reportDormantCommand()), reaching(p.reportSoDCommand()), reaching(p.reportJITCommand()),
		reaching(p.reportSuggestionsCommand()), reaching(p.reportWriteCommand()), p.reportVerifyCommand())
}

func (p *program) reportSuggestionsCommand() *cobra.Command {
	flags := suggestionFlags{Learning: hub.Learning{Thresholds: suggest.Usual(), FromHeld: suggest.UsualHeld()}}
	cmd := &cobra.Command{
		Use:   "suggestions",
		Short: "Rules drafted from what people ask for again and again, and what rules give in vain; changes nothing",
		Long: `Rules drafted from what people ask for again and again: groups that people ask
for who have something in common, with the smallest condition that says what, the
numbers behind it, and who else would gain the group. Groups of high or critical
risk are never suggested as standing access.

What people hold on targets and no rule or grant explains is looked at, too: the
smallest condition that says who holds it, and who would be given it besides.

With --usage, the other way round: groups that rules give and hardly anybody uses
are drafted as groups to ask for. The file is CSV with the columns user,
group_or_entitlement and last_used, a date or a time, empty for never.

With --draft FILE all of it is written into a copy of the policy, as one file:
` + "`birthright policy diff --against live FILE`" + ` says what it would change.
docs/learning.md explains the numbers.`,
		Args: takes(0, 0),
		RunE: p.through(func(ctx context.Context, o office, actor approval.Actor, _ []string) error {
			return p.suggest(ctx, o, actor, flags)
		},
			func(a *app.App, _ []string) error { return errors.Join(flags.check(), flags.checkUsage(a)) }),
	}
	flags.add(cmd)
	return cmd
}

func (f *suggestionFlags) add(cmd *cobra.Command) {
	flags := cmd.Flags()
	flags.StringVar(&f.since, "since", "90d", "how `LONG` ago requests count")
	flags.IntVar(&f.Thresholds.Askers, "min-askers", f.Thresholds.Askers, "at least `N` people must have asked for it and got it")
	flags.IntVar(&f.Thresholds.Requests, "min-requests", f.Thresholds.Requests, "at least `N` requests must have been decided on")
	flags.Float64Var(&f.Precision, "min-precision", f.Precision, "at least this `SHARE` of those whom a rule would add must have asked")
	flags.Float64Var(&f.Coverage, "min-coverage", f.Coverage, "a rule must be about at least this `SHARE` of those who asked")
	flags.Float64Var(&f.Approval, "min-approval", f.Approval, "at least this `SHARE` of the requests must have been approved")
	flags.BoolVar(&f.Held, "held", true, "look for rules in what people hold on targets, too")
	flags.IntVar(&f.FromHeld.Holders, "min-holders", f.FromHeld.Holders, "at least `N` people must hold it without a rule or a grant")
	flags.StringVar(&f.Usage, "usage", "", "CSV `FILE` of who used what last: look for standing access that nobody uses")
	flags.StringVar(&f.unused, "unused", "90d", "what was not used for so `LONG` counts as not used")
	flags.Float64Var(&f.Idle, "min-unused", 0.8, "at least this `SHARE` of a group must not be used")
	flags.StringVar(&f.draft, "draft", "", "write the policy with the drafts in it to this `FILE`")
	flags.BoolVar(&f.force, "force", false, "overwrite the file of --draft")
	cmd.Annotations = map[string]string{"formats": markdown}
}

// check refuses what cannot be meant.
func (f *suggestionFlags) check() error {
	var faults []error
	for flag, share := range map[string]float64{
		"min-precision": f.Precision, "min-coverage": f.Coverage, "min-approval": f.Approval, "min-unused": f.Idle,
	} {
		if !(share >= 0 && share <= 1) {
			faults = append(faults, fmt.Errorf("--%s %g: a share is between 0 and 1", flag, share))
		}
	}
	for _, d := range []struct {
		flag, text string
		into       *time.Duration
	}{{"since", f.since, &f.Since}, {"unused", f.unused, &f.Unused}} {
		var err error
		if *d.into, err = duration.Parse(d.text); err != nil || *d.into <= 0 {
			faults = append(faults, fmt.Errorf("--%s %s: write how long ago, such as 90d or 12w", d.flag, d.text))
		}
	}
	faults = append(faults, notNegative("min-askers", f.Thresholds.Askers), notNegative("min-holders", f.FromHeld.Holders), notNegative("min-requests", f.Thresholds.Requests), f.free())
	if err := errors.Join(faults...); err != nil {
		return usageError{err}
	}
	return nil
}

// free reports whether the file of --draft may be written.
func (f *suggestionFlags) free() error {
	if f.draft == "" || f.force {
		return nil
	}
	if _, err := os.Lstat(f.draft); err == nil {
		return fmt.Errorf("--draft %s: the file is there already; name another one, or say --force", f.draft)
	}
	return nil
}

// checkUsage refuses a file of usage where the hub is elsewhere.
func (f *suggestionFlags) checkUsage(a *app.App) error {
	if a.Config == nil && f.Usage != "" {
		return usageError{errors.New("--usage: the file is read where the database is: run it there")}
	}
	return nil
}

// suggest learns, prints what was found and writes the drafts.
func (p *program) suggest(ctx context.Context, o office, actor approval.Actor, f suggestionFlags) error {
	f.Draft = f.draft != ""
	r, err := o.Hub.Report(ctx, actor, hub.ReportQuery{Kind: hub.ReportSuggestions, Learning: f.Learning})
	if err != nil {
		return err
	}
	found := *r.Suggestions
	policy := found.Policy
	found.Policy = ""
	view := suggestionsText{&found}
	if p.output == markdown {
		_, err = fmt.Fprint(p.out, view.comment())
	} else {
		l := view.listing()
		if p.output == "table" {
			l.text = view.text()
		}
		err = p.print(l)
	}
	for _, u := range found.Incomplete {
		p.remark("%s is not known well enough: %s", u.Target, u.Reason)
	}
	if err != nil || f.draft == "" {
		return err
	}
	return p.writeDraft(policy, len(found.Drafts)+len(found.Unused)+len(found.Held), f)
}

// writeDraft writes the policy with the drafts in it.
func (p *program) writeDraft(policy string, n int, f suggestionFlags) error {
	if n == 0 {
		p.remark("nothing is suggested: %s is not written", f.draft)
		return nil
	}
	how := os.O_WRONLY | os.O_CREATE | os.O_EXCL
	if f.force {
		how = os.O_WRONLY | os.O_CREATE | os.O_TRUNC
	}
	file, err := os.OpenFile(f.draft, how, 0o644)
	if err == nil {
		_, err = file.WriteString(policy)
		err = errors.Join(err, file.Close())
	}
	if err != nil {
		return &identity.Error{Kind: identity.Invalid, Op: "write the draft", Err: err}
	}
	p.remark("%s with %s written to %s: `birthright policy diff --against live %s` says what it would change",
		"the policy", count(n, "draft", "drafts"), f.draft, f.draft)
	return nil
}

package main

import (
	"context"
	"strconv"

	"github.com/spf13/cobra"

	"birthright/app"
	"birthright/grants/approval"
	"birthright/hub"
)

func (p *program) sourceCommand() *cobra.Command {
	return p.family("source", "Sources: where truth about people comes from",
		reaching(p.sourceListCommand()), reaching(p.sourceCheckCommand()), reaching(p.sourceInspectCommand()), reaching(p.sourceFactsCommand()))
}

func (p *program) sourceListCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "list",
		Short: "List the configured sources and when they were last heard",
		Args:  takes(0, 0),
		RunE: p.through(func(ctx context.Context, o office, actor approval.Actor, _ []string) error {
			found, err := o.Hub.AllSources(ctx, actor)
			if err != nil {
				return err
			}
			l := listing{
				data: found, header: []string{"source", "kind", "schedule", "seen", "last_at", "last_complete_at", "last_error"},
				empty: "No sources are configured.",
			}
			for _, s := range found {
				l.rows = append(l.rows, []string{s.Name, s.Kind, s.Schedule, strconv.Itoa(s.Seen), atText(s.LastAt), atText(s.LastCompleteAt), s.LastError})
			}
			return p.print(l)
		}),
	}
}

// checkView is one verdict of `source check`, `target check` and `doctor`.
type checkView = hub.Check

// checkListing prints verdicts; the error is set when one of them is bad.
func (p *program) checkListing(checks []checkView) error {
	l := listing{data: checks, header: []string{"verdict", "check", "detail", "remedy"}}
	bad := 0
	for _, c := range checks {
		verdict := "ok"
		if !c.OK {
			verdict = "BAD"
			bad++
		}
		l.rows = append(l.rows, []string{verdict, c.Check, c.Detail, c.Remedy})
	}
	if err := p.print(l); err != nil {
		return err
	}
	if bad > 0 {
		return codeError{code: exitFailed}
	}
	return nil
}

// failedCheck is the verdict on something that could not be looked at.
func failedCheck(name string, err error) checkView { return hub.FailedCheck(name, err) }

func (p *program) sourceCheckCommand() *cobra.Command {
	here := p.offline(func(ctx context.Context, a *app.App, names []string) error {
		chosen := a.Sources()
		if len(names) > 0 {
			chosen = nil
		}
		for _, name := range names {
			s, err := a.Source(name)
			if err != nil {
				return err
			}
			chosen = append(chosen, s)
		}
		checks := []checkView{}
		for _, s := range chosen {
			checks = append(checks, checkSource(ctx, s)...)
		}
		return p.checkListing(checks)
	})
	return &cobra.Command{
		Use:   "check [SOURCE…]",
		Short: "Check connection and rights, with a clear verdict",
		Args:  takes(0, anyNumber),
		RunE: p.hereOr(here, p.through(func(ctx context.Context, o office, actor approval.Actor, names []string) error {
			checks, err := o.Hub.CheckSources(ctx, actor, names)
			if err != nil {
				return err
			}
			return p.checkListing(checks)
		})),
	}
}

func checkSource(ctx context.Context, s app.Source) []checkView { return s.Check(ctx) }

package main

import (
	"context"
	"errors"
	"time"

	"github.com/spf13/cobra"

	"birthright/app"
	"birthright/grants/approval"
	"birthright/grants/desk"
)

// amendFlags say what changes.
type amendFlags struct{ length, reason, ticket, start string }

func (f *amendFlags) amendment(now time.Time) (desk.Amendment, error) {
	length, wrongLength := lengthOf("for", f.length)
	start, wrongStart := startOf("start", f.start, now)
	return desk.Amendment{For: length, Reason: f.reason, Ticket: f.ticket, Start: start}, errors.Join(wrongLength, wrongStart)
}

func (f *amendFlags) check(a *app.App, _ []string) error {
	if *f == (amendFlags{}) {
		return usageError{errors.New("say what changes: --for, --reason, --ticket or --start")}
	}
	_, err := f.amendment(a.Now())
	return err
}

func (p *program) amendCommand() *cobra.Command {
	var f amendFlags
	cmd := &cobra.Command{
		Use:   "amend ID",
		Short: "Change a request that is open",
		Long:  `Changes a request that is open. Whoever has approved it has to decide again.`,
		Args:  takes(1, 1),
		RunE: p.answering(func(ctx context.Context, o office, actor approval.Actor, id string) (desk.Answer, error) {
			to, err := f.amendment(o.now())
			if err != nil {
				return desk.Answer{}, err
			}
			r, err := o.Desk.Amend(ctx, actor, id, to)
			return desk.Answer{Request: r}, err
		}, f.check),
	}
	flags := cmd.Flags()
	flags.StringVar(&f.length, "for", "", "for how long")
	flags.StringVar(&f.reason, "reason", "", "why it is needed")
	flags.StringVar(&f.ticket, "ticket", "", "the ticket that it is for")
	flags.StringVar(&f.start, "start", "", "when it is to begin: an RFC 3339 `TIME`, a date, or +2h")
	return cmd
}

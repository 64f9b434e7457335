package main

import (
	"context"
	"errors"
	"time"

	"github.com/spf13/cobra"

	"birthright/app"
	"birthright/grants"
	"birthright/grants/approval"
	"birthright/grants/desk"
)

// delegateFlags say who decides in whose place, and how long.
type delegateFlags struct{ to, from, start, until, reason string }

func (f *delegateFlags) wish(now time.Time) (desk.Delegation, error) {
	start, wrongStart := startOf("start", f.start, now)
	end, wrongEnd := endOf("until", f.until, now)
	return desk.Delegation{From: f.from, To: f.to, Start: start, End: end, Reason: f.reason}, errors.Join(wrongStart, wrongEnd)
}

func (p *program) delegateCommand() *cobra.Command {
	var f delegateFlags
	cmd := &cobra.Command{
		Use:   "delegate --to USER --until TIME",
		Short: "Let somebody decide on requests in another's place for a time",
		Long: `Lets --to decide on requests in the place of the user of --as, or of --user, until a
time, a year at most. A delegate decides on nothing that either of the two asks for or
would get, and hands on nothing. One's own rights stay as they are.`,
		Args: takes(0, 0),
		RunE: p.through(func(ctx context.Context, o office, actor approval.Actor, _ []string) error {
			wish, err := f.wish(o.now())
			if err != nil {
				return err
			}
			made, err := o.Desk.Delegate(ctx, actor, wish)
			if err != nil {
				return err
			}
			return p.printDelegations(o.now(), []grants.Delegation{made}, true)
		}, func(a *app.App, _ []string) error {
			if f.from == "" && !p.forUser() {
				return usageError{errors.New("say whose decisions: --user USER, or --as USER")}
			}
			_, err := f.wish(a.Now())
			return errors.Join(
				required("to", f.to, "who is to decide meanwhile"), required("until", f.until, "a delegation has an end"), err)
		}),
	}
	flags := cmd.Flags()
	flags.StringVar(&f.to, "to", "", "the `USER` who decides meanwhile; required")
	flags.StringVar(&f.until, "until", "", "until when: an RFC 3339 `TIME`, a date (the last day), or +2w; required")
	flags.StringVar(&f.from, "user", "", "the `USER` in whose place (default: whom --as names)")
	flags.StringVar(&f.start, "start", "", "from when on: a `TIME`, a date, or +2h (default: at once)")
	flags.StringVar(&f.reason, "reason", "", "why")
	cmd.AddCommand(p.delegateListCommand(), p.delegateEndCommand())
	return cmd
}

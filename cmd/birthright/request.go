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

// wishFlags say what is asked for and why.
type wishFlags struct {
	length, reason, user, ticket, start string
}

// wish is what the flags ask for.
func (f *wishFlags) wish(groups []string, now time.Time) (desk.Wish, error) {
	length, wrongLength := lengthOf("for", f.length)
	start, wrongStart := startOf("start", f.start, now)
	return desk.Wish{
		User: f.user, Groups: groups, For: length, Reason: f.reason, Ticket: f.ticket, Start: start,
	}, errors.Join(wrongLength, wrongStart)
}

func (f *wishFlags) check(a *app.App, groups []string) error {
	_, err := f.wish(groups, a.Now())
	return err
}

func (p *program) requestCommand() *cobra.Command {
	var f wishFlags
	var wait bool
	cmd := &cobra.Command{
		Use:   "request GROUP… --for DURATION --reason TEXT",
		Short: "Ask for access for a time",
		Long: `Asks for groups, bundles or single entitlements (TARGET:KIND/ID): one request for each,
all of them or none. ` + "`birthright catalog`" + ` shows what there is, and who decides. What the
policy approves by itself is given at once. Without --for it is for the usual time.
The operator says with --user who is to get it; with --as, a user asks as that user.
On a terminal you are asked for a reason, or a ticket, that it needs and that was not given.
With --wait it ends when the access is there (0), or when it is denied or taken back, nobody
decided in time, or it failed (1). What begins later is waited for until it is approved.`,
		Args:              takes(1, anyNumber),
		ValidArgsFunction: p.completeOffers(),
		RunE: p.through(func(ctx context.Context, o office, actor approval.Actor, groups []string) error {
			wish, err := f.wish(groups, o.now())
			if err != nil {
				return err
			}
			made, err := p.ask(ctx, o, actor, wish)
			if err != nil {
				return err
			}
			one := len(groups) == 1 && len(made) == 1 && made[0].Group == groups[0] // and no bundle
			if wait {
				return p.waited(ctx, o, actor, made, one)
			}
			return p.concluded(ctx, o, actor, made, nil, one)
		}, f.check),
	}
	flags := cmd.Flags()
	flags.StringVar(&f.length, "for", "", "for how long, e.g. 30m, 4h, 2d or 1w; it counts from when the access is there")
	flags.StringVar(&f.reason, "reason", "", "why it is needed")
	flags.StringVar(&f.user, "user", "", "who is to get it (default: whom --as names)")
	flags.StringVar(&f.ticket, "ticket", "", "the ticket that it is for")
	flags.StringVar(&f.start, "start", "", "when it is to begin: a `TIME` such as 2026-11-30 17:00 (UTC) or with a zone, a date, or +2h (default: at once)")
	flags.BoolVar(&wait, "wait", false, "wait until it is decided, and the access is there")
	return cmd
}

// concluded tells of requests what became of them, after what follows from them was
// carried out: of those, at least, that were not so already.
func (p *program) concluded(ctx context.Context, o office, actor approval.Actor, requests []desk.Request, already map[string]bool, one bool) error {
	var concerned []touched
	for _, r := range requests {
		if id := grantOf(r); id != "" && !already[r.ID] {
			concerned = append(concerned, touched{r.User, id})
		}
	}
	unfinished := p.carryOut(ctx, o, actor, concerned)
	for i := range requests {
		if again, err := o.Desk.Request(ctx, actor, requests[i].ID); err == nil {
			requests[i] = again // its end is known better once it is active
		}
	}
	l := p.requestListing(requests)
	if one && len(requests) == 1 {
		l.data = requests[0]
	}
	if err := p.print(l); err != nil {
		return err
	}
	for _, r := range requests {
		if already[r.ID] {
			p.remarkAlready(r)
			continue
		}
		p.remarkRequest(r, o.now())
	}
	return unfinished()
}

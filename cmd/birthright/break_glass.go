package main

import (
	"context"
	"time"

	"github.com/spf13/cobra"

	"birthright/app"
	"birthright/grants/approval"
	"birthright/grants/desk"
)

func (p *program) breakGlassCommand() *cobra.Command {
	var f wishFlags
	cmd := &cobra.Command{
		Use:   "break-glass GROUP --reason TEXT",
		Short: "Take access at once in an emergency; everybody hears of it, and somebody looks at it afterwards",
		Long: `Gives a group at once, without a decision, where the policy of the group has a glass to
break. The owners of the group are told at once by every channel, it stands in the audit log as glass.broken, and
somebody else must look at it afterwards: ` + "`birthright break-glass list`" + ` and ` + "`close`" + `.
The words list and close are commands here: a group of such a name cannot be named.`,
		Args: takes(1, 1),
		RunE: p.through(func(ctx context.Context, o office, actor approval.Actor, args []string) error {
			wish, err := f.wish(args, o.now())
			if err != nil {
				return err
			}
			r, err := o.Desk.BreakGlass(ctx, actor, wish)
			if err != nil {
				return err
			}
			if err := p.concluded(ctx, o, actor, []desk.Request{r}, nil, true); err != nil {
				return err
			}
			p.tellOfGlass(ctx, o, r)
			return nil
		}, func(a *app.App, args []string) error {
			if err := required("reason", f.reason, "it is what whoever looks at it afterwards reads first"); err != nil {
				return err
			}
			return f.check(a, args)
		}),
	}
	flags := cmd.Flags()
	flags.StringVar(&f.reason, "reason", "", "what the emergency is; required")
	flags.StringVar(&f.length, "for", "", "for how long (default: as long as the policy lets it)")
	flags.StringVar(&f.user, "user", "", "who is to get it (default: whom --as names)")
	flags.StringVar(&f.ticket, "ticket", "", "the ticket that it is for")
	cmd.AddCommand(p.breakGlassListCommand(), p.breakGlassCloseCommand())
	return cmd
}

// glassPatience is how long the command itself goes on telling people.
const glassPatience = 20 * time.Second

// tellOfGlass has people told now, also where no hub runs that would, and says how far
// that came: who breaks a glass must know whether anybody heard of it.
func (p *program) tellOfGlass(ctx context.Context, o office, r desk.Request) {
	look := "birthright break-glass close " + r.ID + " --verdict justified|abuse"
	told := "The owners of " + r.Group + " are told."
	if o.App != nil {
		told = p.told(ctx, o.App, r.Group)
	}
	p.remark("%s Somebody else has to look at it: %s", told, look)
}

func (p *program) told(ctx context.Context, a *app.App, group string) string {
	left, err := a.Tell(ctx, glassPatience)
	switch {
	case err != nil:
		a.Log.Warn("telling people", "error", err)
		return "Nobody could be told: tell the owners of " + group + " yourself."
	case left.Channels == 0:
		return "No channel is configured under notify: tell the owners of " + group + " yourself."
	case left.Owed > 0:
		return "Not all messages could be brought yet, see `birthright notify list`; the hub goes on trying to tell the owners of " + group + "."
	}
	return "The owners of " + group + " are told."
}

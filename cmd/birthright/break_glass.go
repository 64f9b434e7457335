package main

import (
	"context"

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
break. The owners of the group are told, it stands in the audit log as glass.broken, and
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
			p.remark("The owners of %s are told. Somebody else has to look at it: birthright break-glass close %s --verdict justified|abuse", r.Group, r.ID)
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

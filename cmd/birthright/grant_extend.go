package main

import (
	"context"

	"github.com/spf13/cobra"

	"birthright/app"
	"birthright/grants"
	"birthright/grants/approval"
	"birthright/grants/desk"
)

// extendedGrant is a grant with the wish to have it for longer.
type extendedGrant struct {
	desk.Grant
	Extension *desk.Request `json:"extension"`
}

func (p *program) grantExtendCommand() *cobra.Command {
	var length, reason string
	cmd := &cobra.Command{
		Use:   "extend ID --for DURATION",
		Short: "Ask for a grant that is active to be longer",
		Long: `Asks for a grant that is active to last longer by --for. Where the policy asks nobody it
is longer at once; else a request waits for a decision, and the grant ends at its time
if nobody approves it before.`,
		Args: takes(1, 1),
		RunE: p.through(func(ctx context.Context, o office, actor approval.Actor, args []string) error {
			by, err := lengthOf("for", length)
			if err != nil {
				return err
			}
			done, err := o.Desk.Extend(ctx, actor, args[0], by, reason)
			if err != nil {
				return noSuch(err, "grant", args[0])
			}
			return p.printExtension(ctx, o, actor, extendedGrant{done.Grant, done.Request})
		}, func(*app.App, []string) error {
			if err := required("for", length, "by how much longer it is to be"); err != nil {
				return err
			}
			_, err := lengthOf("for", length)
			return err
		}),
	}
	cmd.Flags().StringVar(&length, "for", "", "by how much longer, e.g. 1h; required")
	cmd.Flags().StringVar(&reason, "reason", "", "why it is needed for longer")
	return cmd
}

// printExtension shows a grant that is longer now, or the request to have it so.
func (p *program) printExtension(ctx context.Context, o office, actor approval.Actor, x extendedGrant) error {
	unfinished := func() error { return nil }
	if x.Extension.State == grants.Approved {
		unfinished = p.carryOut(ctx, o, actor, []touched{{x.User, x.ID}})
	}
	l := p.grantListing([]desk.Grant{x.Grant})
	l.data = x
	if err := p.print(l); err != nil {
		return err
	}
	p.remarkRequest(*x.Extension, o.now())
	return unfinished()
}

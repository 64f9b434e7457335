package main

import (
	"context"

	"github.com/spf13/cobra"

	"birthright/app"
	"birthright/grants/approval"
	"birthright/grants/desk"
)

func (p *program) grantReturnCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "return ID",
		Short: "Give a grant back before its time",
		Long:  `Gives a grant back that is not needed any more. To give it back again changes nothing.`,
		Args:  takes(1, 1),
		RunE: p.granting(func(ctx context.Context, o office, actor approval.Actor, id string) (desk.Grant, error) {
			return o.Desk.Return(ctx, actor, id)
		}),
	}
}

func (p *program) grantRevokeCommand() *cobra.Command {
	var reason string
	cmd := &cobra.Command{
		Use:   "revoke ID --reason TEXT",
		Short: "Take a grant away before its time",
		Long: `Takes a grant away: an owner of the group, the manager of who has it, an administrator or
the operator can. No guard holds that back. To take it away again changes nothing.`,
		Args: takes(1, 1),
		RunE: p.granting(func(ctx context.Context, o office, actor approval.Actor, id string) (desk.Grant, error) {
			return o.Desk.Revoke(ctx, actor, id, reason)
		}, func(*app.App, []string) error {
			return required("reason", reason, "whoever has it is told why")
		}),
	}
	cmd.Flags().StringVar(&reason, "reason", "", "why; required")
	return cmd
}

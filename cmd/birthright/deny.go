package main

import (
	"context"

	"github.com/spf13/cobra"

	"birthright/app"
	"birthright/grants/approval"
	"birthright/grants/desk"
)

func (p *program) denyCommand() *cobra.Command {
	var reason string
	cmd := &cobra.Command{
		Use:   "deny ID… --reason TEXT",
		Short: "Deny requests",
		Long:  `Denies requests, each by itself. Whoever asked is told the reason.`,
		Args:  takes(1, anyNumber),
		RunE: p.answering(func(ctx context.Context, o office, actor approval.Actor, id string) (desk.Answer, error) {
			return o.Desk.Decide(ctx, actor, id, desk.Decision{Note: reason})
		}, func(*app.App, []string) error {
			return required("reason", reason, "whoever asked is told why")
		}),
	}
	cmd.Flags().StringVar(&reason, "reason", "", "why not; required")
	return cmd
}

package main

import (
	"context"

	"github.com/spf13/cobra"

	"birthright/grants/approval"
	"birthright/grants/desk"
)

func (p *program) cancelCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "cancel ID…",
		Short: "Take requests back",
		Long: `Takes requests back that are open, or were approved and have not begun. Access that is
there already is given back with ` + "`birthright grant return`" + `.`,
		Args: takes(1, anyNumber),
		RunE: p.answering(func(ctx context.Context, o office, actor approval.Actor, id string) (desk.Answer, error) {
			r, err := o.Desk.Cancel(ctx, actor, id)
			return desk.Answer{Request: r}, err
		}),
	}
}

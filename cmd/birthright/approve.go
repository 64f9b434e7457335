package main

import (
	"context"

	"github.com/spf13/cobra"

	"birthright/grants/approval"
	"birthright/grants/desk"
)

func (p *program) approveCommand() *cobra.Command {
	var note string
	cmd := &cobra.Command{
		Use:   "approve ID…",
		Short: "Approve requests",
		Long: `Approves requests, each by itself. What is approved to the end is given at once. To
approve again changes nothing and is no error. The word of the operator is enough for
every stage; with --as, a user decides as far as the policy lets that user.`,
		Args: takes(1, anyNumber),
		RunE: p.answering(func(ctx context.Context, o office, actor approval.Actor, id string) (desk.Answer, error) {
			return o.Desk.Decide(ctx, actor, id, desk.Decision{Approve: true, Note: note})
		}),
	}
	cmd.Flags().StringVar(&note, "note", "", "something to tell with it")
	return cmd
}

package main

import (
	"context"
	"errors"
	"strconv"

	"github.com/spf13/cobra"

	"birthright/app"
	"birthright/grants/approval"
)

func (p *program) policyExplainCommand() *cobra.Command {
	limit, when := 20, ""
	cmd := &cobra.Command{
		Use:   "explain RULE | GROUP | --when CONDITION",
		Short: "Say whom a rule is about, clause by clause, or who is in a group because of what",
		Long: `Says of each clause of a rule for how many people it holds, how many are left
after it, and whether it has to be asked about one person after the other; then
who that is. Of a group it says so for every rule that gives it. It counts active
people as the directory knows them now. With --when it says of whom a condition
holds that is in no rule yet.`,
		Args: takes(0, 1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if (when == "") == (len(args) == 0) {
				return usageError{errors.New("name a rule or a group, or give a condition with --when")}
			}
			return p.through(func(ctx context.Context, o office, actor approval.Actor, args []string) error {
				if when != "" {
					return p.explainCondition(ctx, o, actor, when, limit)
				}
				all, err := o.Hub.ExplainPolicy(ctx, actor, args[0], limit)
				if err != nil {
					return err
				}
				return p.print(reachListing(all))
			}, func(*app.App, []string) error { return notNegative("limit", limit) })(cmd, args)
		},
	}
	cmd.Flags().StringVar(&when, "when", "", "a `CONDITION` instead of a rule")
	cmd.Flags().IntVar(&limit, "limit", limit, "name at most `N` people of each rule; 0 names all")
	return cmd
}

// explainCondition says of whom a condition holds that is in no rule yet.
func (p *program) explainCondition(ctx context.Context, o office, actor approval.Actor, condition string, limit int) error {
	out, err := o.Hub.ExplainCondition(ctx, actor, condition, limit)
	if err != nil {
		return err
	}
	return p.print(listing{
		data: out, header: []string{"condition", "people"}, rows: [][]string{{condition, strconv.Itoa(out.People)}},
		text: holdsOf(out.People, out.Users),
	})
}

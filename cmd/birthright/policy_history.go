package main

import (
	"context"
	"strconv"

	"github.com/spf13/cobra"

	"birthright/store"
)

func (p *program) policyHistoryCommand() *cobra.Command {
	var limit int
	cmd := &cobra.Command{
		Use:   "history",
		Short: "List the policies that were put in force, newest first",
		Long: `Lists every policy that serve, a reload or a sync put in force, with who loaded it
and what it changed. The policy files may have faults meanwhile.`,
		Args: takes(0, 0),
	}
	list := p.withDatabase(func(ctx context.Context, db *store.DB, _ []string) error {
		var rows []store.PolicyRow
		err := db.View(ctx, func(tx *store.Tx) (err error) {
			rows, err = tx.Policies(ctx, limit)
			return err
		})
		if err != nil {
			return err
		}
		l := listing{
			header: []string{"n", "version", "loaded_at", "loaded_by", "groups", "rules", "changes"},
			empty:  "No policy was put in force yet: `birthright sync` and `birthright serve` do that.",
		}
		views := make([]policyVersionView, len(rows))
		for i, row := range rows {
			if views[i], err = viewPolicyVersion(row); err != nil {
				return err
			}
			l.rows = append(l.rows, []string{
				"#" + strconv.FormatInt(row.N, 10), row.Version(), timeText(row.LoadedAt), row.LoadedBy,
				strconv.Itoa(row.Groups), strconv.Itoa(row.Rules), views[i].Summary,
			})
		}
		l.data = views
		return p.print(l)
	})
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		if err := notNegative("limit", limit); err != nil {
			return err
		}
		return list(cmd, args)
	}
	cmd.Flags().IntVar(&limit, "limit", 50, "at most this many; 0 for all")
	return cmd
}

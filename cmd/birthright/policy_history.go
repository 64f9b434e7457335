package main

import (
	"context"
	"strconv"

	"github.com/spf13/cobra"

	"birthright/grants/approval"
	"birthright/hub"
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
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		if err := notNegative("limit", limit); err != nil {
			return err
		}
		return p.either(p.withDatabase(func(ctx context.Context, db *store.DB, _ []string) error {
			var found hub.Page[hub.PolicyVersion]
			err := db.View(ctx, func(tx *store.Tx) (err error) {
				found, err = hub.VersionsKept(ctx, tx, "", limit)
				return err
			})
			if err != nil {
				return err
			}
			return p.print(versionListing(found.Items))
		}), func(ctx context.Context, o office, actor approval.Actor, _ []string) error {
			found, err := o.Hub.PolicyVersions(ctx, actor, "", limit)
			if err != nil {
				return err
			}
			return p.print(versionListing(found.Items))
		})(cmd, args)
	}
	cmd.Flags().IntVar(&limit, "limit", 50, "at most this many; 0 for all")
	return cmd
}

func versionListing(versions []hub.PolicyVersion) listing {
	l := listing{
		data: versions, header: []string{"n", "version", "loaded_at", "loaded_by", "groups", "rules", "changes"},
		empty: "No policy was put in force yet: `birthright sync` and `birthright serve` do that.",
	}
	for _, v := range versions {
		l.rows = append(l.rows, []string{
			"#" + strconv.FormatInt(v.N, 10), v.Version, timeText(*v.LoadedAt), v.LoadedBy, strconv.Itoa(v.Groups), strconv.Itoa(v.Rules), v.Summary,
		})
	}
	return l
}

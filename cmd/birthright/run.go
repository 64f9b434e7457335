package main

import (
	"context"
	"strconv"

	"github.com/spf13/cobra"

	"birthright/app"
	"birthright/grants/approval"
	"birthright/hub"
	"birthright/identity"
)

func (p *program) runCommand() *cobra.Command {
	return p.family("run", "Runs: what was synced and imported, by whom, and what came of it", p.runListCommand(), p.runShowCommand())
}

func (p *program) runListCommand() *cobra.Command {
	q := hub.RunQuery{Limit: 20}
	cmd := &cobra.Command{
		Use:   "list",
		Short: "List the last runs, newest first",
		Long: `Lists the syncs and imports that somebody ordered, and what the hub did by itself. With
--target, each pass over that target.`,
		Args: takes(0, 0),
		RunE: p.through(func(ctx context.Context, o office, actor approval.Actor, _ []string) error {
			found, err := o.Hub.Runs(ctx, actor, q)
			if err != nil {
				return err
			}
			return p.print(runListing(found.Items))
		}, func(a *app.App, _ []string) error {
			if err := notNegative("limit", q.Limit); err != nil || q.Target == "" {
				return err
			}
			return knownTargets(a, []string{q.Target})
		}),
	}
	cmd.Flags().StringVar(&q.Target, "target", "", "only passes over this `TARGET`")
	cmd.Flags().IntVar(&q.Limit, "limit", q.Limit, "at most this many; 0 for all")
	return cmd
}

func runListing(runs []hub.Run) listing {
	l := listing{data: runs, header: []string{"id", "kind", "target", "state", "by", "started_at", "finished_at", "changes", "failed", "held", "error"}, empty: "There are no runs yet."}
	for _, r := range runs {
		l.rows = append(l.rows, []string{
			r.ID, r.Kind, r.Target, r.State, r.By, atText(r.StartedAt), atText(r.FinishedAt),
			strconv.Itoa(r.Counts["done"]), someNumber(r.Failed()), someNumber(r.Counts["held"]), r.Error,
		})
	}
	return l
}

// someNumber is a number, "" for none.
func someNumber(n int) string {
	if n == 0 {
		return ""
	}
	return strconv.Itoa(n)
}

func (p *program) runShowCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "show ID",
		Short: "Show one run: its passes, and what it changed",
		Args:  takes(1, 1),
		RunE: p.through(func(ctx context.Context, o office, actor approval.Actor, args []string) error {
			run, err := o.Hub.Run(ctx, actor, args[0])
			if err != nil {
				return err
			}
			changes, err := o.Hub.RunChanges(ctx, actor, hub.ChangeQuery{Run: args[0]})
			if err != nil {
				return err
			}
			l := listing{
				data:   runView{run, changes.Items},
				header: []string{"target", "user", "action", "entitlement", "outcome", "causes", "error"}, empty: "It changed nothing.",
			}
			for _, c := range changes.Items {
				l.rows = append(l.rows, []string{c.Target, c.User, c.Action, c.Entitlement, c.Outcome, joinCauses(c.Causes), c.Error})
			}
			p.remark("%s of %s: %s", run.Kind, atText(run.StartedAt), run.State)
			return p.print(l)
		}),
	}
}

// runView is a run with what it changed.
type runView struct {
	hub.RunDetail
	Changes []hub.RunChange `json:"changes"`
}

func joinCauses(causes []identity.Cause) string {
	text := ""
	for i, c := range causes {
		if i > 0 {
			text += ", "
		}
		text += c.String()
	}
	return text
}

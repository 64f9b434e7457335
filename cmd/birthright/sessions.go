package main

import (
	"context"
	"errors"
	"strings"

	"github.com/spf13/cobra"

	"birthright/app"
	"birthright/grants/approval"
)

func (p *program) sessionsCommand() *cobra.Command {
	return p.family("sessions", "Who is logged in to the console", p.sessionsListCommand(), p.sessionsEndCommand())
}

func (p *program) sessionsListCommand() *cobra.Command {
	var user string
	cmd := &cobra.Command{
		Use:   "list",
		Short: "List who is logged in to the console",
		Args:  takes(0, 0),
		RunE: p.asking(func(ctx context.Context, a *app.App, actor approval.Actor, _ []string) error {
			found, err := a.Hub.Sessions(ctx, actor, user)
			if err != nil {
				return noUser(err, user)
			}
			l := listing{
				data: found, header: []string{"id", "user", "way", "roles", "created_at", "last_seen_at", "expires_at"},
				empty: "Nobody is logged in.",
			}
			for _, s := range found {
				l.rows = append(l.rows, []string{s.ID, s.User, s.Way, strings.Join(s.Roles, ", "), timeText(s.CreatedAt), timeText(s.LastSeenAt), timeText(s.ExpiresAt)})
			}
			return p.print(l)
		}),
	}
	cmd.Flags().StringVar(&user, "user", "", "only those of this `USER`")
	return cmd
}

func (p *program) sessionsEndCommand() *cobra.Command {
	var all bool
	cmd := &cobra.Command{
		Use:   "end USER|ID… | --all",
		Short: "Log people out of the console at once",
		Long: `Ends all sessions of each user that is named, and each session whose ID is; with
--all everybody's. Whoever it concerns is logged out with their next click.`,
		Args: takes(0, anyNumber),
		RunE: p.asking(func(ctx context.Context, a *app.App, actor approval.Actor, which []string) error {
			n, err := a.Hub.EndSessions(ctx, actor, which)
			if err != nil {
				return err
			}
			p.remark("%s.", count(n, "session was ended", "sessions were ended"))
			return nil
		}, func(_ *app.App, which []string) error {
			if all == (len(which) > 0) {
				return usageError{errors.New("name the users or sessions, or say --all")}
			}
			return nil
		}),
	}
	cmd.Flags().BoolVar(&all, "all", false, "end everybody's")
	return cmd
}

package main

import (
	"context"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"birthright/grants/approval"
	"birthright/hub"
)

func (p *program) tokenListCommand() *cobra.Command {
	var q hub.TokenQuery
	cmd := &cobra.Command{
		Use:   "list",
		Short: "List tokens, without their secrets",
		Long: `Lists the tokens that people made. Those that OAuth clients got, of which there
can be many, are shown with --all or, of one client, with --client.`,
		Args: takes(0, 0),
		RunE: p.through(func(ctx context.Context, o office, actor approval.Actor, _ []string) error {
			found, err := o.Hub.Tokens(ctx, actor, q)
			if err != nil {
				return err
			}
			l := listing{
				data: found.Items, header: []string{"id", "source", "receiver", "user", "role", "only", "state", "created_at", "expires_at", "last_used_at", "client"},
				empty: "There are no tokens. `birthright token create --source SOURCE` makes one.",
			}
			for _, t := range found.Items {
				l.rows = append(l.rows, []string{
					t.ID, t.Source, t.Receiver, t.User, t.Role, strings.Join(t.Only, " "), t.State, timeAt(t.CreatedAt), timeAt(t.ExpiresAt), timeAt(t.LastUsedAt), t.Client,
				})
			}
			if err := p.print(l); err != nil {
				return err
			}
			if found.Hidden > 0 {
				p.remark("%s; --all shows them.", count(found.Hidden, "token that a client got is not shown", "tokens that clients got are not shown"))
			}
			return nil
		}),
	}
	cmd.Flags().StringVar(&q.Source, "source", "", "only those of this `SOURCE`")
	cmd.Flags().StringVar(&q.User, "user", "", "only those of this `USER`")
	cmd.Flags().StringVar(&q.Client, "client", "", "only those that the client with this `ID` got")
	cmd.Flags().BoolVar(&q.All, "all", false, "also those that clients got")
	return cmd
}

// stateOf is the state at now of a token or client with these ends.
func stateOf(revoked, expires, now time.Time) string {
	switch {
	case !revoked.IsZero():
		return "revoked"
	case !expires.IsZero() && !now.Before(expires):
		return "expired"
	default:
		return "live"
	}
}

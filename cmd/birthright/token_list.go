package main

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"birthright/app"
	"birthright/store"
)

func (p *program) tokenListCommand() *cobra.Command {
	var source, client, user string
	var all bool
	cmd := &cobra.Command{
		Use:   "list",
		Short: "List tokens, without their secrets",
		Long: `Lists the tokens that people made. Those that OAuth clients got, of which there
can be many, are shown with --all or, of one client, with --client.`,
		Args: takes(0, 0),
		RunE: p.with(func(ctx context.Context, a *app.App, _ []string) error {
			var rows []store.TokenRow
			holders := map[string]tokenHolder{}
			err := a.Store.View(ctx, func(tx *store.Tx) (err error) {
				if rows, err = tx.Tokens(ctx, source); err != nil {
					return err
				}
				for _, t := range rows {
					if holders[t.ID], err = holderOf(ctx, tx, t); err != nil {
						return err
					}
				}
				return nil
			})
			if err != nil {
				return err
			}
			shown := slices.DeleteFunc(slices.Clone(rows), func(t store.TokenRow) bool {
				return client != "" && t.Client != client || client == "" && t.Client != "" && !all
			})
			l := listing{
				header: []string{"id", "source", "receiver", "user", "role", "state", "created_at", "expires_at", "last_used_at", "client"},
				empty:  "There are no tokens. `birthright token create --source SOURCE` makes one.",
			}
			data := make([]map[string]any, 0, len(shown))
			for _, t := range shown {
				state := stateOf(t.RevokedAt, t.ExpiresAt, a.Now())
				h := holders[t.ID]
				if source != "" && h.source == "" || user != "" && !strings.EqualFold(h.user, user) {
					continue // also a receiver that is called like the source
				}
				data = append(data, map[string]any{
					"id": t.ID, "source": h.source, "receiver": h.receiver, "user": h.user, "role": h.role, "state": state, "created_at": timeOrNil(t.Created),
					"expires_at": timeOrNil(t.ExpiresAt), "last_used_at": timeOrNil(t.LastUsed), "revoked_at": timeOrNil(t.RevokedAt),
					"client": t.Client,
				})
				l.rows = append(l.rows, []string{
					t.ID, h.source, h.receiver, h.user, h.role, state, timeText(t.Created), timeText(t.ExpiresAt), timeText(t.LastUsed), t.Client,
				})
			}
			l.data = data
			if err := p.print(l); err != nil {
				return err
			}
			if hidden := len(rows) - len(shown); hidden > 0 && client == "" {
				p.remark("%s; --all shows them.", count(hidden, "token that a client got is not shown", "tokens that clients got are not shown"))
			}
			return nil
		}),
	}
	cmd.Flags().StringVar(&source, "source", "", "only those of this `SOURCE`")
	cmd.Flags().StringVar(&user, "user", "", "only those of this `USER`")
	cmd.Flags().StringVar(&client, "client", "", "only those that the client with this `ID` got")
	cmd.Flags().BoolVar(&all, "all", false, "also those that clients got")
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

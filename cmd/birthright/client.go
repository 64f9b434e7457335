package main

import (
	"context"
	"errors"
	"strconv"

	"github.com/spf13/cobra"

	"birthright/app"
	"birthright/audit"
	"birthright/identity"
	"birthright/store"
)

func (p *program) clientCommand() *cobra.Command {
	return p.family("client", "OAuth clients, which get short-lived tokens for SCIM sources",
		p.clientCreateCommand(), p.clientListCommand(), p.clientRevokeCommand())
}

func (p *program) clientListCommand() *cobra.Command {
	var source string
	cmd := &cobra.Command{
		Use:   "list",
		Short: "List OAuth clients, without their secrets",
		Args:  takes(0, 0),
		RunE: p.with(func(ctx context.Context, a *app.App, _ []string) error {
			var rows []store.ClientRow
			var live map[string]int
			err := a.Store.View(ctx, func(tx *store.Tx) (err error) {
				if rows, err = tx.Clients(ctx, source); err == nil {
					live, err = tx.LiveIssuedTokens(ctx, a.Now())
				}
				return err
			})
			if err != nil {
				return err
			}
			return p.print(clientListing(rows, live, a))
		}),
	}
	cmd.Flags().StringVar(&source, "source", "", "only those of this `SOURCE`")
	return cmd
}

func clientListing(rows []store.ClientRow, live map[string]int, a *app.App) listing {
	l := listing{
		header: []string{"id", "source", "label", "method", "state", "live_tokens", "created_at", "expires_at", "last_used_at"},
		empty:  "There are no clients. `birthright client create --source SOURCE` makes one.",
	}
	data := make([]map[string]any, 0, len(rows))
	for _, c := range rows {
		state := stateOf(c.RevokedAt, c.ExpiresAt, a.Now())
		data = append(data, map[string]any{
			"id": c.ID, "source": c.Source, "label": c.Label, "method": clientMethod(c), "state": state, "live_tokens": live[c.ID],
			"created_at": timeOrNil(c.Created), "expires_at": timeOrNil(c.ExpiresAt), "last_used_at": timeOrNil(c.LastUsed), "revoked_at": timeOrNil(c.RevokedAt),
		})
		l.rows = append(l.rows, []string{
			c.ID, c.Source, c.Label, clientMethod(c), state, strconv.Itoa(live[c.ID]), timeText(c.Created), timeText(c.ExpiresAt), timeText(c.LastUsed),
		})
	}
	l.data = data
	return l
}

// clientMethod is how a client shows who it is.
func clientMethod(c store.ClientRow) string {
	if c.Keys != "" {
		return "private_key_jwt"
	}
	return "client_secret"
}

func (p *program) clientRevokeCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "revoke ID…",
		Short: "Make clients, and every token that they got, useless at once",
		Args:  takes(1, anyNumber),
		RunE: p.with(func(ctx context.Context, a *app.App, ids []string) error {
			revoked, live := 0, 0
			err := a.Store.Update(ctx, func(tx *store.Tx) error {
				revoked, live = 0, 0 // it may be called again
				counts, err := tx.LiveIssuedTokens(ctx, tx.Now())
				if err != nil {
					return err
				}
				for _, id := range ids {
					done, err := revokeClient(ctx, tx, a.Actor, id, counts[id])
					if err != nil {
						return err
					}
					if done {
						revoked, live = revoked+1, live+counts[id]
					}
				}
				return nil
			})
			if err != nil {
				return err
			}
			p.remark("%s, and with them %s.", count(revoked, "client was revoked", "clients were revoked"), count(live, "live token", "live tokens"))
			return nil
		}),
	}
}

// revokeClient revokes one client, and reports false for one that was revoked
// before.
func revokeClient(ctx context.Context, tx *store.Tx, actor, id string, live int) (bool, error) {
	c, err := tx.ClientByID(ctx, id)
	if identity.KindOf(err) == identity.NotFound {
		return false, &identity.Error{
			Kind: identity.NotFound, Op: "revoke client", Object: id, Err: errors.New("there is no such client"),
			Hint: "`birthright client list` shows them; nothing was revoked",
		}
	}
	if err != nil || !c.RevokedAt.IsZero() {
		return false, err
	}
	return true, tx.RevokeClient(ctx, id, audit.Event{
		Actor: actor, Action: "client.revoked", Subject: "source:" + c.Source, Detail: map[string]any{"client": id, "tokens": live},
	})
}

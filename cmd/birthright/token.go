package main

import (
	"context"
	"crypto/rand"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"birthright/app"
	"birthright/audit"
	"birthright/identity"
	"birthright/internal/duration"
	"birthright/store"
	"birthright/tokens"
)

func (p *program) tokenCommand() *cobra.Command {
	return p.family("token", "Bearer tokens for SCIM sources, and for receivers that poll for signals",
		p.tokenCreateCommand(), p.tokenListCommand(), p.tokenRevokeCommand())
}

// defaultTokenLife is how long a token is good for unless told otherwise.
const defaultTokenLife = "180d"

func (p *program) tokenCreateCommand() *cobra.Command {
	var source, receiver, life string
	var ttl time.Duration
	cmd := &cobra.Command{
		Use:   "create --source SOURCE | --receiver RECEIVER",
		Short: "Make a token for a source, or for a receiver of signals; it is shown once",
		Args:  takes(0, 0),
		RunE: p.with(func(ctx context.Context, a *app.App, _ []string) error {
			scope, subject := tokenFor(source, receiver)
			plain, token, err := tokens.New(rand.Reader, source+receiver, scope, a.Now(), ttl)
			if err != nil {
				return err
			}
			row := store.TokenRow(token)
			err = a.Store.Update(ctx, func(tx *store.Tx) error {
				return tx.SaveToken(ctx, row, audit.Event{
					Actor: a.Actor, Action: "token.created", Subject: subject,
					Detail: map[string]any{"token": row.ID, "expires_at": row.ExpiresAt.Format(time.RFC3339)},
				})
			})
			if err != nil {
				return err
			}
			expires := row.ExpiresAt.UTC().Format(time.RFC3339)
			if err := p.print(listing{
				data:   map[string]any{"id": row.ID, "token": plain, "source": source, "receiver": receiver, "expires_at": expires},
				header: []string{"id", "token", "source", "receiver", "expires_at"},
				rows:   [][]string{{row.ID, plain, source, receiver, expires}},
			}); err != nil {
				return err
			}
			p.remark("This is the only time the token is shown; the hub keeps a hash of it.")
			p.remarkPulled(a, source)
			return nil
		}, func(a *app.App, _ []string) (err error) {
			if err := checkHolder(a, source, receiver); err != nil {
				return err
			}
			if ttl, err = duration.Parse(life); err != nil || ttl <= 0 {
				return usageError{fmt.Errorf("--expires %s: write how long, such as 90d or 12h", life)}
			}
			return nil
		}),
	}
	cmd.Flags().StringVar(&source, "source", "", "the `SOURCE` that the token speaks for")
	cmd.Flags().StringVar(&receiver, "receiver", "", "the `RECEIVER` that polls for its signals with the token")
	cmd.Flags().StringVar(&life, "expires", defaultTokenLife, "how long it is good for, e.g. 90d or 12h")
	return cmd
}

func (p *program) tokenRevokeCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "revoke ID…",
		Short: "Make tokens useless at once",
		Args:  takes(1, anyNumber),
		RunE: p.with(func(ctx context.Context, a *app.App, ids []string) error {
			revoked := 0
			err := a.Store.Update(ctx, func(tx *store.Tx) error {
				for _, id := range ids {
					t, err := tx.TokenByID(ctx, id)
					if identity.KindOf(err) == identity.NotFound {
						return &identity.Error{
							Kind: identity.NotFound, Op: "revoke token", Object: id, Err: fmt.Errorf("there is no such token"),
							Hint: "`birthright token list` shows them; nothing was revoked",
						}
					}
					if err != nil {
						return err
					}
					if !t.RevokedAt.IsZero() {
						continue
					}
					t.RevokedAt = tx.Now()
					detail := map[string]any{"token": t.ID}
					if t.Client != "" {
						detail["client"] = t.Client
					}
					_, subject := tokenFor(tokenHolder(t))
					event := audit.Event{Actor: a.Actor, Action: "token.revoked", Subject: subject, Detail: detail}
					if err := tx.SaveToken(ctx, t, event); err != nil {
						return err
					}
					revoked++
				}
				return nil
			})
			if err != nil {
				return err
			}
			p.remark("%s.", count(revoked, "token was revoked", "tokens were revoked"))
			return nil
		}),
	}
}

// timeText is a time for people, "" when there is none.
func timeText(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format(time.RFC3339)
}

// timeOrNil is a time for programs, null when there is none.
func timeOrNil(t time.Time) any {
	if t.IsZero() {
		return nil
	}
	return t.UTC().Format(time.RFC3339Nano)
}

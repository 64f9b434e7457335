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
			if s, err := a.Source(source); err == nil && !s.Pushes() {
				p.remark("warning: source %s is of kind %s: the hub reads it, and nothing pushes to it", source, s.Kind)
			}
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

func (p *program) tokenListCommand() *cobra.Command {
	var source string
	cmd := &cobra.Command{
		Use:   "list",
		Short: "List tokens, without their secrets",
		Args:  takes(0, 0),
		RunE: p.with(func(ctx context.Context, a *app.App, _ []string) error {
			var rows []store.TokenRow
			err := a.Store.View(ctx, func(tx *store.Tx) (err error) {
				rows, err = tx.Tokens(ctx, source)
				return err
			})
			if err != nil {
				return err
			}
			l := listing{
				header: []string{"id", "source", "receiver", "state", "created_at", "expires_at", "last_used_at"},
				empty:  "There are no tokens. `birthright token create --source SOURCE` makes one.",
			}
			data := make([]map[string]any, 0, len(rows))
			for _, t := range rows {
				state := tokenState(t, a.Now())
				speaksFor, polls := tokenHolder(t)
				if source != "" && speaksFor == "" {
					continue // a receiver that is called like the source
				}
				data = append(data, map[string]any{
					"id": t.ID, "source": speaksFor, "receiver": polls, "state": state, "created_at": timeOrNil(t.Created),
					"expires_at": timeOrNil(t.ExpiresAt), "last_used_at": timeOrNil(t.LastUsed), "revoked_at": timeOrNil(t.RevokedAt),
				})
				l.rows = append(l.rows, []string{
					t.ID, speaksFor, polls, state, timeText(t.Created), timeText(t.ExpiresAt), timeText(t.LastUsed),
				})
			}
			l.data = data
			return p.print(l)
		}),
	}
	cmd.Flags().StringVar(&source, "source", "", "only those of this `SOURCE`")
	return cmd
}

func tokenState(t store.TokenRow, now time.Time) string {
	switch {
	case !t.RevokedAt.IsZero():
		return "revoked"
	case !t.ExpiresAt.IsZero() && !now.Before(t.ExpiresAt):
		return "expired"
	default:
		return "live"
	}
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
					_, subject := tokenFor(tokenHolder(t))
					event := audit.Event{Actor: a.Actor, Action: "token.revoked", Subject: subject, Detail: map[string]any{"token": t.ID}}
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

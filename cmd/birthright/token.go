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
	return p.family("token", "Bearer tokens for SCIM sources, people and programs that use the API, and receivers that poll for signals",
		p.tokenCreateCommand(), p.tokenListCommand(), p.tokenRevokeCommand())
}

// defaultTokenLife is how long a token is good for unless told otherwise.
const defaultTokenLife = "180d"

func (p *program) tokenCreateCommand() *cobra.Command {
	var holder tokenHolder
	var life string
	var ttl time.Duration
	cmd := &cobra.Command{
		Use:   "create --source SOURCE | --user USER | --role ROLE | --receiver RECEIVER",
		Short: "Make a token; it is shown once",
		Long: `Makes a token for one of these:

  --source    an identity provider that pushes to the SCIM endpoint, for that source
  --user      a person at the API and the pages behind links: it does what that user
              may do, for as long as the user is active
  --role      a program at the API: admin does what administrators may do, which is not
              to decide in place of approvers; auditor reads everything
  --receiver  a receiver that polls for its signals`,
		Args: takes(0, 0),
		RunE: p.with(func(ctx context.Context, a *app.App, _ []string) error {
			scope, _ := holder.scope()
			plain, token, err := tokens.New(rand.Reader, holder.source+holder.receiver, scope, a.Now(), ttl)
			if err != nil {
				return err
			}
			row := store.TokenRow(token)
			err = a.Store.Update(ctx, func(tx *store.Tx) (err error) {
				if holder, row.UserN, err = holder.find(ctx, tx); err != nil {
					return err
				}
				_, subject := holder.scope()
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
				data: map[string]any{
					"id": row.ID, "token": plain, "source": holder.source, "receiver": holder.receiver, "user": holder.user, "role": holder.role, "expires_at": expires,
				},
				header: []string{"id", "token", "source", "receiver", "user", "role", "expires_at"},
				rows:   [][]string{{row.ID, plain, holder.source, holder.receiver, holder.user, holder.role, expires}},
			}); err != nil {
				return err
			}
			p.remark("This is the only time the token is shown; the hub keeps a hash of it.")
			p.remarkPulled(a, holder.source)
			return nil
		}, func(a *app.App, _ []string) (err error) {
			if err := holder.check(a); err != nil {
				return err
			}
			if ttl, err = duration.Parse(life); err != nil || ttl <= 0 {
				return usageError{fmt.Errorf("--expires %s: write how long, such as 90d or 12h", life)}
			}
			return nil
		}),
	}
	cmd.Flags().StringVar(&holder.source, "source", "", "the `SOURCE` that the token speaks for")
	cmd.Flags().StringVar(&holder.user, "user", "", "the `USER` who acts with the token")
	cmd.Flags().StringVar(&holder.role, "role", "", "the `ROLE` of the program that uses the token: admin or auditor")
	cmd.Flags().StringVar(&holder.receiver, "receiver", "", "the `RECEIVER` that polls for its signals with the token")
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
					holder, err := holderOf(ctx, tx, t)
					if err != nil {
						return err
					}
					_, subject := holder.scope()
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

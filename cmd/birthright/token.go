package main

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"birthright/app"
	"birthright/grants/approval"
	"birthright/hub"
	"birthright/internal/duration"
)

// keyring is what the commands about tokens ask.
type keyring interface {
	Tokens(ctx context.Context, a approval.Actor, q hub.TokenQuery) (hub.TokenList, error)
	CreateToken(ctx context.Context, a approval.Actor, w hub.TokenWish) (hub.NewToken, error)
	RevokeTokens(ctx context.Context, a approval.Actor, ids []string) (revoked int, err error)
}

func (p *program) tokenCommand() *cobra.Command {
	return reaching(p.family("token", "Bearer tokens for SCIM sources, people and programs that use the API, and receivers that poll for signals",
		p.tokenCreateCommand(), p.tokenListCommand(), p.tokenRevokeCommand()))
}

// defaultTokenLife is how long a token is good for unless told otherwise.
const defaultTokenLife = "180d"

func (p *program) tokenCreateCommand() *cobra.Command {
	var f tokenFlags
	var life string
	var ttl time.Duration
	cmd := &cobra.Command{
		Use:   "create --source SOURCE | --user USER | --role ROLE | --receiver RECEIVER",
		Short: "Make a token; it is shown once",
		Long: `Makes a token for one of these:

  --source    an identity provider that pushes to the SCIM endpoint, or whatever sends
              shifts and tickets, for that source
  --user      a person at the API and the pages behind links: it does what that user
              may do, for as long as the user is active
  --role      a program at the API: admin does what administrators may do, which is not
              to decide in place of approvers; auditor reads everything
  --receiver  a receiver that polls for its signals

One at the API can be narrowed with --only: to "read", to parts of the API such as
runs or audit, or to both.`,
		Args: takes(0, 0),
		RunE: p.through(func(ctx context.Context, o office, actor approval.Actor, _ []string) error {
			wish := f.wish()
			wish.For = ttl
			made, err := o.Hub.CreateToken(ctx, actor, wish)
			if err != nil {
				return err
			}
			if err := p.print(newTokenListing(made)); err != nil {
				return err
			}
			p.remark("This is the only time the token is shown; the hub keeps a hash of it.")
			if made.Warning != "" {
				p.remark("warning: %s", made.Warning)
			}
			return nil
		}, func(a *app.App, _ []string) (err error) {
			if err := f.check(a); err != nil {
				return err
			}
			if ttl, err = duration.Parse(life); err != nil || ttl <= 0 {
				return usageError{fmt.Errorf("--expires %s: write how long, such as 90d or 12h", life)}
			}
			return nil
		}),
	}
	cmd.Flags().StringVar(&f.source, "source", "", "the `SOURCE` that the token speaks for")
	cmd.Flags().StringVar(&f.user, "user", "", "the `USER` who acts with the token")
	cmd.Flags().StringVar(&f.role, "role", "", "the `ROLE` of the program that uses the token: admin or auditor")
	cmd.Flags().StringVar(&f.receiver, "receiver", "", "the `RECEIVER` that polls for its signals with the token")
	cmd.Flags().StringSliceVar(&f.only, "only", nil, "narrow it to these `PARTS` of the API, with commas; read: change nothing")
	cmd.Flags().StringVar(&life, "expires", defaultTokenLife, "how long it is good for, e.g. 90d or 12h")
	return cmd
}

func (p *program) tokenRevokeCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "revoke ID…",
		Short: "Make tokens useless at once",
		Args:  takes(1, anyNumber),
		RunE: p.through(func(ctx context.Context, o office, actor approval.Actor, ids []string) error {
			revoked, err := o.Hub.RevokeTokens(ctx, actor, ids)
			if err != nil {
				return err
			}
			p.remark("%s.", count(revoked, "token was revoked", "tokens were revoked"))
			return nil
		}),
	}
}

// newTokenListing shows a token, for the only time with its secret.
func newTokenListing(t hub.NewToken) listing {
	expires := timeAt(t.ExpiresAt)
	return listing{
		data: t, header: []string{"id", "token", "source", "receiver", "user", "role", "only", "expires_at"},
		rows: [][]string{{t.ID, t.Token, t.Source, t.Receiver, t.User, t.Role, strings.Join(t.Only, " "), expires}},
	}
}

// timeText is a time for people, "" when there is none.
func timeText(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format(time.RFC3339)
}

// atText is timeText for a time that may be absent.
func atText(t *time.Time) string {
	if t == nil {
		return ""
	}
	return timeText(*t)
}

// timeOrNil is a time for programs, null when there is none.
func timeOrNil(t time.Time) any {
	if t.IsZero() {
		return nil
	}
	return t.UTC().Format(time.RFC3339Nano)
}

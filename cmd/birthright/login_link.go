package main

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"birthright/app"
	"birthright/identity"
	"birthright/internal/duration"
	"birthright/signin"
)

func (p *program) loginLinkCommand() *cobra.Command {
	var user string
	cmd := &cobra.Command{
		Use:   "login-link",
		Short: "Make a link that logs somebody in to the console once",
		Long: `Prints a link that is good for ` + duration.Format(signin.LinkLife) + ` and one use. Whoever opens it and clicks the button is
logged in: as the local administrator operator:NAME, who may do what administrators
may, or with --user as that user. That the link was made, and that it was used, is in
the audit log. The hub keeps a hash of it.`,
		Args: takes(0, 0),
		RunE: p.with(func(ctx context.Context, a *app.App, _ []string) error {
			address, expires, err := a.LoginLink(ctx, a.Config.Server.PublicURL, user)
			if err != nil {
				return noUser(err, user)
			}
			until := expires.UTC().Format(time.RFC3339)
			return p.print(listing{
				data: map[string]any{"link": address, "user": user, "expires_at": until},
				text: address + "\n", header: []string{"link", "user", "expires_at"}, rows: [][]string{{address, user, until}},
			})
		}, func(a *app.App, _ []string) error {
			if strings.HasSuffix(a.Config.Server.PublicURL, ":0") {
				return &identity.Error{
					Kind: identity.Invalid, Op: "make a login link", Err: errors.New("the hub listens on any free port, and only it knows which"),
					Hint: "set server.listen or server.public_url",
				}
			}
			return nil
		}),
	}
	cmd.Flags().StringVar(&user, "user", "", "log in this `USER` (default: whoever runs the command, as a local administrator)")
	return cmd
}

// remarkFirstLink tells who starts a hub for the first time how to get in.
func (p *program) remarkFirstLink(ctx context.Context, a *app.App, publicURL string) error {
	if p.quiet {
		return nil
	}
	address, err := a.FirstLink(ctx, publicURL)
	if err != nil || address == "" {
		return err
	}
	fmt.Fprintf(p.err, "Nobody has logged in yet. This link does once, within %s: %s\n`birthright login-link` makes another.\n", duration.Format(signin.LinkLife), address)
	return nil
}

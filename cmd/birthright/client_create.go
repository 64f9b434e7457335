package main

import (
	"context"
	"crypto/rand"
	"fmt"
	"os"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/spf13/cobra"

	"birthright/app"
	"birthright/audit"
	"birthright/internal/duration"
	"birthright/oauth"
	"birthright/store"
	"birthright/tokens"
)

// defaultClientLife is how long a client is good for unless told otherwise:
// Entra's gallery wants one to three years.
const defaultClientLife = "1y"

// longestLabel is how many characters a label may have.
const longestLabel = 100

// newClient is what `client create` is told.
type newClient struct {
	source, life, label, file string

	ttl  time.Duration
	keys oauth.Keys
}

func (p *program) clientCreateCommand() *cobra.Command {
	var n newClient
	cmd := &cobra.Command{
		Use:   "create --source SOURCE",
		Short: "Make an OAuth client for a source; its secret is shown once",
		Long: `Makes a client that gets tokens for a source by OAuth 2.0 client credentials. It
shows who it is by a secret or, with --jwks, by a signature with a key whose public
half is in the file (private_key_jwt).`,
		Args: takes(0, 0),
		RunE: p.with(func(ctx context.Context, a *app.App, _ []string) error {
			secret, client, err := n.make(a)
			if err != nil {
				return err
			}
			event := audit.Event{Actor: a.Actor, Action: "client.created", Subject: "source:" + n.source, Detail: n.detail(client)}
			err = a.Store.Update(ctx, func(tx *store.Tx) error { return tx.SaveClient(ctx, store.ClientRow(client), event) })
			if err != nil {
				return err
			}
			return p.showClient(a, client, secret)
		}, n.check),
	}
	cmd.Flags().StringVar(&n.source, "source", "", "the `SOURCE` that the client speaks for")
	cmd.Flags().StringVar(&n.life, "expires", defaultClientLife, "how long it is good for, e.g. 1y or 90d")
	cmd.Flags().StringVar(&n.label, "label", "", "what people call it")
	cmd.Flags().StringVar(&n.file, "jwks", "", "a JSON Web Key Set `FILE` with public keys, in place of a secret")
	return cmd
}

// check refuses what cannot be right.
func (n *newClient) check(a *app.App, _ []string) (err error) {
	if err := required("source", n.source, "name the source that the client speaks for"); err != nil {
		return err
	}
	if _, err := a.Source(n.source); err != nil {
		return err
	}
	if n.ttl, err = duration.Parse(n.life); err != nil || n.ttl <= 0 {
		return usageError{fmt.Errorf("--expires %s: write how long, such as 1y or 90d", n.life)}
	}
	if !utf8.ValidString(n.label) || utf8.RuneCountInString(n.label) > longestLabel || strings.ContainsFunc(n.label, unicode.IsControl) {
		return usageError{fmt.Errorf("--label: write at most %d characters in one line", longestLabel)}
	}
	if n.file == "" {
		return nil
	}
	text, err := os.ReadFile(n.file)
	if err == nil {
		n.keys, err = oauth.ParseKeys(text)
	}
	if err != nil {
		return usageError{fmt.Errorf("--jwks: %w", err)}
	}
	return nil
}

// make makes the client; secret is "" for one that has keys.
func (n *newClient) make(a *app.App) (secret string, c tokens.Client, err error) {
	secret, c, err = tokens.NewClient(rand.Reader, n.source, tokens.ScopeSCIM, a.Now(), n.ttl)
	c.Label = n.label
	if n.keys.Set != "" {
		secret, c = "", c.WithKeys(n.keys.Set)
	}
	return secret, c, err
}

// detail is what the audit log tells of the client.
func (n *newClient) detail(c tokens.Client) map[string]any {
	detail := map[string]any{"client": c.ID, "expires_at": c.ExpiresAt.UTC().Format(time.RFC3339), "method": clientMethod(store.ClientRow(c))}
	if n.label != "" {
		detail["label"] = n.label
	}
	if n.keys.Set != "" {
		detail["keys"] = n.keys.Thumbprints
	}
	return detail
}

// showClient prints the client, for the only time with its secret.
func (p *program) showClient(a *app.App, c tokens.Client, secret string) error {
	endpoint, expires := oauth.TokenEndpoint(a.Config.Server.PublicURL), c.ExpiresAt.UTC().Format(time.RFC3339)
	data := map[string]any{"id": c.ID, "source": c.Source, "token_endpoint": endpoint, "expires_at": expires}
	if c.Label != "" {
		data["label"] = c.Label
	}
	if secret != "" {
		data["secret"] = secret
	}
	err := p.print(listing{
		data:   data,
		header: []string{"id", "secret", "source", "token_endpoint", "expires_at"},
		rows:   [][]string{{c.ID, secret, c.Source, endpoint, expires}},
	})
	if secret != "" {
		p.remark("This is the only time the secret is shown; the hub keeps a hash of it.")
	}
	p.remarkPulled(a, c.Source)
	return err
}

// remarkPulled warns that nothing will be pushed to a source.
func (p *program) remarkPulled(a *app.App, source string) {
	if s, err := a.Source(source); err == nil && !s.Pushes() {
		p.remark("warning: source %s is of kind %s: the hub reads it, and nothing pushes to it", source, s.Kind)
	}
}

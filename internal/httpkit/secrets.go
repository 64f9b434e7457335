package httpkit

import (
	"context"
	"errors"
	"slices"
	"strings"

	"birthright/identity"
	"birthright/internal/secret"
)

// credentials are revealed secrets, ready to be sent.
type credentials struct {
	headers map[string]string
	values  []string // never to be seen in a message
}

// credentials reveals the secrets, once until a 401 says that they are no
// longer good: a rotated token is picked up without a restart.
func (c *Client) credentials(ctx context.Context) (*credentials, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.secret != nil {
		return c.secret, nil
	}
	fresh := &credentials{headers: map[string]string{}}
	for _, h := range c.opt.Headers {
		value, err := c.reveal(ctx, h.Value)
		if err != nil {
			return nil, err
		}
		fresh.add(h.Name, value, value)
	}
	if !c.opt.Token.IsZero() {
		token, err := c.reveal(ctx, c.opt.Token)
		if err != nil {
			return nil, err
		}
		fresh.add("Authorization", c.opt.Scheme+token, token)
	}
	// A secret that holds another one is taken out first, or its rest would stay.
	slices.SortFunc(fresh.values, func(a, b string) int { return len(b) - len(a) })
	c.secret = fresh
	return fresh, nil
}

// reveal refuses what cannot stand in a header, which is nearly always a key
// file or a page of HTML in the place of a token.
func (c *Client) reveal(ctx context.Context, ref secret.Ref) (string, error) {
	value, err := ref.Reveal(ctx, c.opt.Dir)
	if err != nil {
		return "", err
	}
	if strings.ContainsFunc(value, func(r rune) bool { return r < ' ' || r == 0x7f }) {
		return "", &identity.Error{Kind: identity.Invalid, Op: "read secret", Object: ref.Reference(),
			Err: errors.New("it has line breaks or control characters and cannot be sent in a header")}
	}
	return value, nil
}

func (c *credentials) add(header, value, secret string) {
	c.headers[header] = value
	if secret != "" {
		c.values = append(c.values, secret)
	}
}

// forget drops creds so that the next request reveals them anew.
func (c *Client) forget(creds *credentials) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.secret == creds {
		c.secret = nil
	}
}

// redact takes the secrets out of text that a peer may have echoed them into.
func (c *credentials) redact(text string) string {
	for _, v := range c.values {
		text = strings.ReplaceAll(text, v, "[secret]")
	}
	return text
}

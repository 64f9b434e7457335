package httpkit

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strings"
	"time"

	"birthright/identity"
	"birthright/internal/secret"
)

// credentials are revealed secrets, ready to be sent.
type credentials struct {
	headers map[string]string
	values  []string  // never to be seen in a message, longest first
	until   time.Time // zero: until they are refused
}

// early is how long before its end a token is replaced: a request that is on its
// way then must not arrive after it.
const early = time.Minute

// credentials reveals the secrets, once until they end or a 401 says that they are
// no longer good: a rotated token is picked up without a restart.
func (c *Client) credentials(ctx context.Context) (*credentials, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if known := c.secret.Load(); known != nil && (known.until.IsZero() || c.opt.Now().Add(early).Before(known.until)) {
		return known, nil
	}
	fresh := &credentials{headers: map[string]string{}}
	for _, h := range c.opt.Headers {
		value, err := headerSecret(ctx, h.Value, c.opt.Dir)
		if err != nil {
			return nil, err
		}
		fresh.add(h.Name, value, value)
	}
	if c.opt.Auth != nil {
		got, err := c.opt.Auth.Authorise(ctx, Exchange{
			HTTP: &http.Client{Transport: c.wire, Timeout: c.opt.Timeout}, Base: c.base, Dir: c.opt.Dir, Now: c.opt.Now(),
		})
		if err != nil {
			return nil, err
		}
		fresh.add("Authorization", got.Header, got.Secrets...)
		fresh.until = got.Until
	}
	// A secret that holds another one is taken out first, or its rest would stay.
	slices.SortFunc(fresh.values, func(a, b string) int { return len(b) - len(a) })
	c.secret.Store(fresh)
	return fresh, nil
}

// headerSecret refuses what cannot stand in a header, which is nearly always a key
// file or a page of HTML in the place of a token.
func headerSecret(ctx context.Context, ref secret.Ref, dir string) (string, error) {
	value, err := ref.Reveal(ctx, dir)
	if err != nil {
		return "", err
	}
	if strings.ContainsFunc(value, func(r rune) bool { return r < ' ' || r == 0x7f }) {
		return "", &identity.Error{Kind: identity.Invalid, Op: "read secret", Object: ref.Reference(),
			Err: errors.New("it has line breaks or control characters and cannot be sent in a header")}
	}
	return value, nil
}

func (c *credentials) add(header, value string, secrets ...string) {
	c.headers[header] = value
	for _, s := range secrets {
		if s != "" {
			c.values = append(c.values, s)
		}
	}
}

// forget drops creds so that the next request reveals them anew.
func (c *Client) forget(creds *credentials) { c.secret.CompareAndSwap(creds, nil) }

// redact takes the secrets out of text that a peer may have echoed them into.
func (c *credentials) redact(text string) string { return mask(text, c.values) }

func mask(text string, secrets []string) string {
	for _, v := range secrets {
		if v != "" {
			text = strings.ReplaceAll(text, v, "[secret]")
		}
	}
	return text
}

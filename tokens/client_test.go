package tokens_test

import (
	"bytes"
	"crypto/rand"
	"errors"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"github.com/google/go-cmp/cmp"

	"birthright/tokens"
)

func newClient(t *testing.T, ttl time.Duration) (string, tokens.Client) {
	t.Helper()
	secret, c, err := tokens.NewClient(rand.Reader, "entra", tokens.ScopeSCIM, noon, ttl)
	if err != nil {
		t.Fatal(err)
	}
	return secret, c
}

func TestClientVerifyTellsWhy(t *testing.T) {
	secret, c := newClient(t, time.Hour)
	forever, eternal := newClient(t, 0)
	revoked := c
	revoked.RevokedAt = noon
	cases := []struct {
		name   string
		client tokens.Client
		secret string
		at     time.Time
		want   error
	}{
		{"fresh", c, secret, noon, nil},
		{"a moment before its end", c, secret, noon.Add(time.Hour - 1), nil},
		{"at its end", c, secret, noon.Add(time.Hour), tokens.ErrExpired},
		{"without an end", eternal, forever, noon.AddDate(100, 0, 0), nil},
		{"revoked", revoked, secret, noon, tokens.ErrRevoked},
		{"another client's secret", c, forever, noon, tokens.ErrMismatch},
		{"empty", c, "", noon, tokens.ErrMismatch},
		{"longer", c, secret + "A", noon, tokens.ErrMismatch},
		{"shorter", c, secret[:len(secret)-1], noon, tokens.ErrMismatch},
		{"nobody's", tokens.Client{}, secret, noon, tokens.ErrMismatch},
		{"nobody's, empty", tokens.Client{}, "", noon, tokens.ErrMismatch},
		{"wrong tells nothing of revoked", revoked, forever, noon, tokens.ErrMismatch},
		{"a secret from before there were keys", c.WithKeys("{}"), secret, noon, tokens.ErrMismatch},
		{"keys, empty", c.WithKeys("{}"), "", noon, tokens.ErrMismatch},
	}
	for _, k := range cases {
		if err := k.client.Verify(k.secret, k.at); !errors.Is(err, k.want) {
			t.Errorf("%s: %v, want %v", k.name, err, k.want)
		}
	}
	if bytes.Contains(c.Hash[:], []byte(secret[10:])) {
		t.Error("the kept client holds the secret")
	}
	if err := eternal.WithKeys("{}").Live(noon); err != nil {
		t.Errorf("a client with keys is not live: %v", err)
	}
}

func TestSecretsHave256Bits(t *testing.T) {
	// 40 random bytes, 8 of which are the ID.
	secret, c, err := tokens.NewClient(bytes.NewReader(append(make([]byte, 39), 1)), "entra", tokens.ScopeSCIM, noon, 0)
	if err != nil {
		t.Fatal(err)
	}
	if want := "brs_" + strings.Repeat("A", 42) + "E"; secret != want || c.ID != "brc_0000000000000000" {
		t.Errorf("client %s with secret %s, want %s", c.ID, secret, want)
	}
	if _, _, err := tokens.NewClient(bytes.NewReader(make([]byte, 39)), "entra", tokens.ScopeSCIM, noon, 0); err == nil {
		t.Error("a client was made with 39 random bytes")
	}
}

func TestIssuedTokensEndWithTheClient(t *testing.T) {
	_, c := newClient(t, 90*time.Minute)
	_, eternal := newClient(t, 0)
	for _, k := range []struct {
		name   string
		client tokens.Client
		at     time.Time
		want   time.Time
	}{
		{"early", c, noon, noon.Add(time.Hour)},
		{"late", c, noon.Add(45 * time.Minute), noon.Add(90 * time.Minute)},
		{"of a client without an end", eternal, noon, noon.Add(time.Hour)},
	} {
		plain, token, err := k.client.Issue(rand.Reader, k.at, time.Hour)
		if err != nil {
			t.Fatal(err)
		}
		want := tokens.Token{
			ID: token.ID, Hash: token.Hash, Source: "entra", Scope: tokens.ScopeSCIM, Client: k.client.ID, Created: k.at, ExpiresAt: k.want,
		}
		if diff := cmp.Diff(want, token); diff != "" {
			t.Errorf("%s: %s", k.name, diff)
		}
		if err := token.Verify(plain, k.want.Add(-1)); err != nil {
			t.Errorf("%s: refused before its end: %v", k.name, err)
		}
		if err := token.Verify(plain, k.want); !errors.Is(err, tokens.ErrExpired) {
			t.Errorf("%s: at its end: %v", k.name, err)
		}
	}
	if _, _, err := c.Issue(iotest.ErrReader(errors.New("dry")), noon, time.Hour); err == nil {
		t.Error("a token was issued without randomness")
	}
}

func TestIsClientID(t *testing.T) {
	secret, c := newClient(t, 0)
	for id, want := range map[string]bool{
		c.ID: true, "brc_0123456789abcdef": true, "": false, "brc_": false, "brc_0123456789ABCDEF": false, "brc_0123456789abcde": false,
		"brc_0123456789abcdef0": false, secret: false, "0123456789abcdef": false, "brc_0123456789abcde\n": false,
	} {
		if got := tokens.IsClientID(id); got != want {
			t.Errorf("IsClientID(%q) = %v", id, got)
		}
	}
}

package tokens_test

import (
	"bytes"
	"crypto/rand"
	"errors"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"birthright/tokens"
)

var noon = time.Date(2026, 5, 1, 12, 0, 0, 0, time.UTC)

func TestNewParsesAndVerifies(t *testing.T) {
	plain, tok, err := tokens.New(rand.Reader, "okta", tokens.ScopeSCIM, noon, time.Hour)
	if err != nil {
		t.Fatal(err)
	}
	id, err := tokens.Parse(plain)
	if err != nil || id != tok.ID {
		t.Fatalf("Parse = %q, %v; want %q", id, err, tok.ID)
	}
	if err := tok.Verify(plain, noon); err != nil {
		t.Errorf("a fresh token is refused: %v", err)
	}
	if bytes.Contains(tok.Hash[:], []byte(plain[20:])) {
		t.Error("the kept token holds the secret")
	}
}

func TestVerifyTellsWhy(t *testing.T) {
	plain, tok, _ := tokens.New(rand.Reader, "okta", tokens.ScopeSCIM, noon, time.Hour)
	forever, eternal, _ := tokens.New(rand.Reader, "okta", tokens.ScopeSCIM, noon, 0)
	revoked := tok
	revoked.RevokedAt = noon
	cases := []struct {
		name  string
		token tokens.Token
		plain string
		at    time.Time
		want  error
	}{
		{"a moment before its end", tok, plain, noon.Add(time.Hour - 1), nil},
		{"at its end", tok, plain, noon.Add(time.Hour), tokens.ErrExpired},
		{"without an end", eternal, forever, noon.AddDate(100, 0, 0), nil},
		{"revoked", revoked, plain, noon, tokens.ErrRevoked},
		{"another token's secret", tok, forever, noon, tokens.ErrMismatch},
		{"empty", tok, "", noon, tokens.ErrMismatch},
	}
	for _, c := range cases {
		if err := c.token.Verify(c.plain, c.at); !errors.Is(err, c.want) {
			t.Errorf("%s: %v, want %v", c.name, err, c.want)
		}
	}
}

// Every change of one bit, every prefix and every suffix must be refused:
// truncated tokens have been accepted elsewhere.
func TestNoOtherTextPasses(t *testing.T) {
	plain, tok, _ := tokens.New(rand.Reader, "okta", tokens.ScopeSCIM, noon, 0)
	var others []string
	for i := range plain {
		others = append(others, plain[:i], plain[i+1:], plain+plain[:i+1])
		for bit := range 8 {
			b := []byte(plain)
			b[i] ^= 1 << bit
			others = append(others, string(b))
		}
	}
	others = append(others, strings.ToUpper(plain), strings.ToLower(plain), plain+" ", " "+plain)
	for _, other := range others {
		if other != plain && tok.Verify(other, noon) == nil {
			t.Fatalf("%q passes for %q", other, plain)
		}
	}
}

func TestParseRefuses(t *testing.T) {
	secret := strings.Repeat("a", 43)
	for _, plain := range []string{
		"", "br_", "br__", "br_0123456789abcdef", "br_0123456789abcdef_", "xx_0123456789abcdef_" + secret,
		"br_0123456789ABCDEF_" + secret, "br_0123456789abcde_" + secret, "br_0123456789abcdef_" + secret + "a",
		"br_0123456789abcdeg_" + secret, "br_\x00123456789abcdef_" + secret,
	} {
		if id, err := tokens.Parse(plain); !errors.Is(err, tokens.ErrMalformed) {
			t.Errorf("Parse(%q) = %q, %v; want ErrMalformed", plain, id, err)
		}
	}
}

func TestNewWithoutRandomnessFails(t *testing.T) {
	if _, _, err := tokens.New(iotest.ErrReader(errors.New("dry")), "okta", tokens.ScopeSCIM, noon, 0); err == nil {
		t.Error("a token was made without randomness")
	}
}

func TestBearer(t *testing.T) {
	for _, c := range []struct {
		headers []string
		plain   string
		err     error
	}{
		{nil, "", tokens.ErrMissing},
		{[]string{"Bearer br_x"}, "br_x", nil},
		{[]string{"bearer  br_x"}, "br_x", nil},
		{[]string{"Bearer"}, "", tokens.ErrMalformed},
		{[]string{"Basic YTpi"}, "", tokens.ErrMalformed},
		{[]string{"Bearer a", "Bearer b"}, "", tokens.ErrMalformed},
	} {
		if plain, err := tokens.Bearer(c.headers); plain != c.plain || !errors.Is(err, c.err) {
			t.Errorf("%q: %q, %v; want %q, %v", c.headers, plain, err, c.plain, c.err)
		}
	}
}

package tokens

import (
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"io"
	"strings"
	"time"
)

const (
	clientPrefix = "brc_"
	secretPrefix = "brs_"
)

// Client is what is kept of a program that gets its tokens by OAuth's client
// credentials: everything but its secret.
type Client struct {
	// ID is public: it is the client_id, and names the client in lists and in
	// the audit log.
	ID string
	// Source and Scope are those of the tokens that it gets.
	Source, Scope string
	// Label is what people call it.
	Label string
	// Hash is the SHA-256 of the whole secret; zero for a client with Keys, which
	// no secret opens.
	Hash [sha256.Size]byte
	// Keys are the public keys, as a JSON Web Key Set, by which a client without
	// a secret is known; "" for one with a secret.
	Keys string

	Created time.Time
	// ExpiresAt, LastUsed and RevokedAt are zero for never.
	ExpiresAt, LastUsed, RevokedAt time.Time
}

// NewClient makes a client with a secret from the randomness of rand. It is
// valid from now for ttl, and without end if ttl is 0. The secret cannot be had
// again.
func NewClient(rand io.Reader, source, scope string, now time.Time, ttl time.Duration) (secret string, c Client, err error) {
	var raw [idBytes + secretBytes]byte
	if _, err := io.ReadFull(rand, raw[:]); err != nil {
		return "", Client{}, fmt.Errorf("make a client: %w", err)
	}
	secret = secretPrefix + base64.RawURLEncoding.EncodeToString(raw[idBytes:])
	c = Client{ID: clientPrefix + hex.EncodeToString(raw[:idBytes]), Source: source, Scope: scope, Hash: sha256.Sum256([]byte(secret)), Created: now}
	if ttl > 0 {
		c.ExpiresAt = now.Add(ttl)
	}
	return secret, c, nil
}

// WithKeys returns the client known by public keys in place of its secret, which
// opens nothing any more.
func (c Client) WithKeys(set string) Client {
	c.Hash, c.Keys = [sha256.Size]byte{}, set
	return c
}

// Verify reports why secret is not this client's, or the client no longer valid
// at now. It takes the same time whatever differs: the zero Client stands in for
// one that nobody knows.
func (c Client) Verify(secret string, now time.Time) error {
	hash := sha256.Sum256([]byte(secret))
	if subtle.ConstantTimeCompare(hash[:], c.Hash[:]) != 1 {
		return ErrMismatch
	}
	return c.Live(now)
}

// Live reports why the client is no longer valid at now, whoever it is that
// speaks for it.
func (c Client) Live(now time.Time) error { return live(c.RevokedAt, c.ExpiresAt, now) }

// Issue makes a token for the client, for lifetime or as long as the client
// itself is valid.
func (c Client) Issue(rand io.Reader, now time.Time, lifetime time.Duration) (plain string, t Token, err error) {
	plain, t, err = New(rand, c.Source, c.Scope, now, lifetime)
	t.Client = c.ID
	if !c.ExpiresAt.IsZero() && c.ExpiresAt.Before(t.ExpiresAt) {
		t.ExpiresAt = c.ExpiresAt
	}
	return plain, t, err
}

// IsClientID reports whether id has the form of a client's ID. What does not may
// be anything that somebody sent, a secret in the wrong place among it.
func IsClientID(id string) bool {
	rest, ok := strings.CutPrefix(id, clientPrefix)
	return ok && isID(rest)
}

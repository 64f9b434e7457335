package tokens

import (
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"
)

// The scopes: what a token opens. One at the API may be narrowed, see Narrowed.
const (
	ScopeSCIM = "scim" // push to the SCIM endpoint, as the token's source
	ScopeAPI  = "api"  // use the API, as the user that the token is of
	// ScopeAdmin and ScopeAuditor are for programs that use the API as nobody in
	// particular: with an administrator's rights, or to read everything.
	ScopeAdmin   = "admin"
	ScopeAuditor = "auditor"
	// ScopeSignals polls for security events, as the receiver that Source names.
	ScopeSignals = "signals"
)

// Why a token or a client is refused. The wire shows none of them apart from "refused";
// they are for the log.
var (
	ErrMissing   = errors.New("no bearer token was sent")
	ErrMalformed = errors.New("not a token of this hub")
	ErrMismatch  = errors.New("the secret is wrong")
	ErrExpired   = errors.New("it has expired")
	ErrRevoked   = errors.New("it was revoked")
)

const (
	prefix      = "br_"
	idBytes     = 8  // as hex: 16 characters
	secretBytes = 32 // as unpadded base64url: 43 characters
)

// Token is what is kept of a token: everything but the secret.
type Token struct {
	// ID is public: it names the token in lists and in the audit log.
	ID string
	// Source is the configured name of the source that it speaks for, or of the
	// receiver where the scope is ScopeSignals; "" for none.
	Source string
	// Scope is one of those above, perhaps narrowed.
	Scope string
	// Client is the ID of the client that it was issued to, "" for one that a
	// person made.
	Client string
	// UserN is the number of the user who acts with it, 0 for a program.
	UserN int64
	// Hash is the SHA-256 of the whole plain token.
	Hash [sha256.Size]byte

	Created time.Time
	// ExpiresAt, LastUsed and RevokedAt are zero for never.
	ExpiresAt, LastUsed, RevokedAt time.Time
}

// New makes a token from the randomness of rand. It is valid from now for ttl,
// and without end if ttl is 0. The plain text cannot be had again.
func New(rand io.Reader, source, scope string, now time.Time, ttl time.Duration) (plain string, t Token, err error) {
	var raw [idBytes + secretBytes]byte
	if _, err := io.ReadFull(rand, raw[:]); err != nil {
		return "", Token{}, fmt.Errorf("make a token: %w", err)
	}
	id := hex.EncodeToString(raw[:idBytes])
	plain = prefix + id + "_" + base64.RawURLEncoding.EncodeToString(raw[idBytes:])
	t = Token{ID: id, Source: source, Scope: scope, Hash: sha256.Sum256([]byte(plain)), Created: now}
	if ttl > 0 {
		t.ExpiresAt = now.Add(ttl)
	}
	return plain, t, nil
}

// Parse returns the ID in a plain token, or ErrMalformed. It says nothing about
// whether the token is valid.
func Parse(plain string) (id string, err error) {
	rest, ok := strings.CutPrefix(plain, prefix)
	id, secret, ok2 := strings.Cut(rest, "_")
	if !ok || !ok2 || !isID(id) || len(secret) != base64.RawURLEncoding.EncodedLen(secretBytes) {
		return "", ErrMalformed
	}
	return id, nil
}

// isID reports whether text is written as New writes the random part of an ID.
func isID(text string) bool {
	return len(text) == hex.EncodedLen(idBytes) && strings.Trim(text, "0123456789abcdef") == ""
}

// Verify reports why plain is not this token, or no longer valid at now. The
// hash covers the whole text, so that no other spelling of the same secret
// passes, and the comparison takes the same time whatever differs.
func (t Token) Verify(plain string, now time.Time) error {
	hash := sha256.Sum256([]byte(plain))
	if subtle.ConstantTimeCompare(hash[:], t.Hash[:]) != 1 {
		return ErrMismatch
	}
	return live(t.RevokedAt, t.ExpiresAt, now)
}

// Live reports why a token that was verified before is no longer valid at now.
func (t Token) Live(now time.Time) error { return live(t.RevokedAt, t.ExpiresAt, now) }

// live reports why what was revoked and expires at these times is no longer
// valid at now.
func live(revoked, expires, now time.Time) error {
	switch {
	case !revoked.IsZero():
		return ErrRevoked
	case !expires.IsZero() && !now.Before(expires):
		return ErrExpired
	}
	return nil
}

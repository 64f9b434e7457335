package oauth

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/go-jose/go-jose/v4/jwt"

	"birthright/tokens"
)

// Bounds of an assertion's time.
const (
	longestAssertion = time.Hour   // from now to its end: what was used is remembered until then
	leeway           = time.Minute // by which clocks may differ
)

// algorithms are the ways of signing that are accepted: all of them take a pair
// of keys, so that what the hub keeps signs nothing.
var algorithms = []jose.SignatureAlgorithm{
	jose.RS256, jose.RS384, jose.RS512, jose.PS256, jose.PS384, jose.PS512, jose.ES256, jose.ES384, jose.ES512, jose.EdDSA,
}

// readAssertion takes an assertion apart and returns the client that it says it
// is of. Nobody has checked that yet.
func readAssertion(text string) (token *jwt.JSONWebToken, client string, err error) {
	if token, err = jwt.ParseSigned(text, algorithms); err != nil {
		return nil, "", fmt.Errorf("the assertion cannot be read: %w", err)
	}
	var claims jwt.Claims
	if err := token.UnsafeClaimsWithoutVerification(&claims); err != nil {
		return nil, "", fmt.Errorf("the assertion cannot be read: %w", err)
	}
	return token, claims.Subject, nil
}

// signed returns what an assertion says if one of the keys signed it. Where none
// could have, a key that nobody has is tried: the answer takes as long.
func (h *handler) signed(set string, token *jwt.JSONWebToken) (jwt.Claims, error) {
	known, err := readSet(set)
	if err != nil {
		return jwt.Claims{}, fmt.Errorf("the registered keys cannot be read: %w", err)
	}
	candidates := fitting(known, token.Headers[0])
	if len(candidates) == 0 {
		candidates = fitting(h.decoys, jose.Header{Algorithm: token.Headers[0].Algorithm})
	}
	for _, key := range candidates {
		var claims jwt.Claims
		if err := token.Claims(key.Key, &claims); err == nil {
			return claims, nil
		}
	}
	return jwt.Claims{}, fmt.Errorf("the assertion: %w: none of the client's keys made its signature", tokens.ErrMismatch)
}

// meant reports why an assertion does not speak for a client, to this hub, now
// (RFC 7523 section 3). It may be meant for nobody else: whoever else it is meant
// for could use it here.
func meant(c jwt.Claims, client string, audience []string, now time.Time) error {
	expires := c.Expiry.Time()
	switch {
	case c.Issuer != client || c.Subject != client:
		return errors.New("the assertion: iss and sub must both be the client_id")
	case len(c.Audience) != 1 || !slices.Contains(audience, c.Audience[0]):
		return fmt.Errorf("the assertion: aud must be one of %q and nothing else", audience)
	case c.ID == "":
		return errors.New("the assertion: jti is missing, by which it is known when it comes again")
	case c.Expiry == nil:
		return errors.New("the assertion: exp is missing")
	case !now.Before(expires.Add(leeway)):
		return fmt.Errorf("the assertion: %w", tokens.ErrExpired)
	case expires.After(now.Add(longestAssertion + leeway)):
		return fmt.Errorf("the assertion: exp is more than %s ahead", longestAssertion)
	case c.NotBefore != nil && now.Add(leeway).Before(c.NotBefore.Time()):
		return errors.New("the assertion: nbf is ahead")
	case c.IssuedAt != nil && now.Add(leeway).Before(c.IssuedAt.Time()):
		return errors.New("the assertion: iat is ahead")
	}
	return nil
}

// proofOf names an assertion, by a hash because a client may call it anything.
// It is remembered for longer than it opens: the clocks of replicas differ too.
func proofOf(c jwt.Claims) Proof {
	hash := sha256.Sum256([]byte(c.ID))
	return Proof{ID: hex.EncodeToString(hash[:]), Expires: c.Expiry.Time().Add(2 * leeway)}
}

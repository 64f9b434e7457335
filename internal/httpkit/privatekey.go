package httpkit

import (
	"context"
	"crypto/rand"
	"net/url"
	"strings"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/go-jose/go-jose/v4/jwt"
	"golang.org/x/oauth2"
	"golang.org/x/oauth2/clientcredentials"

	"birthright/identity"
	"birthright/internal/secret"
)

// PrivateKeyJWT gets tokens by the client credentials grant, with an assertion that
// the client's key signs in place of a secret (RFC 7523 section 2.2), as Okta's
// service apps do.
type PrivateKeyJWT struct {
	// TokenPath is the token endpoint, below the base URL.
	TokenPath, ClientID string
	// Key is a private RSA key in PEM.
	Key    secret.Ref
	KeyID  string
	Scopes []string
}

// Fingerprint tells the client.
func (p PrivateKeyJWT) Fingerprint() string { return p.TokenPath + "\x00" + p.ClientID }

// Authorise gets a token.
func (p PrivateKeyJWT) Authorise(ctx context.Context, via Exchange) (Authorisation, error) {
	key, err := p.Key.Reveal(ctx, via.Dir)
	if err != nil {
		return Authorisation{}, err
	}
	endpoint := strings.TrimRight(via.Base, "/") + p.TokenPath
	signed, err := p.assertion(key, endpoint, via.Now)
	if err != nil {
		return Authorisation{}, &identity.Error{Kind: identity.Invalid, Op: "sign as the client", Err: err,
			Hint: "check the key: the client's private RSA key in PEM is wanted"}
	}
	config := clientcredentials.Config{
		ClientID: p.ClientID, TokenURL: endpoint, Scopes: p.Scopes, AuthStyle: oauth2.AuthStyleInParams,
		EndpointParams: url.Values{
			"client_assertion_type": {"urn:ietf:params:oauth:client-assertion-type:jwt-bearer"}, "client_assertion": {signed},
		},
	}
	token, err := config.Token(context.WithValue(ctx, oauth2.HTTPClient, via.HTTP))
	return authorisation(via, token, err, key, signed)
}

// assertion signs who the client is, for five minutes and one use.
func (p PrivateKeyJWT) assertion(key, endpoint string, now time.Time) (string, error) {
	private, err := privateKey(key)
	if err != nil {
		return "", err
	}
	options := (&jose.SignerOptions{}).WithType("JWT")
	if p.KeyID != "" {
		options = options.WithHeader("kid", p.KeyID)
	}
	signer, err := jose.NewSigner(jose.SigningKey{Algorithm: jose.RS256, Key: private}, options)
	if err != nil {
		return "", err
	}
	return jwt.Signed(signer).Claims(jwt.Claims{
		Issuer: p.ClientID, Subject: p.ClientID, Audience: jwt.Audience{endpoint}, ID: rand.Text(),
		IssuedAt: jwt.NewNumericDate(now.Add(-time.Minute)), Expiry: jwt.NewNumericDate(now.Add(5 * time.Minute)),
	}).Serialize()
}

package httpkit

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"time"

	"golang.org/x/oauth2"
	"golang.org/x/oauth2/clientcredentials"
	"golang.org/x/oauth2/jwt"

	"birthright/identity"
	"birthright/internal/peertext"
	"birthright/internal/secret"
)

// ClientCredentials gets tokens by the OAuth 2.0 client credentials grant (RFC
// 6749 section 4.4).
type ClientCredentials struct {
	TokenURL, ClientID string
	ClientSecret       secret.Ref
	Scopes             []string
	// Params are sent along, such as an audience.
	Params url.Values
}

// Fingerprint tells the client.
func (c ClientCredentials) Fingerprint() string { return c.TokenURL + "\x00" + c.ClientID }

// Authorise gets a token.
func (c ClientCredentials) Authorise(ctx context.Context, via Exchange) (Authorisation, error) {
	value, err := c.ClientSecret.Reveal(ctx, via.Dir)
	if err != nil {
		return Authorisation{}, err
	}
	config := clientcredentials.Config{
		ClientID: c.ClientID, ClientSecret: value, TokenURL: c.TokenURL, Scopes: c.Scopes, EndpointParams: c.Params,
		AuthStyle: oauth2.AuthStyleInParams,
	}
	token, err := config.Token(context.WithValue(ctx, oauth2.HTTPClient, via.HTTP))
	return authorisation(via, token, err, value)
}

// JWTBearer gets tokens for a signed assertion (RFC 7523 section 2.1), as Google's
// service accounts and Salesforce's connected apps do.
type JWTBearer struct {
	TokenURL, Issuer, Subject, Audience string
	// Key is a private key in PEM.
	Key    secret.Ref
	KeyID  string
	Scopes []string
}

// Fingerprint tells who signs for whom.
func (j JWTBearer) Fingerprint() string {
	return j.TokenURL + "\x00" + j.Issuer + "\x00" + j.Subject
}

// Authorise gets a token.
func (j JWTBearer) Authorise(ctx context.Context, via Exchange) (Authorisation, error) {
	key, err := j.Key.Reveal(ctx, via.Dir)
	if err != nil {
		return Authorisation{}, err
	}
	config := jwt.Config{
		Email: j.Issuer, Subject: j.Subject, Audience: j.Audience, PrivateKey: []byte(key), PrivateKeyID: j.KeyID,
		Scopes: j.Scopes, TokenURL: j.TokenURL, Expires: 3 * time.Minute,
	}
	token, err := config.TokenSource(context.WithValue(ctx, oauth2.HTTPClient, via.HTTP)).Token()
	return authorisation(via, token, err, key)
}

// authorisation turns the answer of a token endpoint into ours. The library's
// errors hold the whole answer, which may hold what was sent.
func authorisation(via Exchange, token *oauth2.Token, err error, secrets ...string) (Authorisation, error) {
	if err != nil {
		return Authorisation{}, tokenFailure(via, err, secrets)
	}
	out := Authorisation{Header: token.Type() + " " + token.AccessToken, Secrets: append(secrets, token.AccessToken)}
	if !token.Expiry.IsZero() {
		out.Until = via.Now.Add(time.Until(token.Expiry)) // the library goes by the machine's clock, we by the one we are given
	}
	return out, nil
}

func tokenFailure(via Exchange, err error, secrets []string) error {
	out := &identity.Error{Kind: identity.Unavailable, Op: "get a token", Hint: "check that the token endpoint is up and its address right"}
	var refused *oauth2.RetrieveError
	switch {
	case errors.As(err, &refused) && refused.Response != nil:
		text := fmt.Sprintf("HTTP %d", refused.Response.StatusCode)
		if refused.ErrorCode != "" {
			text += ", " + refused.ErrorCode + ": " + refused.ErrorDescription
		}
		out.Err = errors.New(mask(peertext.Clip(text, 300), secrets))
		switch s := refused.Response.StatusCode; {
		case s == http.StatusTooManyRequests:
			out.Kind, out.Hint = identity.Throttled, ""
			return toldToWait{out, RetryAfter(refused.Response.Header.Get("Retry-After"), via.Now)}
		case s < 500:
			out.Kind, out.Hint = identity.Denied, "check the client's id and secret or key, and what it is allowed to ask for"
		}
	default:
		out.Err = redacted{mask(err.Error(), secrets), err}
		if u := new(url.Error); !errors.As(err, &u) { // the key, not the network
			out.Kind, out.Hint = identity.Invalid, "check the key: a private key in PEM is wanted"
		}
	}
	return out
}

// toldToWait is a token that is not given yet.
type toldToWait struct {
	error
	until time.Time // zero where that was not said
}

func (t toldToWait) Unwrap() error { return t.error }

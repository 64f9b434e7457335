package httpkit

import (
	"context"
	"crypto/rsa"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/go-jose/go-jose/v4/jwt"

	"birthright/identity"
	"birthright/internal/secret"
)

// AppInstallation gets tokens as an installation of a GitHub App: a short JWT that
// the app's key signs is exchanged for a token of an hour (GitHub's "Authenticating
// as a GitHub App installation").
type AppInstallation struct {
	// AppID is the app's id or client id, InstallationID that of its installation.
	AppID, InstallationID string
	// Key is the app's private key in PEM.
	Key secret.Ref
}

// Fingerprint tells the installation.
func (a AppInstallation) Fingerprint() string { return "app\x00" + a.AppID + "\x00" + a.InstallationID }

// Authorise gets a token.
func (a AppInstallation) Authorise(ctx context.Context, via Exchange) (Authorisation, error) {
	key, err := a.Key.Reveal(ctx, via.Dir)
	if err != nil {
		return Authorisation{}, err
	}
	signed, err := a.assertion(key, via.Now)
	if err != nil {
		return Authorisation{}, &identity.Error{Kind: identity.Invalid, Op: "sign as the app", Err: err,
			Hint: "check the key: the app's private key in PEM is wanted"}
	}
	target := strings.TrimRight(via.Base, "/") + "/app/installations/" + a.InstallationID + "/access_tokens"
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, target, http.NoBody)
	if err != nil {
		return Authorisation{}, err
	}
	req.Header.Set("Authorization", "Bearer "+signed)
	req.Header.Set("Accept", "application/json")
	resp, err := via.HTTP.Do(req)
	if err != nil {
		return Authorisation{}, tokenFailure(via, err, []string{signed})
	}
	defer resp.Body.Close()
	var out struct {
		Token     string    `json:"token"`
		ExpiresAt time.Time `json:"expires_at"`
	}
	body, err := io.ReadAll(io.LimitReader(resp.Body, 1<<20))
	if err == nil && resp.StatusCode/100 == 2 {
		err = json.Unmarshal(body, &out)
	}
	if err != nil || out.Token == "" {
		return Authorisation{}, a.refused(via, resp)
	}
	return Authorisation{Header: "Bearer " + out.Token, Until: out.ExpiresAt, Secrets: []string{out.Token, signed}}, nil
}

func (a AppInstallation) refused(via Exchange, resp *http.Response) error {
	status := resp.StatusCode
	out := &identity.Error{Kind: identity.Denied, Op: "get a token for installation " + a.InstallationID,
		Err: fmt.Errorf("HTTP %d", status), Hint: "check the app's id, its key, and that it is installed there"}
	switch {
	case status == http.StatusTooManyRequests:
		out.Kind, out.Hint = identity.Throttled, ""
		return toldToWait{out, RetryAfter(resp.Header.Get("Retry-After"), via.Now)}
	case status >= 500:
		out.Kind, out.Hint = identity.Unavailable, ""
	}
	return out
}

// assertion signs who the app is, from a minute ago, for clocks differ, for nine.
func (a AppInstallation) assertion(key string, now time.Time) (string, error) {
	private, err := privateKey(key)
	if err != nil {
		return "", err
	}
	signer, err := jose.NewSigner(jose.SigningKey{Algorithm: jose.RS256, Key: private}, (&jose.SignerOptions{}).WithType("JWT"))
	if err != nil {
		return "", err
	}
	return jwt.Signed(signer).Claims(jwt.Claims{
		Issuer: a.AppID, IssuedAt: jwt.NewNumericDate(now.Add(-time.Minute)), Expiry: jwt.NewNumericDate(now.Add(9 * time.Minute)),
	}).Serialize()
}

// privateKey reads an RSA key in PKCS #1 or #8.
func privateKey(text string) (*rsa.PrivateKey, error) {
	block, _ := pem.Decode([]byte(text))
	if block == nil {
		return nil, errors.New("the key is no PEM")
	}
	if key, err := x509.ParsePKCS1PrivateKey(block.Bytes); err == nil {
		return key, nil
	}
	parsed, err := x509.ParsePKCS8PrivateKey(block.Bytes)
	if err != nil {
		return nil, errors.New("the key is no RSA key in PKCS #1 or #8")
	}
	key, ok := parsed.(*rsa.PrivateKey)
	if !ok {
		return nil, errors.New("the key is no RSA key")
	}
	return key, nil
}

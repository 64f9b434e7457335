package provider

import (
	"context"
	"crypto/subtle"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"net/url"
	"strings"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"

	"birthright/identity"
	"birthright/signin"
)

// Begin starts a login: whoever is to log in goes to address, and comes back to Finish
// with the attempt, which only their browser keeps.
func (p *Provider) Begin(ctx context.Context) (a signin.Attempt, address string, err error) {
	k, err := p.discover(ctx)
	if err != nil {
		return a, "", err
	}
	for _, into := range []*string{&a.State, &a.Nonce, &a.Verifier} {
		if *into, err = text(p.Rand); err != nil {
			return a, "", err
		}
	}
	return a, k.config.AuthCodeURL(a.State, oidc.Nonce(a.Nonce), oauth2.S256ChallengeOption(a.Verifier)), nil
}

// text is 32 random bytes as base64url: also a code verifier (RFC 7636, 4.1).
func text(from io.Reader) (string, error) {
	var raw [32]byte
	if _, err := io.ReadFull(from, raw[:]); err != nil {
		return "", fmt.Errorf("read random bytes: %w", err)
	}
	return base64.RawURLEncoding.EncodeToString(raw[:]), nil
}

// refused is an answer that is not believed, or that says no.
func refused(said, format string, args ...any) error {
	return &signin.Refusal{Way: signin.ByOIDC, Said: said, Why: fmt.Sprintf(format, args...)}
}

const (
	saidOld   = "This login was begun elsewhere, or too long ago. Try once more."
	saidWrong = "The provider's answer was not as it must be, and the hub did not believe it. Whoever runs it finds the reason in its log."
)

// Finish takes what the provider sent somebody back with, and returns whom it vouches
// for. The error is a *signin.Refusal, or of kind Unavailable.
func (p *Provider) Finish(ctx context.Context, a signin.Attempt, answer url.Values) (signin.Identity, error) {
	k, err := p.discover(ctx)
	if k == nil {
		return signin.Identity{}, err
	}
	code, err := p.codeIn(k, a, answer)
	if err != nil {
		return signin.Identity{}, err
	}
	token, err := p.exchange(ctx, k, code, a.Verifier)
	if err != nil {
		return signin.Identity{}, err
	}
	proof, raw, err := p.verify(ctx, k, token, a.Nonce)
	if err != nil {
		return signin.Identity{}, err
	}
	claims, err := p.claims(ctx, k, proof, token)
	if err != nil {
		return signin.Identity{}, err
	}
	id := signin.Identity{Claims: claims, Subject: proof.Subject, SID: claims.Text("sid")}
	if k.offer.EndSession != "" {
		id.Hint = raw
	}
	return id, nil
}

// codeIn returns the code of an answer to this very attempt (RFC 6749, 4.1.2; RFC 9207).
func (p *Provider) codeIn(k *known, a signin.Attempt, answer url.Values) (string, error) {
	if a.State == "" || !same(answer.Get("state"), a.State) {
		return "", refused(saidOld, "the answer's state is not that of this browser")
	}
	if issuer, said := answer.Get("iss"), answer.Has("iss"); said && issuer != p.Issuer || !said && k.offer.SaysIssuer {
		return "", refused(saidWrong, "the answer is of the issuer %q", issuer)
	}
	if answer.Has("error") {
		return "", refused("The provider did not let you in ("+word(answer.Get("error"))+").", "the provider says %s: %.200s", word(answer.Get("error")), answer.Get("error_description"))
	}
	if codes := answer["code"]; len(codes) != 1 || codes[0] == "" {
		return "", refused(saidWrong, "the answer has no code, or several")
	}
	return answer.Get("code"), nil
}

func same(a, b string) bool { return subtle.ConstantTimeCompare([]byte(a), []byte(b)) == 1 }

// word is an error code of OAuth, without what cannot be in one (RFC 6749, 4.1.2.1).
func word(code string) string {
	code = strings.Map(func(r rune) rune {
		if r < ' ' || r > '~' || r == '"' || r == '\\' {
			return -1
		}
		return r
	}, code)
	return code[:min(len(code), 60)]
}

// exchange gives the code for tokens.
func (p *Provider) exchange(ctx context.Context, k *known, code, verifier string) (*oauth2.Token, error) {
	config := k.config
	if !p.Secret.IsZero() {
		plain, err := p.Secret.Reveal(ctx, p.Dir)
		if err != nil {
			return nil, fmt.Errorf("auth.oidc.client_secret: %w", err)
		}
		config.ClientSecret = plain
	}
	token, err := config.Exchange(p.asking(ctx), code, oauth2.VerifierOption(verifier))
	var no *oauth2.RetrieveError
	switch {
	case errors.As(err, &no) && no.Response != nil && no.Response.StatusCode/100 == 5:
		return nil, p.down("give the code for tokens", fmt.Errorf("it answers %d", no.Response.StatusCode))
	case errors.As(err, &no):
		return nil, refused(saidWrong, "the provider does not take the code: %s: %.200s", word(no.ErrorCode), no.ErrorDescription)
	case identity.KindOf(err) != "" || isNetwork(err):
		return nil, p.down("give the code for tokens", err)
	case err != nil:
		return nil, refused(saidWrong, "the provider's answer to the code cannot be read: %v", err)
	}
	return token, nil
}

func isNetwork(err error) bool {
	var u *url.Error
	return errors.As(err, &u) || errors.Is(err, context.DeadlineExceeded)
}

// verify checks an ID token (OpenID Connect Core 1.0, 3.1.3.7): signature, iss, aud and
// exp by go-oidc, azp, nonce and at_hash here.
func (p *Provider) verify(ctx context.Context, k *known, token *oauth2.Token, nonce string) (*oidc.IDToken, string, error) {
	raw, ok := token.Extra("id_token").(string)
	if !ok {
		return nil, "", refused(saidWrong, "the provider gave no ID token")
	}
	proof, err := k.verifier.Verify(p.asking(ctx), raw)
	if err != nil {
		if strings.Contains(err.Error(), "fetching keys") {
			return nil, "", p.down("fetch the provider's keys", err)
		}
		return nil, "", refused(saidWrong, "the ID token is not believed: %v", err)
	}
	var more struct {
		Party string `json:"azp"`
	}
	if err := proof.Claims(&more); err != nil {
		return nil, "", refused(saidWrong, "the ID token cannot be read: %v", err)
	}
	switch {
	case !same(proof.Nonce, nonce):
		return nil, "", refused(saidWrong, "the ID token's nonce is not that of this browser")
	case more.Party != "" && more.Party != p.ClientID || more.Party == "" && len(proof.Audience) > 1:
		return nil, "", refused(saidWrong, "the ID token was made for %q (azp), among %q", more.Party, proof.Audience)
	case proof.Subject == "":
		return nil, "", refused(saidWrong, "the ID token has no subject")
	case proof.AccessTokenHash != "" && proof.VerifyAccessToken(token.AccessToken) != nil:
		return nil, "", refused(saidWrong, "the access token is not that of the ID token (at_hash)")
	}
	return proof, raw, nil
}

// claims returns what the ID token says, and of what it lacks what the userinfo endpoint
// says of the same person (OpenID Connect Core 1.0, 5.3.2).
func (p *Provider) claims(ctx context.Context, k *known, proof *oidc.IDToken, token *oauth2.Token) (signin.Claims, error) {
	claims := signin.Claims{}
	if err := proof.Claims(&claims); err != nil {
		return nil, refused(saidWrong, "the ID token cannot be read: %v", err)
	}
	missing := false
	for _, name := range p.Needs {
		missing = missing || !claims.Has(name)
	}
	if !missing || k.offer.UserInfoURL == "" {
		return claims, nil
	}
	info, err := k.provider.UserInfo(p.asking(ctx), oauth2.StaticTokenSource(token))
	if err != nil {
		p.Log.Warn("the provider's userinfo endpoint gives no answer", "issuer", p.Issuer, "error", err)
		return claims, nil
	}
	if info.Subject != proof.Subject {
		return nil, refused(saidWrong, "the userinfo endpoint speaks of %q, not of %q", info.Subject, proof.Subject)
	}
	more := signin.Claims{}
	if err := info.Claims(&more); err != nil {
		return nil, refused(saidWrong, "the answer of the userinfo endpoint cannot be read: %v", err)
	}
	for name, value := range more {
		if _, said := claims[name]; !said {
			claims[name] = value
		}
	}
	return claims, nil
}

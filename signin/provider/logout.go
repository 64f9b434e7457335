package provider

import (
	"context"
	"fmt"
	"net/url"
	"strings"
	"time"

	"birthright/signin"
)

// LeaveURL is where somebody goes who is to be logged out at the provider too (OpenID
// Connect RP-Initiated Logout 1.0, 2), "" where it offers no such thing. hint is the ID
// token of the session.
func (p *Provider) LeaveURL(hint string) string {
	p.mu.Lock()
	k := p.known
	p.mu.Unlock()
	if k == nil || k.offer.EndSession == "" || hint == "" {
		return ""
	}
	query := url.Values{"id_token_hint": {hint}, "client_id": {p.ClientID}, "post_logout_redirect_uri": {p.Home}}
	glue := "?"
	if strings.Contains(k.offer.EndSession, "?") {
		glue = "&"
	}
	return k.offer.EndSession + glue + query.Encode()
}

// logoutAge is how old a logout token may be, either way: clocks differ.
const logoutAge = 10 * time.Minute

// LoggedOut reads a logout token (OpenID Connect Back-Channel Logout 1.0, 2.6): signature,
// iss, aud, exp, jti, events, sub or sid and the lack of a nonce by go-oidc, iat here.
func (p *Provider) LoggedOut(ctx context.Context, raw string) (signin.LoggedOut, error) {
	k, err := p.discover(ctx)
	if k == nil {
		return signin.LoggedOut{}, err
	}
	token, err := k.verifier.VerifyLogout(p.asking(ctx), raw)
	if err != nil {
		return signin.LoggedOut{}, fmt.Errorf("the logout token is not believed: %w", err)
	}
	if age := p.Now().Sub(token.IssuedAt); age > logoutAge || age < -logoutAge {
		return signin.LoggedOut{}, fmt.Errorf("the logout token is of %s", token.IssuedAt.UTC().Format(time.RFC3339))
	}
	return signin.LoggedOut{ID: token.TokenID, Expires: token.Expiry, Subject: token.Subject, SID: token.SessionID}, nil
}

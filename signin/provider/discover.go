package provider

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"

	"birthright/identity"
	"birthright/internal/trust"
)

const (
	// fresh is how long it is believed what the provider offers.
	fresh = time.Hour
	// retry is when to ask again a provider that did not answer.
	retry = 5 * time.Second
	// patience bounds how long a page waits for a provider that does not answer.
	patience = 3 * time.Second
)

// known is what the provider offers.
type known struct {
	provider *oidc.Provider
	verifier *oidc.IDTokenVerifier
	config   oauth2.Config // without the secret
	offer    offer
}

// offer is the part of the provider's metadata that go-oidc does not read (OpenID Connect
// Discovery 1.0, 3; RP-Initiated Logout 1.0, 2.1; RFC 9207, 3).
type offer struct {
	AuthURL     string   `json:"authorization_endpoint"`
	TokenURL    string   `json:"token_endpoint"`
	KeysURL     string   `json:"jwks_uri"`
	UserInfoURL string   `json:"userinfo_endpoint"`
	EndSession  string   `json:"end_session_endpoint"`
	AuthMethods []string `json:"token_endpoint_auth_methods_supported"`
	SaysIssuer  bool     `json:"authorization_response_iss_parameter_supported"`
}

// discover returns what the provider offers; kind Unavailable where nobody knows. One
// that does not answer is asked again every few seconds, not by everybody at once.
func (p *Provider) discover(ctx context.Context) (*known, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	now := p.Now()
	if now.Before(p.again) {
		return p.known, p.fault
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), patience)
	defer cancel()
	found, err := p.ask(ctx)
	if err == nil {
		p.known, p.fault, p.again = found, nil, now.Add(fresh)
		return found, nil
	}
	p.Log.Warn("the OpenID Connect provider does not say what it offers", "issuer", p.Issuer, "error", err)
	p.again = now.Add(retry)
	p.fault = &identity.Error{
		Kind: identity.Unavailable, Op: "ask the provider", Object: p.Issuer, Err: err,
		Hint: "auth.oidc.issuer must be the provider's issuer, letter by letter; " + remedy(err),
	}
	return p.known, p.fault
}

func remedy(err error) string {
	if say := trust.Remedy(err); say != "" {
		return say + " (here auth.oidc.ca_file)"
	}
	return "it is asked again with the next login"
}

func (p *Provider) ask(ctx context.Context) (*known, error) {
	found, err := oidc.NewProvider(p.asking(ctx), p.Issuer)
	if err != nil {
		return nil, err
	}
	k := &known{provider: found}
	if err := found.Claims(&k.offer); err != nil {
		return nil, err
	}
	if err := k.offer.check(); err != nil {
		return nil, err
	}
	k.verifier = found.Verifier(&oidc.Config{ClientID: p.ClientID, Now: p.Now})
	k.config = oauth2.Config{
		ClientID: p.ClientID, RedirectURL: p.Callback, Endpoint: found.Endpoint(),
		Scopes: append([]string{oidc.ScopeOpenID}, slices.DeleteFunc(slices.Clone(p.Scopes), func(s string) bool { return s == oidc.ScopeOpenID })...),
	}
	k.config.Endpoint.AuthStyle = k.offer.style(p.Secret.IsZero())
	return k, nil
}

// check wants endpoints that nobody on the way can read.
func (o *offer) check() error {
	for name, text := range map[string]string{
		"authorization_endpoint": o.AuthURL, "token_endpoint": o.TokenURL, "jwks_uri": o.KeysURL, "userinfo_endpoint": o.UserInfoURL, "end_session_endpoint": o.EndSession,
	} {
		optional := name == "userinfo_endpoint" || name == "end_session_endpoint"
		if text == "" && optional {
			continue
		}
		u, err := url.Parse(text)
		if err != nil || u.Host == "" || u.Scheme != "https" && !(u.Scheme == "http" && trust.Local(u.Hostname())) {
			return fmt.Errorf("its %s %q is no https address", name, text)
		}
	}
	return nil
}

// style is how the hub proves at the token endpoint who it is; without a word of the
// provider by HTTP Basic (OpenID Connect Discovery 1.0, 3).
func (o *offer) style(public bool) oauth2.AuthStyle {
	if public || len(o.AuthMethods) > 0 && !slices.Contains(o.AuthMethods, "client_secret_basic") && slices.Contains(o.AuthMethods, "client_secret_post") {
		return oauth2.AuthStyleInParams
	}
	return oauth2.AuthStyleInHeader
}

// down notes that the provider did not answer although what it offers is known, and is
// the error of that.
func (p *Provider) down(op string, err error) error {
	p.Log.Warn("the OpenID Connect provider does not answer", "issuer", p.Issuer, "op", op, "error", err)
	p.mu.Lock()
	defer p.mu.Unlock()
	p.fault = &identity.Error{Kind: identity.Unavailable, Op: op, Object: p.Issuer, Err: errors.New("the provider does not answer")}
	p.again = p.Now().Add(retry)
	return p.fault
}

package provider

import (
	"context"
	"crypto/tls"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/url"
	"sync"
	"time"

	"golang.org/x/oauth2"

	"birthright/internal/secret"
	"birthright/internal/trust"
)

const (
	// answerTime bounds one question with its answer, maxAnswer its size in bytes.
	answerTime = 10 * time.Second
	maxAnswer  = 1 << 20
)

// Options are what a Provider needs.
type Options struct {
	// Issuer is the provider, ClientID and Secret how the hub is registered there; no
	// secret for a public client.
	Issuer, ClientID string
	Secret           secret.Ref
	// Scopes are asked for besides openid.
	Scopes []string
	// Needs are the claims that are looked at.
	Needs []string
	// CAFile holds the authorities to trust, "" for the machine's. It and the secret's
	// file start in Dir.
	CAFile, Dir string
	// Callback is where the provider sends people back to, Home where it sends them
	// after a logout.
	Callback, Home string
	Rand           io.Reader
	Now            func() time.Time
	Log            *slog.Logger
}

// Provider is one OpenID Connect provider. It is safe for concurrent use.
type Provider struct {
	Options
	http *http.Client
	name string

	mu    sync.Mutex
	known *known    // what it offers, as far as it ever said
	again time.Time // when to ask it again
	fault error     // why it is not known, or did not answer just now
}

// New returns a Provider. It asks nobody anything yet.
func New(o Options) (*Provider, error) {
	u, err := url.Parse(o.Issuer)
	if err != nil {
		return nil, fmt.Errorf("auth.oidc.issuer: %w", err)
	}
	trusted, err := trust.TLS{CAFile: o.CAFile}.Config(o.Dir, "")
	if err != nil {
		return nil, err
	}
	return &Provider{Options: o, http: client(trusted), name: u.Host}, nil
}

// client asks the provider. It follows no redirects: a secret and codes would travel
// along.
func client(trusted *tls.Config) *http.Client {
	transport := &http.Transport{Proxy: http.ProxyFromEnvironment, TLSClientConfig: trusted, ForceAttemptHTTP2: true, IdleConnTimeout: time.Minute, MaxIdleConns: 4}
	return &http.Client{
		Transport: bounded{transport}, Timeout: answerTime,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}

// bounded cuts off answers that are too large.
type bounded struct{ next http.RoundTripper }

func (b bounded) RoundTrip(r *http.Request) (*http.Response, error) {
	answer, err := b.next.RoundTrip(r)
	if err == nil {
		answer.Body = http.MaxBytesReader(nil, answer.Body, maxAnswer)
	}
	return answer, err
}

// Name is how the provider is called on the page that leads to it.
func (p *Provider) Name() string { return p.name }

// Ready says why nobody can log in by the provider at present, nil where they can.
func (p *Provider) Ready(ctx context.Context) error {
	_, err := p.discover(ctx)
	return err
}

// asking is the context for questions to the provider.
func (p *Provider) asking(ctx context.Context) context.Context {
	return context.WithValue(ctx, oauth2.HTTPClient, p.http)
}

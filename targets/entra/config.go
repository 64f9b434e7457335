package entra

import (
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"birthright/identity"
	"birthright/internal/httpkit"
	"birthright/internal/ratelimit"
	"birthright/internal/secret"
	"birthright/internal/sim"
	"birthright/targets"
	"birthright/targets/entra/entrasim"
)

// Graph's own addresses and sizes.
const (
	usualURL   = "https://graph.microsoft.com/v1.0"
	usualLogin = "https://login.microsoftonline.com"
	mostPage   = 999
	mostAtOnce = 20
	maxBatch   = 200
)

// Config is `kind: entra`.
type Config struct {
	httpkit.Connection `yaml:",inline"`
	// Tenant is the tenant's id or one of its domains.
	Tenant       string     `yaml:"tenant"`
	ClientID     string     `yaml:"client_id"`
	ClientSecret secret.Ref `yaml:"client_secret"`
	// LoginURL is where tokens are got, in national clouds.
	LoginURL string `yaml:"login_url"`
	// Login is the hub's attribute that is the user principal name; "" means userName.
	Login  string `yaml:"login"`
	Groups Groups `yaml:"groups"`
	// PageSize is how many users, groups or members to ask for at once.
	PageSize int `yaml:"page_size"`
	// SignInActivity has reads tell when people last signed in, which takes a licence
	// (Entra ID P1) and the right AuditLog.Read.All, and pages of 500 at most.
	SignInActivity bool `yaml:"sign_in_activity"`
}

// Groups says what may be done with groups besides changing their members.
type Groups struct {
	// Create lets the hub make security groups that policies name and Entra lacks.
	Create bool `yaml:"create"`
	// RoleAssignable lets the hub change groups that may carry directory roles.
	RoleAssignable bool `yaml:"role_assignable"`
}

// Validate returns every fault that shows without a connection.
func (c *Config) Validate() []error {
	faults := c.Connection.Validate(usualURL)
	if c.PageSize < 0 || c.PageSize > mostPage {
		faults = append(faults, fmt.Errorf("page_size: %d is not between 1 and %d", c.PageSize, mostPage))
	}
	if c.LoginURL != "" {
		if err := httpkit.CheckURL(c.LoginURL, c.Insecure); err != nil {
			faults = append(faults, fmt.Errorf("login_url: %w", err))
		}
	}
	if c.Simulate {
		return faults
	}
	if c.Tenant == "" || strings.ContainsAny(c.Tenant, "/?# ") {
		faults = append(faults, errors.New("tenant is missing or no name of one: the tenant's id, or a domain of it such as example.com"))
	}
	if c.ClientID == "" {
		faults = append(faults, errors.New("client_id is missing: the application (client) id of the app registration"))
	}
	if c.ClientSecret.IsZero() {
		faults = append(faults, errors.New("client_secret is missing"))
	}
	return faults
}

// Open makes the target without connecting.
func (c *Config) Open(env targets.Env) (targets.Target, error) {
	if !c.Simulate {
		return c.open(env, nil)
	}
	stand := sim.New(entrasim.New(entrasim.Options{Now: env.Now}), env.Simulation, env.Now)
	stand.Reading(reading)
	t, err := c.open(env, stand)
	if err != nil {
		return nil, err
	}
	t.stand = stand
	return t, nil
}

// reading reports whether a request only reads: that for a token.
func reading(r *http.Request) bool {
	return r.Method == http.MethodGet || strings.HasSuffix(r.URL.Path, "/oauth2/v2.0/token")
}

// open makes the target over network; nil is the real one.
func (c *Config) open(env targets.Env, network http.RoundTripper) (*Target, error) {
	fields, err := parseMap(env.Map, c.Login)
	if err != nil {
		return nil, &identity.Error{Kind: identity.Invalid, Op: "open target", Object: env.Name, Err: err}
	}
	base := c.URL
	if base == "" || c.Simulate {
		base = usualURL
	}
	client, err := c.Connection.Open(env, httpkit.Options{
		Base: base, Auth: c.auth(base), Limits: budgets(), Readings: throttling(env.Now), Transport: network,
	})
	if err != nil {
		return nil, err
	}
	t := &Target{
		name: env.Name, signIns: c.SignInActivity, client: client, base: strings.TrimRight(base, "/"), fields: fields, create: c.Groups.Create,
		roleAssignable: c.Groups.RoleAssignable, page: c.PageSize, atOnce: mostAtOnce, log: env.Log, now: env.Now,
		known: map[string]cachedGroup{}, fresh: map[string]time.Time{},
	}
	if t.page == 0 {
		t.page = mostPage
	}
	if t.log == nil {
		t.log = slog.New(slog.DiscardHandler)
	}
	if t.now == nil {
		t.now = time.Now
	}
	return t, nil
}

// auth gets tokens for everything that the app is allowed on Graph.
func (c *Config) auth(base string) httpkit.Auth {
	login := c.LoginURL
	if login == "" {
		login = usualLogin
	}
	scope := usualURL
	if u, err := url.Parse(base); err == nil {
		scope = u.Scheme + "://" + u.Host
	}
	return httpkit.ClientCredentials{
		TokenURL: strings.TrimRight(login, "/") + "/" + url.PathEscape(c.Tenant) + "/oauth2/v2.0/token",
		ClientID: c.ClientID, ClientSecret: c.ClientSecret, Scopes: []string{scope + "/.default"},
	}
}

// budgets are Graph's for identity resources of an app in a small tenant: resource
// units in ten seconds, and writes.
func budgets() []ratelimit.Limit {
	return []ratelimit.Limit{
		{Scope: "", Tokens: 3500, Per: 10 * time.Second},
		{Scope: writes, Tokens: 3000, Per: 150 * time.Second},
	}
}

// writes is the scope of what changes something.
const writes = "writes"

// throttling reads how near the limit we are, which Graph says from 80 % on.
func throttling(now func() time.Time) func(httpkit.Request, http.Header) map[string]ratelimit.Reading {
	return func(_ httpkit.Request, h http.Header) map[string]ratelimit.Reading {
		share, err := strconv.ParseFloat(h.Get("x-ms-throttle-limit-percentage"), 64)
		if err != nil || share < 0.8 {
			return nil
		}
		left := 4 // so little that only removals take of it
		if share >= 1 {
			left = 0
		}
		return map[string]ratelimit.Reading{"": {Limit: 100, Remaining: left, Reset: now().Add(10 * time.Second)}}
	}
}

package okta

import (
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"birthright/identity"
	"birthright/internal/httpkit"
	"birthright/internal/ratelimit"
	"birthright/internal/secret"
	"birthright/internal/sim"
	"birthright/targets"
	"birthright/targets/okta/oktasim"
)

// The sizes and times that hold where the configuration says nothing.
const (
	defaultPage   = 200
	defaultReread = 24 * time.Hour
	maxBatch      = 100
)

// Config is `kind: okta`.
type Config struct {
	httpkit.Connection `yaml:",inline"`
	// Token is an API token (SSWS).
	Token secret.Ref `yaml:"token"`
	// OAuth is a service app with a key of its own, in place of Token.
	OAuth OAuth `yaml:"oauth"`
	// Login is the hub's attribute that people log in to Okta by; "" means userName.
	Login string `yaml:"login"`
	// Deactivate has DisableAccount deactivate, which nothing can undo, in place of
	// suspending.
	Deactivate bool `yaml:"deactivate"`
	// ActivationEmail says whether Okta writes to people whose accounts begin.
	ActivationEmail *bool  `yaml:"activation_email"`
	Groups          Groups `yaml:"groups"`
	// PageSize is how many users, groups or members to ask for at once.
	PageSize int `yaml:"page_size"`
	// Reread is how long members of a group are believed that Okta says have not
	// changed.
	Reread time.Duration `yaml:"reread"`
}

// OAuth is a service app of Okta's (client credentials with a signed assertion).
type OAuth struct {
	ClientID string     `yaml:"client_id"`
	Key      secret.Ref `yaml:"key"`
	KeyID    string     `yaml:"key_id"`
	Scopes   []string   `yaml:"scopes"`
}

// used reports whether any of it is written.
func (o OAuth) used() bool {
	return o.ClientID != "" || !o.Key.IsZero() || o.KeyID != "" || len(o.Scopes) > 0
}

// Groups says what may be done with groups besides changing their members.
type Groups struct {
	// Create lets the hub make groups that policies name and Okta lacks.
	Create bool `yaml:"create"`
	// IgnoreRules has groups that Okta's own rules fill treated like any other.
	IgnoreRules bool `yaml:"ignore_rules"`
}

// scopes are what the hub asks for where the configuration does not say.
func (o OAuth) scopes() []string {
	if len(o.Scopes) > 0 {
		return o.Scopes
	}
	return []string{"okta.users.manage", "okta.groups.manage"}
}

// Validate returns every fault that shows without a connection.
func (c *Config) Validate() []error {
	faults := c.Connection.Validate("")
	if u, err := url.Parse(c.URL); err == nil && c.URL != "" && strings.Trim(u.Path, "/") != "" {
		faults = append(faults, fmt.Errorf("url: %q ends with the host: write it like https://example.okta.com", c.URL))
	}
	if strings.Contains(c.URL, "-admin.okta") {
		faults = append(faults, errors.New("url: that is the address of Okta's console: leave out -admin"))
	}
	if !c.Simulate {
		faults = append(faults, c.validateCredentials()...)
	}
	if c.PageSize < 0 || c.PageSize > defaultPage {
		faults = append(faults, fmt.Errorf("page_size: %d is not between 1 and %d", c.PageSize, defaultPage))
	}
	if c.Reread < 0 {
		faults = append(faults, fmt.Errorf("reread: %s is negative", c.Reread))
	}
	return faults
}

func (c *Config) validateCredentials() []error {
	switch {
	case c.Token.IsZero() && !c.OAuth.used():
		return []error{errors.New("token is missing: an API token of Okta, or oauth with client_id and key")}
	case !c.Token.IsZero() && c.OAuth.used():
		return []error{errors.New("token and oauth: only one of them")}
	case !c.OAuth.used():
		return nil
	}
	var faults []error
	if c.OAuth.ClientID == "" {
		faults = append(faults, errors.New("oauth: client_id is missing"))
	}
	if c.OAuth.Key.IsZero() {
		faults = append(faults, errors.New("oauth: key is missing: the private key in PEM whose public half the app has"))
	}
	return faults
}

// Open makes the target without connecting.
func (c *Config) Open(env targets.Env) (targets.Target, error) {
	if !c.Simulate {
		return c.open(env, nil)
	}
	stand := sim.New(oktasim.New(oktasim.Options{Now: env.Now}), env.Simulation, env.Now)
	stand.Reading(reading)
	t, err := c.open(env, stand)
	if err != nil {
		return nil, err
	}
	t.stand = stand
	return t, nil
}

// reading reports whether a request only reads: that for a token does.
func reading(r *http.Request) bool {
	return r.Method == http.MethodGet || r.URL.Path == tokenPath
}

// tokenPath is where Okta gives tokens to service apps.
const tokenPath = "/oauth2/v1/token"

// open makes the target over network; nil is the real one.
func (c *Config) open(env targets.Env, network http.RoundTripper) (*Target, error) {
	fail := func(err error) error {
		return &identity.Error{Kind: identity.Invalid, Op: "open target", Object: env.Name, Err: err}
	}
	fields, err := targets.ParseMap(env.Map, defaultMap(), unmapped)
	if err != nil {
		return nil, fail(err)
	}
	login := identity.CanonicalAttribute(c.Login)
	if login == identity.AttrUserName {
		login = ""
	}
	if login != "" && !slices.Contains(targets.Mapped(fields), login) {
		return nil, fail(fmt.Errorf("login: %s is not among the attributes of map, which are all that is known here", c.Login))
	}
	client, err := c.Connection.Open(env, httpkit.Options{Auth: c.auth(), Limits: budgets(), Transport: network})
	if err != nil {
		return nil, err
	}
	base := strings.TrimRight(c.URL, "/")
	if base == "" || c.Simulate {
		base = "https://simulated.invalid"
	}
	api, err := newSDK(base, client)
	if err != nil {
		return nil, fail(err)
	}
	t := &Target{
		name: env.Name, client: client, api: api, fields: fields, login: login, create: c.Groups.Create, ignoreRules: c.Groups.IgnoreRules,
		deactivate: c.Deactivate, email: c.ActivationEmail == nil || *c.ActivationEmail, page: int64(c.PageSize), reread: c.Reread,
		log: env.Log, now: env.Now, known: map[string]cached[group]{}, members: map[string]membership{},
	}
	t.defaults()
	return t, nil
}

func (t *Target) defaults() {
	if t.page == 0 {
		t.page = defaultPage
	}
	if t.reread == 0 {
		t.reread = defaultReread
	}
	if t.log == nil {
		t.log = slog.New(slog.DiscardHandler)
	}
	if t.now == nil {
		t.now = time.Now
	}
}

// auth is how requests are authorised.
func (c *Config) auth() httpkit.Auth {
	if !c.OAuth.used() {
		return httpkit.Scheme("SSWS ", c.Token)
	}
	return httpkit.PrivateKeyJWT{
		TokenPath: tokenPath, ClientID: c.OAuth.ClientID, Key: c.OAuth.Key, KeyID: c.OAuth.KeyID, Scopes: c.OAuth.scopes(),
	}
}

// budgets are Okta's for its Workforce plans, by class of endpoint.
func budgets() []ratelimit.Limit {
	return []ratelimit.Limit{
		{Scope: "users", Tokens: 600, Per: time.Minute},
		{Scope: "user", Tokens: 600, Per: time.Minute},
		{Scope: "groups", Tokens: 500, Per: time.Minute},
		{Scope: "group", Tokens: 1000, Per: time.Minute},
		{Scope: "rules", Tokens: 100, Per: time.Minute},
	}
}

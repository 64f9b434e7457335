package scim

import (
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"strings"
	"time"

	"birthright/identity"
	"birthright/internal/httpkit"
	"birthright/internal/secret"
	"birthright/internal/sim"
	"birthright/targets"
	"birthright/targets/scim/scimsim"
)

// Config is `kind: scim`. Its url is the base: the address that /Users and /Groups
// follow.
type Config struct {
	httpkit.Connection `yaml:",inline"`
	// Dialect names the server, for what it does otherwise than the RFCs.
	Dialect string `yaml:"dialect"`
	// Token is the bearer token; OAuth gets one instead.
	Token secret.Ref `yaml:"token"`
	OAuth OAuth      `yaml:"oauth"`
	// Headers are sent with every request, for systems that want more than a token.
	Headers []httpkit.Header `yaml:"headers"`
	Habits  `yaml:",inline"`
	// UserEntitlement is sent with every user that is made, for servers that make none
	// without: a profile's id at Salesforce.
	UserEntitlement string `yaml:"user_entitlement"`
	Groups          Groups `yaml:"groups"`
	// LastUsed is the attribute in which the server tells when somebody last signed in,
	// in RFC 3339, such as urn:example:User:lastLogin; without it none is told.
	LastUsed string `yaml:"last_used"`
}

// OAuth is a client that gets its tokens by client credentials (RFC 6749).
type OAuth struct {
	TokenURL     string     `yaml:"token_url"`
	ClientID     string     `yaml:"client_id"`
	ClientSecret secret.Ref `yaml:"client_secret"`
	Scopes       []string   `yaml:"scopes"`
}

// Groups says what may be done with groups besides changing their members.
type Groups struct {
	// Create lets the hub make groups that policies name and the server lacks.
	Create bool `yaml:"create"`
}

// Validate returns every fault that shows without a connection.
func (c *Config) Validate() []error {
	var faults []error
	d, err := speak(c.Dialect)
	if err != nil {
		faults = append(faults, err)
	}
	for _, fault := range c.Connection.Validate(d.url) {
		if c.URL == "" && d.like != "" {
			fault = fmt.Errorf("%w; that of %s is like %s", fault, c.Dialect, d.like)
		}
		faults = append(faults, fault)
	}
	faults = append(faults, c.Habits.validate()...)
	faults = append(faults, c.credentials()...)
	if _, err := c.lastUsed(); err != nil {
		faults = append(faults, err)
	}
	for i, h := range c.Headers {
		if h.Name == "" || strings.ContainsAny(h.Name, " :\t\r\n") {
			faults = append(faults, fmt.Errorf("headers[%d]: name: %q is not the name of a header", i, h.Name))
		}
		if h.Value.IsZero() {
			faults = append(faults, fmt.Errorf("headers[%d]: value is missing", i))
		}
	}
	return faults
}

// credentials returns what is wrong with them.
func (c *Config) credentials() []error {
	o := c.OAuth
	if o.TokenURL == "" && o.ClientID == "" && o.ClientSecret.IsZero() && len(o.Scopes) == 0 {
		return nil
	}
	var faults []error
	if !c.Token.IsZero() {
		faults = append(faults, errors.New("token and oauth: only one of them can be sent"))
	}
	if err := httpkit.CheckURL(o.TokenURL, c.Insecure); err != nil {
		faults = append(faults, fmt.Errorf("oauth: token_%w", err))
	}
	if o.ClientID == "" {
		faults = append(faults, errors.New("oauth: client_id is missing"))
	}
	if o.ClientSecret.IsZero() {
		faults = append(faults, errors.New("oauth: client_secret is missing"))
	}
	return faults
}

// auth is how requests are authorised.
func (c *Config) auth() httpkit.Auth {
	if c.OAuth.TokenURL == "" {
		return httpkit.Bearer(c.Token)
	}
	return httpkit.ClientCredentials{
		TokenURL: c.OAuth.TokenURL, ClientID: c.OAuth.ClientID, ClientSecret: c.OAuth.ClientSecret, Scopes: c.OAuth.Scopes,
	}
}

// Open makes the target without connecting.
func (c *Config) Open(env targets.Env) (targets.Target, error) {
	if !c.Simulate {
		return c.open(env, nil)
	}
	options := scimsim.Like(c.Dialect)
	options.Now = env.Now
	system := sim.New(scimsim.New(options), env.Simulation, env.Now)
	t, err := c.open(env, system)
	if err != nil {
		return nil, err
	}
	t.(*Target).simulated = system
	return t, nil
}

// open makes the target; transport is in the network's place where it is not nil.
func (c *Config) open(env targets.Env, transport http.RoundTripper) (targets.Target, error) {
	d, err := speak(c.Dialect)
	if err != nil {
		return nil, openError(env, err)
	}
	if len(env.Map) == 0 {
		env.Map = d.mapping
	}
	fields, err := parseMap(env.Map)
	if err != nil {
		return nil, openError(env, err)
	}
	used, err := c.lastUsed()
	if err != nil {
		return nil, openError(env, err)
	}
	opt := httpkit.Options{Base: d.url, Auth: c.auth(), Headers: c.Headers, Limits: d.limits, Transport: transport}
	if c.Simulate {
		opt.Base, opt.Headers = simulatedURL, nil
	}
	client, err := c.Connection.Open(env, opt)
	if err != nil {
		return nil, err
	}
	t := &Target{
		name: env.Name, client: client, fields: fields, used: used, create: c.Groups.Create, entitled: c.UserEntitlement,
		habits: c.Habits.over(d.habits), log: env.Log, now: env.Now, groupIDs: map[string]cachedGroup{},
	}
	if t.log == nil {
		t.log = slog.New(slog.DiscardHandler)
	}
	if t.now == nil {
		t.now = time.Now
	}
	return t, nil
}

// simulatedURL is where the stand-in answers.
const simulatedURL = "https://simulated.invalid" + scimsim.Base

func openError(env targets.Env, err error) error {
	return &identity.Error{Kind: identity.Invalid, Op: "open target", Object: env.Name, Err: err}
}

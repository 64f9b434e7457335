package salesforce

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"regexp"
	"strconv"
	"strings"
	"time"

	"birthright/identity"
	"birthright/internal/httpkit"
	"birthright/internal/ratelimit"
	"birthright/internal/secret"
	"birthright/internal/sim"
	"birthright/targets"
	"birthright/targets/salesforce/salesforcesim"
)

// Config is `kind: salesforce`. Its url is the organisation's own address, "My Domain".
type Config struct {
	httpkit.Connection `yaml:",inline"`
	APIVersion         string `yaml:"api_version"`
	OAuth              OAuth  `yaml:"oauth"`
	// NameField is what the name of an account is: username or federation-id.
	NameField string `yaml:"name_field"`
	// DefaultProfile is the profile that users go back to when theirs is taken away.
	// Without it profiles are shown and not changed.
	DefaultProfile string `yaml:"default_profile"`
	Users          Users  `yaml:"users"`
}

// OAuth is a connected app: with a secret by client credentials, with a key by JWT
// bearer.
type OAuth struct {
	ClientID     string     `yaml:"client_id"`
	ClientSecret secret.Ref `yaml:"client_secret"`
	// Key is a private key in PEM, User who the app acts as, and LoginURL the audience:
	// https://test.salesforce.com for a sandbox.
	Key      secret.Ref `yaml:"key"`
	User     string     `yaml:"user"`
	LoginURL string     `yaml:"login_url"`
}

// Users says what a user is made with.
type Users struct {
	// Profile is needed to make users; without it they are not made.
	Profile string `yaml:"profile"`
	// UsernameSuffix makes a username of a name that is none, such as "@example.com".
	UsernameSuffix string `yaml:"username_suffix"`
	Timezone       string `yaml:"timezone"`
	Locale         string `yaml:"locale"`
	Language       string `yaml:"language"`
}

const (
	byUsername, byFederation = "username", "federation-id"
	defaultVersion           = "62.0"
	loginURL                 = "https://login.salesforce.com"
)

var versionForm = regexp.MustCompile(`^[0-9]{2,3}\.0$`)

// Validate returns every fault that shows without a connection.
func (c *Config) Validate() []error {
	var faults []error
	for _, fault := range c.Connection.Validate("") {
		if c.URL == "" {
			fault = errors.New("url is missing: the organisation's My Domain, such as https://DOMAIN.my.salesforce.com")
		}
		faults = append(faults, fault)
	}
	if c.APIVersion != "" && !versionForm.MatchString(c.APIVersion) {
		faults = append(faults, fmt.Errorf("api_version: %q: write it like %s", c.APIVersion, defaultVersion))
	} else if n, _ := strconv.ParseFloat(c.version(), 64); n < 52 {
		faults = append(faults, fmt.Errorf("api_version: %s: assignments have an end since 52.0", c.APIVersion))
	}
	if m := c.NameField; m != "" && m != byUsername && m != byFederation {
		faults = append(faults, fmt.Errorf("name_field: %q is neither %s nor %s", m, byUsername, byFederation))
	}
	if s := c.Users.UsernameSuffix; s != "" && !strings.Contains(s, "@") {
		faults = append(faults, fmt.Errorf("users.username_suffix: %q has no @: usernames are like addresses", s))
	}
	if !c.Simulate {
		faults = append(faults, c.OAuth.validate()...)
	}
	return faults
}

func (o OAuth) validate() []error {
	var faults []error
	if o.ClientID == "" {
		faults = append(faults, errors.New("oauth: client_id is missing: the consumer key of a connected app"))
	}
	switch {
	case o.ClientSecret.IsZero() == o.Key.IsZero():
		faults = append(faults, errors.New("oauth: either client_secret or key is needed"))
	case !o.Key.IsZero() && o.User == "":
		faults = append(faults, errors.New("oauth: user is missing: the username that the app acts as"))
	}
	return faults
}

func (c *Config) version() string {
	if c.APIVersion == "" {
		return defaultVersion
	}
	return c.APIVersion
}

// auth gets tokens from the organisation's own address.
func (c *Config) auth() httpkit.Auth {
	token := strings.TrimRight(c.URL, "/") + "/services/oauth2/token"
	if c.OAuth.Key.IsZero() {
		return httpkit.ClientCredentials{TokenURL: token, ClientID: c.OAuth.ClientID, ClientSecret: c.OAuth.ClientSecret}
	}
	audience := c.OAuth.LoginURL
	if audience == "" {
		audience = loginURL
	}
	return httpkit.JWTBearer{TokenURL: token, Issuer: c.OAuth.ClientID, Subject: c.OAuth.User, Audience: audience, Key: c.OAuth.Key}
}

// Open makes the target without connecting.
func (c *Config) Open(env targets.Env) (targets.Target, error) {
	if !c.Simulate {
		t, err := c.open(env, nil)
		if err != nil {
			return nil, err
		}
		return t, nil
	}
	org := salesforcesim.New(salesforcesim.Options{Now: env.Now, Profiles: []string{c.DefaultProfile, c.Users.Profile}})
	system := sim.New(org, env.Simulation, env.Now)
	t, err := c.open(env, system)
	if err != nil {
		return nil, err
	}
	t.simulated = system
	return t, nil
}

// open makes the target; transport is in the network's place where it is not nil.
func (c *Config) open(env targets.Env, transport http.RoundTripper) (*Target, error) {
	fields, err := parseMap(env.Map)
	if err != nil {
		return nil, &identity.Error{Kind: identity.Invalid, Op: "open target", Object: env.Name, Err: err}
	}
	now := env.Now
	if now == nil {
		now = time.Now
	}
	client, err := c.Connection.Open(env, httpkit.Options{
		Auth: c.auth(), Transport: transport, Throttled: overLimit,
		Limits:   []ratelimit.Limit{{Tokens: 100_000, Per: 24 * time.Hour}},
		Readings: func(_ httpkit.Request, h http.Header) map[string]ratelimit.Reading { return usage(h, now()) },
	})
	if err != nil {
		return nil, err
	}
	t := &Target{name: env.Name, client: client, root: "/services/data/v" + c.version(), settings: *c, fields: fields, log: env.Log, now: now}
	if t.log == nil {
		t.log = slog.New(slog.DiscardHandler)
	}
	return t, nil
}

// overLimit tells of the answer that the day's requests are used up: a 403.
func overLimit(status int, body []byte) bool {
	if status != http.StatusForbidden || !bytes.Contains(body, []byte("REQUEST_LIMIT_EXCEEDED")) {
		return false
	}
	var faults []fault
	return json.Unmarshal(body, &faults) == nil && len(faults) > 0 && faults[0].Code() == "REQUEST_LIMIT_EXCEEDED"
}

// shortOfRequests is for how long we hold back when few requests are left: the 24 hours
// roll on, and nobody says when the next ones come free.
const shortOfRequests = 15 * time.Minute

// usage reads what is used of the day's requests: "api-usage=18/5000".
func usage(h http.Header, now time.Time) map[string]ratelimit.Reading {
	for part := range strings.SplitSeq(h.Get("Sforce-Limit-Info"), ";") {
		numbers, ok := strings.CutPrefix(strings.TrimSpace(part), "api-usage=")
		used, limit, both := strings.Cut(numbers, "/")
		u, wrong := strconv.Atoi(used)
		l, wrong2 := strconv.Atoi(limit)
		if ok && both && wrong == nil && wrong2 == nil && l > 0 {
			return map[string]ratelimit.Reading{"": {Limit: l, Remaining: l - u, Reset: now.Add(shortOfRequests)}}
		}
	}
	return nil
}

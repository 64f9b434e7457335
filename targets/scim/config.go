package scim

import (
	"fmt"
	"log/slog"
	"strings"
	"time"

	"birthright/identity"
	"birthright/internal/httpkit"
	"birthright/internal/secret"
	"birthright/internal/trust"
	"birthright/targets"
)

// The sizes that hold where the configuration says nothing.
const (
	defaultPage    = 100
	defaultMembers = 100
	maxBatch       = 500
)

// Config is `kind: scim`.
type Config struct {
	// URL is the base: the address that /Users and /Groups follow.
	URL string `yaml:"url"`
	// Token is the bearer token.
	Token secret.Ref `yaml:"token"`
	// Headers are sent with every request, for systems that want more than a token.
	Headers []httpkit.Header `yaml:"headers"`
	TLS     trust.TLS        `yaml:"tls"`
	// Insecure allows plain http to another machine. Certificates are checked
	// in any case.
	Insecure bool `yaml:"insecure"`
	// PageSize is how many resources to ask for at once.
	PageSize int `yaml:"page_size"`
	// MaxMembers is how many members one request may add or remove.
	MaxMembers int `yaml:"max_members_per_request"`
	// Timeout bounds one request.
	Timeout time.Duration `yaml:"timeout"`
	// UserAgent names the hub to the server.
	UserAgent string `yaml:"user_agent"`
	Groups    Groups `yaml:"groups"`
}

// Groups says what may be done with groups besides changing their members.
type Groups struct {
	// Create lets the hub make groups that policies name and the server lacks.
	Create bool `yaml:"create"`
}

// Validate returns every fault that shows without a connection.
func (c *Config) Validate() []error {
	var faults []error
	if err := httpkit.CheckURL(c.URL, c.Insecure); err != nil {
		faults = append(faults, err)
	}
	for _, n := range []struct {
		key   string
		value int
	}{{"page_size", c.PageSize}, {"max_members_per_request", c.MaxMembers}} {
		if n.value < 0 {
			faults = append(faults, fmt.Errorf("%s: %d is negative: leave it out for the default", n.key, n.value))
		}
	}
	if c.Timeout < 0 {
		faults = append(faults, fmt.Errorf("timeout: %s is negative", c.Timeout))
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

// Open makes the target without connecting.
func (c *Config) Open(env targets.Env) (targets.Target, error) {
	fields, err := parseMap(env.Map)
	if err != nil {
		return nil, &identity.Error{Kind: identity.Invalid, Op: "open target", Object: env.Name, Err: err}
	}
	client, err := httpkit.New(httpkit.Options{
		Base: c.URL, Auth: httpkit.Bearer(c.Token), Headers: c.Headers, Dir: env.Dir, TLS: c.TLS,
		UserAgent: c.UserAgent, Timeout: c.Timeout, Now: env.Now,
	})
	if err != nil {
		return nil, &identity.Error{Kind: identity.Invalid, Op: "open target", Object: env.Name, Err: err}
	}
	t := &Target{
		name: env.Name, client: client, fields: fields, create: c.Groups.Create,
		pageSize: c.PageSize, maxMembers: c.MaxMembers, log: env.Log, now: env.Now,
		groupIDs: map[string]cachedGroup{},
	}
	if t.pageSize == 0 {
		t.pageSize = defaultPage
	}
	if t.maxMembers == 0 {
		t.maxMembers = defaultMembers
	}
	if t.log == nil {
		t.log = slog.New(slog.DiscardHandler)
	}
	if t.now == nil {
		t.now = time.Now
	}
	return t, nil
}

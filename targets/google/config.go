package google

import (
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"slices"
	"strings"
	"time"

	"birthright/identity"
	"birthright/internal/httpkit"
	"birthright/internal/ratelimit"
	"birthright/internal/secret"
	"birthright/internal/sim"
	"birthright/targets"
	"birthright/targets/google/googlesim"
)

// Config is `kind: google`.
type Config struct {
	httpkit.Connection `yaml:",inline"`
	// Credentials is the JSON key of a service account with domain-wide delegation.
	Credentials secret.Ref `yaml:"credentials"`
	// Subject is the administrator that the service account acts as.
	Subject string `yaml:"subject"`
	// Customer is whose users and groups these are; default my_customer, the
	// subject's own. Domain is one domain of it instead.
	Customer string `yaml:"customer"`
	Domain   string `yaml:"domain"`
	Users    Users  `yaml:"users"`
	Groups   Groups `yaml:"groups"`
	Drives   Drives `yaml:"drives"`
	// Files are the ids of single files whose permissions are given.
	Files []string `yaml:"files"`
}

// Users says what may be done with users.
type Users struct {
	// Manage lets the hub make, change, suspend and delete users.
	Manage bool `yaml:"manage"`
	// Address is the attribute that holds a user's primary address; default email,
	// and userName where people are called by their address.
	Address string `yaml:"address"`
}

// Groups says what may be done with groups besides changing their members.
type Groups struct {
	// Create lets the hub make groups that policies name and Google lacks.
	Create bool `yaml:"create"`
}

// Drives is about shared drives.
type Drives struct {
	// GroupDomain is where the groups are that people get roles on drives through;
	// without it, there are no drives here.
	GroupDomain string `yaml:"group_domain"`
	// Create lets the hub make these groups and give them their role.
	Create bool `yaml:"create"`
}

// The usual addresses of the two APIs.
const (
	directoryURL = "https://admin.googleapis.com"
	driveURL     = "https://www.googleapis.com"
)

// Validate returns every fault that shows without a connection.
func (c *Config) Validate() []error {
	faults := c.Connection.Validate(directoryURL)
	if !c.Simulate {
		if c.Credentials.IsZero() {
			faults = append(faults, errors.New("credentials is missing: a reference to the service account's JSON key, such as file:/run/secrets/google.json"))
		}
		if !strings.Contains(c.Subject, "@") {
			faults = append(faults, fmt.Errorf("subject: %q is no e-mail address: name the administrator to act as", c.Subject))
		}
	}
	if c.Customer != "" && c.Domain != "" {
		faults = append(faults, errors.New("customer and domain: write one of them"))
	}
	if c.Drives.Create && c.Drives.GroupDomain == "" {
		faults = append(faults, errors.New("drives.group_domain is missing: the domain in which groups for shared drives are made"))
	}
	if strings.Contains(c.Drives.GroupDomain, "@") {
		faults = append(faults, fmt.Errorf("drives.group_domain: %q is an address: write what follows the @", c.Drives.GroupDomain))
	}
	for i, id := range c.Files {
		if id == "" || strings.ContainsAny(id, "/ ") || slices.Contains(c.Files[:i], id) {
			faults = append(faults, fmt.Errorf("files[%d]: %q is empty, written twice, or not the id of a file: that is what stands between /d/ and /edit in its address", i, id))
		}
	}
	return faults
}

// Open makes the target without connecting.
func (c *Config) Open(env targets.Env) (targets.Target, error) {
	if !c.Simulate {
		return c.over(env, nil)
	}
	system := googlesim.New(googlesim.Options{Now: env.Now, GroupDomain: c.Drives.GroupDomain})
	return c.over(env, sim.New(system, env.Simulation, env.Now))
}

// over makes the target with transport in the network's place; nil is the network.
func (c *Config) over(env targets.Env, transport http.RoundTripper) (*Target, error) {
	fields, err := parseMap(env.Map)
	if err != nil {
		return nil, &identity.Error{Kind: identity.Invalid, Op: "open target", Object: env.Name, Err: err}
	}
	t := newTarget(c, env, fields)
	t.transport = transport
	t.open = func(base string, scopes ...string) (*httpkit.Client, error) {
		return c.Connection.Open(env, httpkit.Options{
			Base: base, Transport: transport, Limits: limits(), Throttled: throttled,
			Auth: serviceAccount{credentials: c.Credentials, subject: c.Subject, scopes: scopes},
		})
	}
	if t.directory, err = t.open(directoryURL, c.directoryScopes()...); err != nil {
		return nil, err
	}
	if t.drive, err = t.open(driveURL, scopeDrive); err != nil {
		return nil, err
	}
	return t, nil
}

func newTarget(c *Config, env targets.Env, fields []field) *Target {
	t := &Target{
		config: *c, address: identity.CanonicalAttribute(c.Users.Address), dir: env.Dir, name: env.Name, fields: fields, log: env.Log, now: env.Now,
		groupIDs: map[string]string{}, fresh: map[string]time.Time{}, everyone: map[string]bool{},
	}
	if t.address == "" {
		t.address = identity.AttrEmail
	}
	if t.log == nil {
		t.log = slog.New(slog.DiscardHandler)
	}
	if t.now == nil {
		t.now = time.Now
	}
	return t
}

// limits are Google's budgets for one user of one project.
func limits() []ratelimit.Limit {
	return []ratelimit.Limit{
		{Scope: "directory", Tokens: 2400, Per: time.Minute},
		{Scope: "drive", Tokens: 12000, Per: time.Minute},
	}
}

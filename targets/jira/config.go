package jira

import (
	"errors"
	"fmt"
	"log/slog"
	"path"
	"slices"
	"strings"
	"time"

	"birthright/identity"
	"birthright/internal/httpkit"
	"birthright/internal/ratelimit"
	"birthright/internal/secret"
	"birthright/internal/sim"
	"birthright/targets"
	"birthright/targets/jira/jirasim"
)

const (
	defaultPage = 50 // the most that groups and their members come in
	simulated   = "https://simulated.atlassian.net"
)

// Config is `kind: jira`.
type Config struct {
	httpkit.Connection `yaml:",inline"`
	// Email is whose API token Token is; without it Token is a bearer token.
	Email string     `yaml:"email"`
	Token secret.Ref `yaml:"token"`
	// Entitlements are the kinds that are read and given: group, project-role.
	Entitlements []string `yaml:"entitlements"`
	// Projects are the keys of those whose roles are looked at; empty means all.
	Projects []string `yaml:"projects"`
	// ReadOnly are patterns of the names of groups that somebody else decides about:
	// those that an identity provider pushes into the organisation.
	ReadOnly []string `yaml:"read_only"`
	// PageSize is how many to ask for at once.
	PageSize int `yaml:"page_size"`
}

// Validate returns every fault that shows without a connection.
func (c *Config) Validate() []error {
	faults := c.Connection.Validate("")
	if c.Token.IsZero() && !c.Simulate {
		faults = append(faults, errors.New("token: a reference to an API token is wanted"))
	}
	if c.Email != "" && !strings.Contains(c.Email, "@") {
		faults = append(faults, fmt.Errorf("email: %q: the address of the account that the API token belongs to", c.Email))
	}
	for i, kind := range c.Entitlements {
		if !slices.Contains(allKinds, kind) || slices.Contains(c.Entitlements[:i], kind) {
			faults = append(faults, fmt.Errorf("entitlements[%d]: %q: each of group, project-role at most once", i, kind))
		}
	}
	for i, key := range c.Projects {
		if !projectKey.MatchString(key) {
			faults = append(faults, fmt.Errorf("projects[%d]: %q: a project's key is wanted, such as OPS", i, key))
		}
	}
	for i, pattern := range c.ReadOnly {
		if _, err := path.Match(pattern, ""); err != nil || pattern == "" {
			faults = append(faults, fmt.Errorf("read_only[%d]: %q: a name is wanted, in which * stands for anything", i, pattern))
		}
	}
	if c.PageSize < 0 || c.PageSize > defaultPage {
		faults = append(faults, fmt.Errorf("page_size: %d: from 1 to %d", c.PageSize, defaultPage))
	}
	return faults
}

// limits are below the bursts that Atlassian allows an endpoint: the hour's points of
// apps are in its answers.
func limits() []ratelimit.Limit {
	return []ratelimit.Limit{{Tokens: 50, Per: time.Second}}
}

// Open makes the target without connecting.
func (c *Config) Open(env targets.Env) (targets.Target, error) {
	opt := httpkit.Options{Auth: c.auth(), Limits: limits()}
	var standIn *sim.Transport
	if c.Simulate {
		opt.Base = simulated
		standIn = sim.New(jirasim.New(jirasim.Options{}), env.Simulation, env.Now)
		opt.Transport = standIn
	}
	t, err := c.open(env, opt)
	if err != nil {
		return nil, err
	}
	t.standIn = standIn
	return t, nil
}

// open makes the target over what opt says.
func (c *Config) open(env targets.Env, opt httpkit.Options) (*Target, error) {
	fields, err := parseMap(env.Map)
	if err != nil {
		return nil, &identity.Error{Kind: identity.Invalid, Op: "open target", Object: env.Name, Err: err}
	}
	client, err := c.Connection.Open(env, opt)
	if err != nil {
		return nil, err
	}
	t := &Target{
		name: env.Name, client: client, fields: fields, kinds: c.Entitlements, projects: c.Projects,
		readOnly: c.ReadOnly, page: c.PageSize, log: env.Log,
	}
	if len(t.kinds) == 0 {
		t.kinds = []string{kindGroup}
	}
	if t.page == 0 {
		t.page = defaultPage
	}
	if t.log == nil {
		t.log = slog.New(slog.DiscardHandler)
	}
	return t, nil
}

func (c *Config) auth() httpkit.Auth {
	if c.Email != "" {
		return httpkit.Basic(c.Email, c.Token)
	}
	return httpkit.Bearer(c.Token)
}

// parseMap returns the hub's attributes by Jira's fields.
func parseMap(written []targets.Mapping) (map[string]string, error) {
	if len(written) == 0 {
		return map[string]string{fieldEmail: identity.AttrEmail}, nil
	}
	fields := map[string]string{}
	for _, m := range written {
		if m.To != fieldEmail && m.To != fieldName || fields[m.To] != "" {
			return nil, fmt.Errorf("map: %q: emailAddress and displayName are known, each once", m.To)
		}
		fields[m.To] = m.From
	}
	return fields, nil
}

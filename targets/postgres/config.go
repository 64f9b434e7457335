package postgres

import (
	"errors"
	"fmt"
	"path"
	"time"

	"birthright/identity"
	"birthright/internal/secret"
	"birthright/internal/sim"
	"birthright/internal/trust"
	"birthright/targets"
)

// Config is the settings of `kind: postgres`.
type Config struct {
	// URL is postgres://USER:PASSWORD@HOST[:PORT]/DATABASE. It is read anew for each
	// connection, so that a password may change.
	URL secret.Ref `yaml:"url"`
	TLS trust.TLS  `yaml:"tls"`
	// Insecure leaves it to the URL's sslmode how another machine is talked to.
	Insecure bool `yaml:"insecure"`
	// Ignore are patterns of names of roles that are neither read nor changed.
	Ignore []string `yaml:"ignore"`
	Roles  Roles    `yaml:"roles"`
	// EndSessions ends what an account has open when access of it ends; default true.
	EndSessions *bool `yaml:"end_sessions"`
	// Timeout bounds every wait for the server; default 30s.
	Timeout time.Duration `yaml:"timeout"`
	// Simulate has a model in place of a server.
	Simulate bool `yaml:"simulate"`
}

// Roles is about the roles that are entitlements.
type Roles struct {
	// Create lets roles be made that policies name and the server lacks.
	Create bool `yaml:"create"`
}

const defaultTimeout = 30 * time.Second

// Validate returns every fault that can be told without asking the server.
func (c *Config) Validate() []error {
	var faults []error
	if c.URL.IsZero() && !c.Simulate {
		faults = append(faults, errors.New("url is missing: postgres://USER:PASSWORD@HOST/DATABASE, or better where that is kept, for example env:PROD_DB_URL"))
	}
	for _, pattern := range c.Ignore {
		if _, err := path.Match(pattern, ""); err != nil || pattern == "" {
			faults = append(faults, fmt.Errorf("ignore: %q is no pattern: write a role's name, with * for any text", pattern))
		}
	}
	if c.Timeout < 0 {
		faults = append(faults, errors.New("timeout is negative"))
	}
	return faults
}

// Simulated reports whether a model takes the server's place.
func (c *Config) Simulated() bool { return c.Simulate }

// Open makes the target without connecting.
func (c *Config) Open(env targets.Env) (targets.Target, error) {
	faults := c.Validate()
	if len(env.Map) > 0 {
		faults = append(faults, errors.New("map: a role has no attributes to write to"))
	}
	if len(faults) > 0 {
		return nil, &identity.Error{Kind: identity.Invalid, Op: "open target " + env.Name, Err: errors.Join(faults...)}
	}
	t := &Target{env: env, config: *c}
	if t.config.Timeout == 0 {
		t.config.Timeout = defaultTimeout
	}
	t.server = &cluster{t: t}
	if c.Simulate {
		t.server = newModel(sim.NewKeeper(env.Simulation, env.Now), &t.calls)
	}
	if c.EndSessions != nil && !*c.EndSessions {
		return t, nil
	}
	return ending{t}, nil
}

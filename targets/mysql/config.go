package mysql

import (
	"errors"
	"fmt"
	"path"
	"regexp"
	"strings"
	"time"

	"birthright/identity"
	"birthright/internal/secret"
	"birthright/internal/sim"
	"birthright/internal/trust"
	"birthright/targets"
)

// Config is the settings of `kind: mysql`.
type Config struct {
	// URL is mysql://USER:PASSWORD@HOST[:PORT]. It is read anew for each connection, so
	// that a password may change.
	URL secret.Ref `yaml:"url"`
	TLS trust.TLS  `yaml:"tls"`
	// Insecure lets another machine be talked to in plain text.
	Insecure bool `yaml:"insecure"`
	// Host is the host part of people's accounts; default %, from anywhere.
	Host string `yaml:"host"`
	// Ignore are patterns of names of accounts and roles that are neither read nor changed.
	Ignore []string `yaml:"ignore"`
	Login  Login    `yaml:"login"`
	Roles  Roles    `yaml:"roles"`
	// DefaultRoles keeps up which roles are active at login; default true.
	DefaultRoles *bool `yaml:"default_roles"`
	// EndSessions ends what an account has open when access of it ends; default true.
	EndSessions *bool `yaml:"end_sessions"`
	// Timeout bounds every wait for the server; default 30s.
	Timeout time.Duration `yaml:"timeout"`
	// Simulate has a model in place of a server.
	Simulate bool `yaml:"simulate"`
}

// Login is how people whose accounts the hub makes are let in.
type Login struct {
	// Plugin is the server's plugin that looks at who comes, pam for example. Without
	// one, an account is made that nobody can log in to yet.
	Plugin string `yaml:"plugin"`
	// Using is what the plugin is told: the name of a PAM service, a DN.
	Using string `yaml:"using"`
}

// Roles is about the roles that are entitlements.
type Roles struct {
	// Create lets roles be made that policies name and the server lacks.
	Create bool `yaml:"create"`
}

const (
	defaultTimeout = 30 * time.Second
	defaultHost    = "%"
	longestHost    = 255
)

// plugins is what a plugin's name may look like: it is not quoted in statements.
var plugins = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9_]*$`)

// Validate returns every fault that can be told without asking the server.
func (c *Config) Validate() []error {
	var faults []error
	if c.URL.IsZero() && !c.Simulate {
		faults = append(faults, errors.New("url is missing: mysql://USER:PASSWORD@HOST, or better where that is kept, for example env:PROD_DB_URL"))
	}
	if len(c.Host) > longestHost || strings.ContainsAny(c.Host, "\x00 ") {
		faults = append(faults, fmt.Errorf("host: %q is no host: write %% for any, or an address like 10.0.0.%%", c.Host))
	}
	for _, pattern := range c.Ignore {
		if _, err := path.Match(pattern, ""); err != nil || pattern == "" {
			faults = append(faults, fmt.Errorf("ignore: %q is no pattern: write a name, with * for any text", pattern))
		}
	}
	if c.Timeout < 0 {
		faults = append(faults, errors.New("timeout is negative"))
	}
	return append(faults, c.Login.faults()...)
}

// passwords are plugins with which an account without more can be entered by anybody
// who knows its name.
var passwords = []string{"mysql_native_password", "mysql_old_password", "caching_sha2_password", "sha256_password", "ed25519", "client_ed25519", "parsec"}

func (l Login) faults() []error {
	switch {
	case l.Plugin == "" && l.Using != "":
		return []error{errors.New("login.using says nothing without login.plugin")}
	case l.Plugin == "":
		return nil
	case !plugins.MatchString(l.Plugin):
		return []error{fmt.Errorf("login.plugin: %q is no plugin's name, for example pam", l.Plugin)}
	case strings.ContainsRune(l.Using, 0):
		return []error{errors.New("login.using holds a zero byte")}
	}
	for _, p := range passwords {
		if strings.EqualFold(p, l.Plugin) {
			return []error{fmt.Errorf("login.plugin: %s looks at passwords, which the hub does not set: leave it out, or name one that asks elsewhere, for example pam", l.Plugin)}
		}
	}
	return nil
}

// Simulated reports whether a model takes the server's place.
func (c *Config) Simulated() bool { return c.Simulate }

// Open makes the target without connecting.
func (c *Config) Open(env targets.Env) (targets.Target, error) {
	faults := c.Validate()
	if len(env.Map) > 0 {
		faults = append(faults, errors.New("map: an account has no attributes to write to"))
	}
	if len(faults) > 0 {
		return nil, &identity.Error{Kind: identity.Invalid, Op: "open target " + env.Name, Err: errors.Join(faults...)}
	}
	t := &Target{env: env, config: *c}
	if t.config.Timeout == 0 {
		t.config.Timeout = defaultTimeout
	}
	t.config.Host = strings.ToLower(t.config.Host) // as the servers keep it
	if t.config.Host == "" {
		t.config.Host = defaultHost
	}
	t.server = newPool(t)
	if c.Simulate {
		t.server = newModel(mariaDB{}, sim.NewKeeper(env.Simulation, env.Now), &t.calls)
	}
	if c.EndSessions != nil && !*c.EndSessions {
		return t, nil
	}
	return ending{t}, nil
}

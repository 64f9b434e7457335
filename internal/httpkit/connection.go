package httpkit

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"birthright/identity"
	"birthright/internal/ratelimit"
	"birthright/internal/trust"
	"birthright/targets"
)

// Connection is the keys that every target reached over HTTP has; embed it with
// `yaml:",inline"`.
type Connection struct {
	// URL is the system's base URL, where it is not always the same.
	URL string    `yaml:"url"`
	TLS trust.TLS `yaml:"tls"`
	// Insecure allows plain http to another machine. Certificates are checked in
	// any case.
	Insecure bool `yaml:"insecure"`
	// Timeout bounds one request; default 30s.
	Timeout time.Duration `yaml:"timeout"`
	// UserAgent names the hub to the system.
	UserAgent string `yaml:"user_agent"`
	// AllowNetworks are networks that url may lead to although nothing of a company
	// should be there: this machine under another name, or this link.
	AllowNetworks []string `yaml:"allow_networks"`
	// Limits replace the system's usual budgets, by scope.
	Limits []ratelimit.Limit `yaml:"limits"`
	// Record is a file that every request and answer is written to, secrets masked.
	Record string `yaml:"record"`
	// Simulate has a stand-in within the program in the system's place.
	Simulate bool `yaml:"simulate"`
}

// Simulated reports whether nothing leaves the program.
func (c *Connection) Simulated() bool { return c.Simulate }

// Validate returns every fault of the keys. usual is the base URL that holds where
// none is given; "" where there is none.
func (c *Connection) Validate(usual string) []error {
	var faults []error
	if !c.Simulate && (c.URL != "" || usual == "") {
		if err := CheckURL(c.URL, c.Insecure); err != nil {
			faults = append(faults, err)
		}
	}
	if c.Timeout < 0 {
		faults = append(faults, fmt.Errorf("timeout: %s is negative", c.Timeout))
	}
	_, wrong := parseNetworks(c.AllowNetworks)
	faults = append(faults, wrong...)
	for i, l := range c.Limits {
		if err := l.Validate(); err != nil {
			faults = append(faults, fmt.Errorf("limits[%d]: %w", i, err))
		}
	}
	return faults
}

// Open makes a client. opt says what is the kind's own: the base URL that is usual,
// Auth, Limits, Readings, and the simulator's Transport where Simulate is set.
func (c *Connection) Open(env targets.Env, opt Options) (*Client, error) {
	if c.URL != "" && !c.Simulate {
		opt.Base = c.URL
	}
	if c.Simulate && opt.Base == "" {
		opt.Base = "https://simulated.invalid"
	}
	if c.Simulate {
		opt.Auth = nil // there are no credentials yet
	}
	opt.Patient = true
	opt.Dir, opt.TLS, opt.Timeout, opt.Now, opt.Budgets = env.Dir, c.TLS, c.Timeout, env.Now, env.Budgets
	if c.UserAgent != "" {
		opt.UserAgent = c.UserAgent
	}
	var faults []error
	opt.Networks, faults = parseNetworks(c.AllowNetworks)
	if len(faults) > 0 {
		return nil, openError(env, errors.Join(faults...))
	}
	opt.Limits = merged(opt.Limits, c.Limits)
	if c.Record != "" {
		file, err := openRecord(c.Record, env.Dir)
		if err != nil {
			return nil, openError(env, err)
		}
		opt.Record, opt.onClose = NewRecording(file), file.Close
	}
	client, err := New(opt)
	if err != nil {
		return nil, openError(env, err)
	}
	return client, nil
}

func openError(env targets.Env, err error) error {
	return &identity.Error{Kind: identity.Invalid, Op: "open target", Object: env.Name, Err: err}
}

// openRecord adds to the file, which only its owner may read.
func openRecord(path, dir string) (*os.File, error) {
	if !filepath.IsAbs(path) {
		path = filepath.Join(dir, path)
	}
	file, err := os.OpenFile(path, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		return nil, fmt.Errorf("record: %w", err)
	}
	return file, nil
}

// merged puts written limits in the place of usual ones of the same scope.
func merged(usual, written []ratelimit.Limit) []ratelimit.Limit {
	out := append([]ratelimit.Limit{}, written...)
	for _, l := range usual {
		taken := false
		for _, w := range written {
			taken = taken || w.Scope == l.Scope
		}
		if !taken {
			out = append(out, l)
		}
	}
	return out
}

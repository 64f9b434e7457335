package webhook

import (
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"time"

	"birthright/identity"
	"birthright/internal/handoff"
	"birthright/internal/handoff/receiver"
	"birthright/internal/httpkit"
	"birthright/internal/secret"
	"birthright/internal/sim"
	"birthright/targets"
	"birthright/targets/webhook/webhooksim"
)

// The sizes that hold where the configuration says nothing.
const (
	defaultPage        = 200
	mostBatch          = 500
	defaultConcurrency = 1
)

// Config is `kind: webhook`.
type Config struct {
	httpkit.Connection `yaml:",inline"`
	handoff.Abilities  `yaml:",inline"`
	// Secret is what requests are signed with.
	Secret secret.Ref `yaml:"secret"`
	// PreviousSecret signs them, too, while the receiver may not know the new one yet.
	PreviousSecret secret.Ref `yaml:"previous_secret"`
	// Headers are sent with every request, for a gateway that wants them.
	Headers []httpkit.Header `yaml:"headers"`
	// State is true where the receiver lists what it holds.
	State bool `yaml:"state"`
	// Ledger is the file that keeps what a receiver without a listing said yes to.
	Ledger string `yaml:"ledger"`
	// Batch is how many ops one request carries.
	Batch int `yaml:"batch"`
	// PageSize is how many things one request for the state asks for.
	PageSize int `yaml:"page_size"`
	// Concurrency is how many changes may be under way at once.
	Concurrency int `yaml:"concurrency"`
}

// Validate returns every fault that shows without a connection.
func (c *Config) Validate() []error {
	faults := append(c.Connection.Validate(""), c.Abilities.Validate()...)
	if c.Secret.IsZero() && !c.Simulate {
		faults = append(faults, errors.New("secret is missing: what requests are signed with, the receiver knows the same one"))
	}
	if c.Secret.IsZero() && !c.PreviousSecret.IsZero() {
		faults = append(faults, errors.New("previous_secret: there is no secret that follows it"))
	}
	for i, h := range c.Headers {
		if h.Name == "" || strings.ContainsAny(h.Name, " :\t\r\n") || h.Value.IsZero() {
			faults = append(faults, fmt.Errorf("headers[%d]: a header needs a name without blanks and colons, and a value", i))
		}
	}
	for _, n := range []struct {
		key         string
		value, most int
	}{{"batch", c.Batch, mostBatch}, {"page_size", c.PageSize, 10_000}, {"concurrency", c.Concurrency, 32}} {
		if n.value < 0 || n.value > n.most {
			faults = append(faults, fmt.Errorf("%s: %d: write a number from 1 to %d, or leave it out", n.key, n.value, n.most))
		}
	}
	return append(faults, handoff.CheckLedger(c.Abilities, c.State, c.Ledger, c.Concurrency)...)
}

// Open makes the target without connecting.
func (c *Config) Open(env targets.Env) (targets.Target, error) {
	if !c.Simulate {
		return c.open(env, nil)
	}
	system := webhooksim.New(receiver.Options{
		Name: env.Name, Abilities: c.Abilities, NoState: !c.State, Batch: mostBatch, Now: env.Now,
	})
	return c.open(env, sim.New(system, env.Simulation, env.Now))
}

// open makes the target; transport stands in for the network where it is not nil.
func (c *Config) open(env targets.Env, transport *sim.Transport) (*handoff.Target, error) {
	if err := handoff.CheckMap(env.Map); err != nil {
		return nil, &identity.Error{Kind: identity.Invalid, Op: "open target", Object: env.Name, Err: err}
	}
	opt := httpkit.Options{Headers: c.Headers}
	secrets := []secret.Ref{c.Secret, c.PreviousSecret}
	if c.Simulate {
		opt.Headers, secrets = nil, nil // there are no credentials yet
	}
	if transport != nil {
		opt.Transport = transport
	}
	client, err := c.Connection.Open(env, opt)
	if err != nil {
		return nil, err
	}
	now := env.Now
	if now == nil {
		now = time.Now
	}
	l := &line{client: client, base: c.URL, dir: env.Dir, secrets: secrets, now: now, batch: c.Batch, sim: transport}
	ledger := c.Ledger
	if ledger != "" && !filepath.IsAbs(ledger) {
		ledger = filepath.Join(env.Dir, ledger)
	}
	return handoff.New(env, handoff.Options{
		Abilities: c.Abilities, State: c.State, Ledger: ledger,
		Page: or(c.PageSize, defaultPage), Batch: or(c.Batch, 1), Concurrency: or(c.Concurrency, defaultConcurrency),
	}, l), nil
}

func or(n, usual int) int {
	if n == 0 {
		return usual
	}
	return n
}

package command

import (
	"errors"
	"fmt"
	"log/slog"
	"path/filepath"
	"regexp"
	"time"

	"birthright/identity"
	"birthright/internal/handoff"
	"birthright/internal/handoff/receiver"
	"birthright/internal/secret"
	"birthright/internal/sim"
	"birthright/targets"
)

// The sizes that hold where the configuration says nothing.
const (
	defaultPage    = 1000
	defaultBatch   = 100
	mostBatch      = 500
	defaultTimeout = time.Minute
	defaultOutput  = 16 << 20
)

// Config is `kind: command`.
type Config struct {
	handoff.Abilities `yaml:",inline"`
	// Command is the executable with its arguments. No shell sees it.
	Command []string `yaml:"command"`
	// WorkDir is where it runs; relative to the configuration.
	WorkDir string `yaml:"dir"`
	// Env names the variables of the hub's environment that it gets.
	Env []string `yaml:"env"`
	// Variables are set for it; the values may be secrets.
	Variables []Variable `yaml:"variables"`
	// State is true where it lists what its system holds.
	State bool `yaml:"state"`
	// Ledger is the file that keeps what one without a listing said yes to.
	Ledger string `yaml:"ledger"`
	// Timeout bounds one run of it.
	Timeout time.Duration `yaml:"timeout"`
	// MaxOutput bounds what one run may print, in bytes.
	MaxOutput int `yaml:"max_output"`
	// Batch is how many ops one run is given, PageSize how many things it is asked to
	// list at once.
	Batch    int `yaml:"batch"`
	PageSize int `yaml:"page_size"`
	// Concurrency is how many runs there may be at once.
	Concurrency int `yaml:"concurrency"`
	// Simulate has a stand-in within the program in the executable's place.
	Simulate bool `yaml:"simulate"`
}

// Simulated reports whether nothing is run.
func (c *Config) Simulated() bool { return c.Simulate }

// Variable is one of its environment.
type Variable struct {
	Name  string     `yaml:"name"`
	Value secret.Ref `yaml:"value"`
}

var variable = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]*$`)

// Validate returns every fault that shows without running it.
func (c *Config) Validate() []error {
	faults := c.Abilities.Validate()
	if !c.Simulate && (len(c.Command) == 0 || c.Command[0] == "") {
		faults = append(faults, errors.New("command is missing: the executable and its arguments, as a list"))
	}
	for i, name := range c.Env {
		if !variable.MatchString(name) {
			faults = append(faults, fmt.Errorf("env[%d]: %q is not the name of a variable", i, name))
		}
	}
	for i, v := range c.Variables {
		if !variable.MatchString(v.Name) || v.Value.IsZero() {
			faults = append(faults, fmt.Errorf("variables[%d]: a variable needs a name and a value", i))
		}
	}
	for _, n := range []struct {
		key         string
		value, most int
	}{{"batch", c.Batch, mostBatch}, {"page_size", c.PageSize, 100_000}, {"concurrency", c.Concurrency, 32}, {"max_output", c.MaxOutput, 1 << 30}} {
		if n.value < 0 || n.value > n.most {
			faults = append(faults, fmt.Errorf("%s: %d: write a number from 1 to %d, or leave it out", n.key, n.value, n.most))
		}
	}
	if c.Timeout < 0 {
		faults = append(faults, fmt.Errorf("timeout: %s is negative", c.Timeout))
	}
	return append(faults, handoff.CheckLedger(c.Abilities, c.State, c.Ledger, c.Concurrency)...)
}

// Open makes the target without running anything.
func (c *Config) Open(env targets.Env) (targets.Target, error) {
	if err := handoff.CheckMap(env.Map); err != nil {
		return nil, &identity.Error{Kind: identity.Invalid, Op: "open target", Object: env.Name, Err: err}
	}
	l := &line{
		argv: c.Command, dir: within(env.Dir, c.WorkDir), home: env.Dir, env: c.Env, variables: c.Variables,
		timeout: or(c.Timeout, defaultTimeout), most: or(c.MaxOutput, defaultOutput), log: env.Log, now: env.Now,
		turns: make(chan struct{}, or(c.Concurrency, 1)),
	}
	if l.log == nil {
		l.log = slog.New(slog.DiscardHandler)
	}
	if l.now == nil {
		l.now = time.Now
	}
	if c.Simulate {
		l.simulated = &simulated{
			receiver: receiver.New(receiver.Options{Name: env.Name, Abilities: c.Abilities, NoState: !c.State, Batch: mostBatch, Now: l.now}),
			keeper:   sim.NewKeeper(env.Simulation, l.now),
		}
	}
	ledger := c.Ledger
	if ledger != "" {
		ledger = within(env.Dir, ledger)
	}
	return handoff.New(env, handoff.Options{
		Abilities: c.Abilities, State: c.State, Ledger: ledger,
		Page: or(c.PageSize, defaultPage), Batch: or(c.Batch, defaultBatch), Concurrency: or(c.Concurrency, 1),
	}, l), nil
}

// within is path, from dir where it is relative.
func within(dir, path string) string {
	if filepath.IsAbs(path) {
		return path
	}
	return filepath.Join(dir, path)
}

func or[N int | time.Duration](n, usual N) N {
	if n == 0 {
		return usual
	}
	return n
}

package slack

import (
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"path"
	"time"

	"birthright/identity"
	"birthright/internal/httpkit"
	"birthright/internal/ratelimit"
	"birthright/internal/secret"
	"birthright/internal/sim"
	"birthright/targets"
	"birthright/targets/slack/slacksim"
)

// Config is `kind: slack`.
type Config struct {
	httpkit.Connection `yaml:",inline"`
	// Token is the app's token for the workspace.
	Token      secret.Ref `yaml:"token"`
	Users      Users      `yaml:"users"`
	Usergroups Usergroups `yaml:"usergroups"`
	// Channels are patterns of the names of channels whose members are given; none
	// without it, for reading who is in all of them takes hours in a large workspace.
	Channels []string `yaml:"channels"`
}

// Users says how people are found.
type Users struct {
	// Address is the attribute that holds a person's e-mail address on Slack; default
	// email, and userName where people are called by their address.
	Address string `yaml:"address"`
}

// Usergroups says what may be done with user groups besides changing their members.
type Usergroups struct {
	// Create lets the hub make user groups that policies name and Slack lacks.
	Create bool `yaml:"create"`
}

const baseURL = "https://slack.com/api"

// Validate returns every fault that shows without a connection.
func (c *Config) Validate() []error {
	faults := c.Connection.Validate(baseURL)
	if !c.Simulate && c.Token.IsZero() {
		faults = append(faults, errors.New("token is missing: a reference to the app's token, such as env:SLACK_TOKEN"))
	}
	for i, pattern := range c.Channels {
		if _, err := path.Match(pattern, ""); err != nil || pattern == "" || pattern[0] == '#' {
			faults = append(faults, fmt.Errorf("channels[%d]: %q is not a pattern of names: write them without #, with * for any text", i, pattern))
		}
	}
	return faults
}

// Open makes the target without connecting.
func (c *Config) Open(env targets.Env) (targets.Target, error) {
	if !c.Simulate {
		return c.over(env, nil)
	}
	return c.over(env, sim.New(slacksim.New(slacksim.Options{Now: env.Now}), env.Simulation, env.Now))
}

// over makes the target with transport in the network's place; nil is the network.
func (c *Config) over(env targets.Env, transport http.RoundTripper) (*Target, error) {
	if len(env.Map) > 0 {
		return nil, &identity.Error{Kind: identity.Invalid, Op: "open target", Object: env.Name,
			Err: errors.New("map: nothing is written to accounts here: leave it out")}
	}
	client, err := c.Connection.Open(env, httpkit.Options{
		Base: baseURL, Auth: httpkit.Bearer(c.Token), Limits: limits(), Throttled: throttled, Transport: transport,
	})
	if err != nil {
		return nil, err
	}
	t := &Target{
		config: *c, name: env.Name, client: client, transport: transport, log: env.Log, now: env.Now,
		address: identity.CanonicalAttribute(c.Users.Address), users: map[string]bool{}, groups: map[string]string{}, channels: map[string]channel{},
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
	return t, nil
}

// limits are Slack's tiers, which count each method by itself.
func limits() []ratelimit.Limit {
	var out []ratelimit.Limit
	for perMinute, methods := range map[int][]string{
		20:  {"users.list", "usergroups.list", "usergroups.users.update", "usergroups.create", "usergroups.enable", "usergroups.disable", "conversations.list"},
		50:  {"users.lookupByEmail", "conversations.invite", "conversations.kick"},
		100: {"users.info", "conversations.members", "auth.test"},
	} {
		for _, m := range methods {
			out = append(out, ratelimit.Limit{Scope: m, Tokens: perMinute, Per: time.Minute})
		}
	}
	return out
}

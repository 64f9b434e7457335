// Package push is the kind of source that is never asked: an identity provider
// pushes its people over SCIM. It owns the settings of such a source; the SCIM
// front door takes what is pushed.
//
//	sources: [{name: okta, kind: scim}]  ─▶ Config ─▶ Source (Pushes, never pulled)
//	PUT /scim/v2/Users/…, token of okta  ─▶ package scim ─▶ intake
package push

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"birthright/identity"
	"birthright/sources"
)

// Pusher is a source that may be pushed to. What Pushes answers true to must not
// be scheduled for pulling.
type Pusher interface {
	Pushes() bool
}

// Pushes reports whether s is told by others what there is instead of being read.
func Pushes(s sources.Source) bool {
	p, ok := s.(Pusher)
	return ok && p.Pushes()
}

// Config is what people write for a source of kind scim.
type Config struct {
	// Profile says which identity provider pushes, and so how its requests are
	// read: auto, the default, recognises it where it matters; rfc refuses what
	// the RFCs do not allow.
	Profile string `yaml:"profile"`
	// Inspect is how many of the last requests are kept for `source inspect`;
	// nil for the default, 0 for none.
	Inspect *int `yaml:"inspect"`
}

const (
	defaultInspect = 50
	mostInspect    = 1000 // they are kept for people to read, and their bodies are people's data
)

// profiles are the values of Config.Profile.
var profiles = []string{"auto", "rfc", "okta", "entra", "onelogin", "jumpcloud", "ping", "google"}

// Validate checks the profile's name and how much is kept.
func (c Config) Validate() []error {
	var faults []error
	if c.Profile != "" && !slices.Contains(profiles, c.Profile) {
		faults = append(faults, fmt.Errorf("profile is %q: write one of %s", c.Profile, strings.Join(profiles, ", ")))
	}
	if n := c.Inspect; n != nil && (*n < 0 || *n > mostInspect) {
		faults = append(faults, fmt.Errorf("inspect is %d: write how many requests are kept, from 0 to %d", *n, mostInspect))
	}
	return faults
}

// Open makes the source.
func (c Config) Open(env sources.Env) (sources.Source, error) {
	if faults := c.Validate(); len(faults) > 0 {
		return nil, errors.Join(faults...)
	}
	if c.Profile == "" {
		c.Profile = profiles[0]
	}
	s := &Source{profile: c.Profile, Inspect: defaultInspect, name: env.Name}
	if c.Inspect != nil {
		s.Inspect = *c.Inspect
	}
	return s, nil
}

// Source is a source that pushes.
type Source struct {
	profile string // one of the known profiles
	Inspect int    // requests that are kept to be looked at
	name    string
}

// Profile is how the source's requests are read.
func (s *Source) Profile() string { return s.profile }

// Pushes reports true.
func (*Source) Pushes() bool { return true }

// Probe finds nothing to reach: it tells how the other side gets in.
func (s *Source) Probe(context.Context) (sources.Report, error) {
	return sources.Report{Reachable: true, Users: -1, Groups: -1, Findings: []sources.Finding{{
		OK: true, Check: "push", Detail: "this source pushes over SCIM to /scim/v2 with a token: birthright token create --source " + s.name,
	}}}, nil
}

// Pull always fails.
func (s *Source) Pull(context.Context, sources.Cursor, sources.Sink) (sources.Checkpoint, error) {
	return sources.Checkpoint{}, &identity.Error{Kind: identity.Invalid, Op: "import",
		Err:  fmt.Errorf("source %s pushes; there is nothing to pull", s.name),
		Hint: "start the import from the other side, or name another source"}
}

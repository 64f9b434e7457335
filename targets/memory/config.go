package memory

import (
	"fmt"

	"birthright/identity"
	"birthright/targets"
)

// Config is `kind: memory`: a target for demonstrations and tests whose
// contents are gone when the process ends.
type Config struct {
	// Entitlements are there from the start, each KIND/ID; more are made as
	// they are needed.
	Entitlements []string `yaml:"entitlements"`
}

// Validate returns every entitlement that is not written KIND/ID.
func (c *Config) Validate() []error {
	var faults []error
	for _, e := range c.Entitlements {
		if _, err := identity.ParseEntitlement("memory:" + e); err != nil {
			faults = append(faults, fmt.Errorf("entitlements: %q: write KIND/ID, for example group/engineering", e))
		}
	}
	return faults
}

// Open makes a target that holds the configured entitlements and nothing else.
func (c *Config) Open(env targets.Env) (targets.Target, error) {
	t := New(env.Name, WithClock(env.Now))
	for _, text := range c.Entitlements {
		e, err := identity.ParseEntitlement(env.Name + ":" + text)
		if err != nil {
			return nil, err
		}
		t.Seed(targets.State{Entitlements: []targets.Entitlement{{Address: e}}})
	}
	return t, nil
}

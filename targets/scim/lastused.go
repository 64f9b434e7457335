package scim

import (
	"fmt"
	"time"

	"birthright/targets"
)

// lastUsed is the field that tells of the last use, nil where none is configured.
func (c *Config) lastUsed() (*field, error) {
	if c.LastUsed == "" {
		return nil, nil
	}
	f, err := parseField(targets.Mapping{From: "lastUsed", To: c.LastUsed})
	if err != nil {
		return nil, fmt.Errorf("last_used: %w", err)
	}
	return &f, nil
}

// lastUsed is when the user last signed in; zero where the server does not say, or in a
// form that is no time.
func (t *Target) lastUsed(r resource) time.Time {
	if t.used == nil {
		return time.Time{}
	}
	at, err := time.Parse(time.RFC3339, t.used.get(r))
	if err != nil {
		return time.Time{}
	}
	return at.UTC()
}

package rules

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
)

// hash is the SHA-256 of what p means: everything but positions and tests, in a
// fixed form.
func hash(p *Policy) string {
	sum := sha256.New()
	// Encoding plain structs of strings and numbers into a hash cannot fail.
	_ = json.NewEncoder(sum).Encode(struct {
		Groups       []Group
		Rules        []Rule
		Templates    []Template
		Constraints  []Constraint
		Exclusions   []Exclusion   `json:",omitempty"`
		Properties   []Property    `json:",omitempty"`
		Bundles      []Bundle      `json:",omitempty"`
		Entitlements []Requestable `json:",omitempty"`
	}{p.Groups, p.Rules, p.Templates, p.Constraints, p.Exclusions, p.Properties, p.Bundles, p.Entitlements})
	return hex.EncodeToString(sum.Sum(nil))
}

package rules

import (
	"fmt"
	"slices"

	"birthright/identity"
)

// Without compiles the policy without one of its rules: what would be if it were taken
// out. Its tests are left as they are.
func (e *Engine) Without(rule string) (*Engine, error) {
	p := *e.policy
	p.Rules = slices.DeleteFunc(slices.Clone(e.policy.Rules), func(r Rule) bool { return r.Name == rule })
	if len(p.Rules) == len(e.policy.Rules) {
		return nil, &identity.Error{Kind: identity.NotFound, Err: fmt.Errorf("there is no rule %q", rule)}
	}
	p.Hash = hash(&p)
	p.Version = p.Hash[:12]
	return Compile(&p)
}

package ldaptarget

import (
	"fmt"
	"slices"
	"strings"

	"birthright/identity"
	"birthright/targets"

	goldap "github.com/go-ldap/ldap/v3"
)

// Mapping is which attribute of the hub is written to which of the directory.
type Mapping []targets.Mapping

// Check refuses a mapping that cannot be meant, or that claims tells something
// about: why an attribute of the directory is not for a mapping to write.
func (ms Mapping) Check(claims func(targets.Mapping) error) error {
	taken := map[string]bool{}
	for i, m := range ms {
		to := strings.ToLower(m.To)
		if m.To == "" || m.From == "" {
			return fmt.Errorf("map[%d]: needs both to (an LDAP attribute) and from (an attribute of the hub)", i)
		}
		if taken[to] {
			return fmt.Errorf("map[%d]: %s is written twice", i, m.To)
		}
		if err := claims(m); err != nil {
			return fmt.Errorf("map[%d]: %s %w", i, m.To, err)
		}
		taken[to] = true
	}
	return nil
}

// Attributes returns the hub's names of what is stored, each once.
func (ms Mapping) Attributes() []string {
	var out []string
	for _, m := range ms {
		if !slices.Contains(out, m.From) {
			out = append(out, m.From)
		}
	}
	return out
}

// Fields are the LDAP attributes that are written.
func (ms Mapping) Fields() []string {
	out := make([]string, 0, len(ms))
	for _, m := range ms {
		out = append(out, m.To)
	}
	return out
}

// Values returns the hub's attributes as an entry has them.
func (ms Mapping) Values(e *goldap.Entry) identity.Attributes {
	out := identity.Attributes{}
	for _, m := range ms {
		if _, set := out[m.From]; !set {
			out.Set(m.From, Sorted(e.GetEqualFoldAttributeValues(m.To))...)
		}
	}
	return out
}

// Normal returns the hub's attributes as a later read shows them, where fields
// are the values that are written.
func (ms Mapping) Normal(fields map[string][]string) identity.Attributes {
	out := identity.Attributes{}
	for _, m := range ms {
		if _, set := out[m.From]; !set {
			out.Set(m.From, fields[m.To]...)
		}
	}
	return out
}

// Replace adds to a request what differs between an entry and the values wanted.
func (ms Mapping) Replace(request *goldap.ModifyRequest, e *goldap.Entry, fields map[string][]string) {
	for _, m := range ms {
		if !slices.Equal(Sorted(e.GetEqualFoldAttributeValues(m.To)), fields[m.To]) {
			request.Replace(m.To, fields[m.To])
		}
	}
}

// Sorted returns the values without empty and double ones. A directory keeps
// sets, without an order of its own.
func Sorted(values []string) []string {
	out := slices.DeleteFunc(slices.Clone(values), func(v string) bool { return v == "" })
	slices.Sort(out)
	return slices.Compact(out)
}

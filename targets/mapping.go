package targets

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"birthright/identity"
)

// Mapping says that the hub's attribute From is written to the target's field To.
type Mapping struct {
	To   string `yaml:"to"`
	From string `yaml:"from"`
}

// ParseMap reads a mapping, or usual where none is written: each field once, with the
// hub's own spelling of its attributes. refuse says why a field cannot be written to,
// nil where it can. Every fault is told, in the words of the file.
func ParseMap(mapping, usual []Mapping, refuse func(to string) error) ([]Mapping, error) {
	if len(mapping) == 0 {
		mapping = usual
	}
	var out []Mapping
	var faults []error
	seen := map[string]bool{}
	for i, m := range mapping {
		switch err := refuse(m.To); {
		case m.From == "" || m.To == "":
			faults = append(faults, fmt.Errorf("map[%d]: to and from are both needed", i))
		case err != nil:
			faults = append(faults, fmt.Errorf("map[%d]: to: %w", i, err))
		case seen[m.To]:
			faults = append(faults, fmt.Errorf("map[%d]: to: %s is written twice", i, m.To))
		default:
			seen[m.To] = true
			out = append(out, Mapping{To: m.To, From: identity.CanonicalAttribute(m.From)})
		}
	}
	return out, errors.Join(faults...)
}

// Mapped returns the hub's attributes that a mapping reads, sorted, each once.
func Mapped(mapping []Mapping) []string {
	out := make([]string, len(mapping))
	for i, m := range mapping {
		out[i] = m.From
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// CheckText refuses an op that holds, in its names or in what mapping writes, what JSON
// cannot carry unchanged.
func CheckText(op Op, mapping []Mapping) error {
	all := []string{op.Account.ID, op.Account.Name, op.Entitlement.ID}
	for _, m := range mapping {
		all = append(all, op.Account.Attributes.First(m.From))
	}
	for _, s := range all {
		if !utf8.ValidString(s) || strings.ContainsRune(s, 0) {
			return fmt.Errorf("%q is not text", s)
		}
	}
	return nil
}

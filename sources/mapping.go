package sources

import (
	"fmt"
	"regexp"
	"strings"

	"birthright/identity"
)

// Pick is a Mapping made ready for use: it takes the source's values and gives
// the hub's.
type Pick struct {
	To, From string
	except   []string
	match    *regexp.Regexp // nil where any value does
}

// Compile makes the mappings ready, or returns every fault in them, in the
// words of the configuration.
func Compile(mappings []Mapping) ([]Pick, []error) {
	picks := make([]Pick, 0, len(mappings))
	var faults []error
	for i, m := range mappings {
		pick, err := m.compile()
		if err != nil {
			faults = append(faults, fmt.Errorf("map[%d]: %w", i, err))
			continue
		}
		picks = append(picks, pick)
	}
	return picks, faults
}

func (m Mapping) compile() (Pick, error) {
	switch {
	case m.To == "":
		return Pick{}, fmt.Errorf("to is missing: write the hub's attribute, for example %s", identity.AttrDepartment)
	case m.From == "":
		return Pick{}, fmt.Errorf("from is missing: write the source's name for %s", m.To)
	}
	p := Pick{To: identity.CanonicalAttribute(m.To), From: m.From, except: m.Except}
	if m.Match == "" {
		return p, nil
	}
	match, err := regexp.Compile(m.Match)
	if err != nil {
		return Pick{}, fmt.Errorf("match of %s: %w", m.To, err)
	}
	if match.NumSubexp() > 1 {
		return Pick{}, fmt.Errorf("match of %s has %d capturing groups: one at most can become the value; write (?:…) for the others", m.To, match.NumSubexp())
	}
	p.match = match
	return p, nil
}

// Values returns those of the source's values that the mapping keeps, in the
// form that the hub expects of the attribute. It fails on the first value that
// the attribute cannot have.
func (p Pick) Values(values []string) ([]string, error) {
	var out []string
	for _, v := range values {
		v, kept := p.keep(v)
		if !kept {
			continue
		}
		v, err := Normalise(p.To, v)
		if err != nil {
			return nil, err
		}
		if v != "" {
			out = append(out, v)
		}
	}
	return out, nil
}

func (p Pick) keep(v string) (string, bool) {
	for _, unwanted := range p.except {
		if strings.EqualFold(v, unwanted) {
			return "", false
		}
	}
	if p.match == nil {
		return v, true
	}
	found := p.match.FindStringSubmatch(v)
	if found == nil {
		return "", false
	}
	if len(found) == 2 {
		return found[1], true
	}
	return v, true
}

package ldap

import (
	"strings"

	"birthright/internal/ldapwire"
)

// slots numbers the attributes that are asked for, so that an entry's values
// are sorted into a small array instead of a map.
type slots struct {
	request []string       // what to ask for, by number
	byName  map[string]int // lower case → number
}

func newSlots() *slots { return &slots{byName: map[string]int{}} }

// of returns the number of the attribute, a new one where it has none.
func (s *slots) of(name string) int {
	folded := strings.ToLower(name)
	i, ok := s.byName[folded]
	if !ok {
		i = len(s.request)
		s.request = append(s.request, name)
		s.byName[folded] = i
	}
	return i
}

// row is one entry's values by slot; they live as long as the entry.
type row struct {
	slots  *slots
	values [][][]byte
	ranged []ranged // attributes of which the server sent a part
	// spelled caches the server's spellings, so that a name is folded once; -1
	// is for what nobody asked for.
	spelled map[string]int
}

// maxSpellings bounds the cache against a server that makes names up.
const maxSpellings = 1000

func (s *slots) newRow() *row {
	return &row{slots: s, spelled: map[string]int{}, values: make([][][]byte, len(s.request))}
}

// fill sorts an entry's attributes into the row. Names with options that were
// not asked for (cn;lang-en when cn was) are other attributes, but for ranges.
func (r *row) fill(e *ldapwire.Entry) {
	clear(r.values)
	r.ranged = r.ranged[:0]
	for _, a := range e.Attributes {
		i, known := r.spelled[string(a.Name)]
		if !known {
			i = r.learn(a)
		}
		if i >= 0 && len(a.Values) > 0 {
			r.values[i] = a.Values
		}
	}
}

// learn finds the slot of a spelling met for the first time. A range is never
// cached: its numbers differ from entry to entry.
func (r *row) learn(a ldapwire.Attribute) int {
	folded := strings.ToLower(string(a.Name))
	if part, ok := parseRange(folded); ok {
		if slot, asked := r.slots.byName[part.name]; asked {
			part.slot, part.values = slot, a.Values
			r.ranged = append(r.ranged, part)
			return -1
		}
	}
	i, asked := r.slots.byName[folded]
	if !asked {
		i = -1
	}
	if len(r.spelled) < maxSpellings {
		r.spelled[string(a.Name)] = i
	}
	return i
}

// first returns the first value in a slot, nil where there is none.
func (r *row) first(slot int) []byte {
	if v := r.values[slot]; len(v) > 0 {
		return v[0]
	}
	return nil
}

package ldapapp

import (
	"strings"
)

// unitClasses are what entries above others are, by what names them.
var unitClasses = map[string]string{"dc": "domain", "ou": "organizationalUnit", "o": "organization"}

// Ensure makes entries that hold others, with all that is above them, where they
// are not there.
func (s *Server) Ensure(names ...string) error {
	for _, dn := range names {
		if r := s.tree.ensure(dn); r != nil {
			return r
		}
	}
	return nil
}

// Add puts an entry in, with all that is above it, unless it is there.
func (s *Server) Add(dn string, attributes map[string][]string) error {
	var attrs []newAttr
	for name, values := range attributes {
		attrs = append(attrs, newAttr{name, values})
	}
	if r := s.tree.ensureAbove(dn); r != nil {
		return r
	}
	if r := s.tree.add(dn, attrs); r != nil && r.code != entryAlreadyExists {
		return r
	}
	s.tree.changed()
	return nil
}

// Changes counts what was changed so far.
func (s *Server) Changes() int {
	s.tree.mu.RLock()
	defer s.tree.mu.RUnlock()
	return s.tree.changes
}

func (t *tree) changed() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.changes++
}

// ensureAbove makes what is above an entry.
func (t *tree) ensureAbove(dn string) *refusal {
	parts, ok := parseDN(dn)
	if !ok || len(parts) < 2 || t.suffixes[keyOf(parts)] {
		return nil // the addition itself says what is wrong
	}
	return t.ensure(textOf(parts[1:]))
}

func (t *tree) ensure(dn string) *refusal {
	parts, ok := parseDN(dn)
	if !ok || len(parts) == 0 || t.has(dn) {
		return nil
	}
	if r := t.ensureAbove(dn); r != nil {
		return r
	}
	first := parts[0].parts[0]
	class := unitClasses[strings.ToLower(first.attr)]
	if class == "" {
		class = "container"
	}
	r := t.add(dn, []newAttr{{"objectClass", []string{class}}, {first.attr, []string{first.value}}})
	t.changed()
	return r
}

func (t *tree) has(dn string) bool {
	t.mu.RLock()
	defer t.mu.RUnlock()
	e, _, _ := t.find(dn)
	return e != nil
}

package ldapapp

import (
	"fmt"
	"slices"
	"strings"
)

// Record is an entry as it is kept from one server to the next.
type Record struct {
	DN         string              `json:"dn"`
	UUID       string              `json:"uuid"`
	RID        int                 `json:"rid,omitempty"`
	Password   bool                `json:"password,omitempty"` // whether it has one
	Attributes map[string][]string `json:"attributes"`
}

// Records returns everything, parents before children.
func (s *Server) Records() []Record {
	s.tree.mu.RLock()
	defer s.tree.mu.RUnlock()
	var out []Record
	for _, root := range s.tree.roots {
		walk(root, func(e *entry) {
			out = append(out, Record{DN: e.dn(), UUID: e.uuid, RID: e.rid, Password: e.password, Attributes: e.inspect().Attributes})
		})
	}
	return out
}

// Restore puts records into an empty server.
func (s *Server) Restore(records []Record) error {
	s.tree.mu.Lock()
	defer s.tree.mu.Unlock()
	for _, r := range records {
		if err := s.tree.restore(r); err != nil {
			return fmt.Errorf("%s: %w", r.DN, err)
		}
	}
	return nil
}

func (t *tree) restore(r Record) error {
	parts, ok := parseDN(r.DN)
	if !ok || len(parts) == 0 {
		return refuse(invalidDNSyntax, "it is not a distinguished name")
	}
	parent, fault := t.parentFor(parts)
	if fault != nil {
		return fault
	}
	e := &entry{rdn: parts[0], parent: parent, attrs: map[string]*attribute{}, domain: t.domain != nil, uuid: r.UUID, rid: r.RID, password: r.Password}
	if parent == nil {
		e.rdn.text = textOf(parts)
	}
	for name, values := range r.Attributes {
		a := newAttribute(name)
		for _, v := range values {
			a.add(v)
		}
		e.put(attrKey(name), a)
	}
	slices.Sort(e.order)
	n := 0
	if _, err := fmt.Sscanf(r.UUID[strings.LastIndexByte(r.UUID, '-')+1:], "%x", &n); err != nil {
		return fmt.Errorf("its uuid %q: %w", r.UUID, err)
	}
	t.lastID, t.lastRID = max(t.lastID, n), max(t.lastRID, r.RID)
	t.plant(e, parts)
	return nil
}

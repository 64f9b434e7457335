package ldapsim

import (
	"strings"
	"time"

	"birthright/identity"
	"birthright/internal/ldapapp"
	"birthright/internal/ldaptarget"
	"birthright/internal/sim"

	goldap "github.com/go-ldap/ldap/v3"
)

// between is how often, at most, what is held is written down while changes come.
const between = 2 * time.Second

// load restores what an earlier run kept.
func (s *Simulator) load() error {
	var records []ldapapp.Record
	if err := sim.Load(s.from.File, &records); err != nil || records == nil {
		return err
	}
	if err := s.server.Restore(records); err != nil {
		return &identity.Error{Kind: identity.Invalid, Op: "read simulated directory", Object: s.from.File, Err: err,
			Hint: "delete the file to begin anew"}
	}
	return nil
}

// Keep writes down what is held, unless that was done a moment ago.
func (s *Simulator) Keep() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if now := s.now(); now.Sub(s.saved) >= between {
		s.saved = now
		return s.save()
	}
	return nil
}

// Close keeps what is held for the next run.
func (s *Simulator) Close() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.save()
}

// save writes what is held, if something changed.
func (s *Simulator) save() error {
	changes := s.server.Changes()
	if s.from.File == "" || !s.begun || changes == s.changes {
		return nil
	}
	if err := sim.Save(s.from.File, s.server.Records()); err != nil {
		return err
	}
	s.changes = changes
	return nil
}

// suffix returns the part of a DN that is the top of its tree: the domain
// components, or else the last part.
func suffix(dn string) string {
	parsed, err := goldap.ParseDN(dn)
	if err != nil || len(parsed.RDNs) == 0 {
		return dn
	}
	from := len(parsed.RDNs) - 1
	for from > 0 && domainPart(parsed.RDNs[from]) && domainPart(parsed.RDNs[from-1]) {
		from--
	}
	for range from {
		dn = ldaptarget.Parent(dn)
	}
	return dn
}

func domainPart(rdn *goldap.RelativeDN) bool { return strings.EqualFold(rdn.Attributes[0].Type, "dc") }

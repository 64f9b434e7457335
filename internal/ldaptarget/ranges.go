package ldaptarget

import (
	"errors"
	"fmt"
	"strconv"
	"strings"

	"birthright/identity"

	goldap "github.com/go-ldap/ldap/v3"
)

// gather completes the values that a server hands out in parts
// (member;range=0-1499): a part must never be taken for all.
func (s *Session) gather(e *goldap.Entry) error {
	for _, a := range e.Attributes {
		name, part, ok := parsePart(a.Name)
		if !ok {
			continue
		}
		if part.from != 0 {
			return s.missing(e.DN, name, a.Name)
		}
		values, err := s.rest(e.DN, name, part)
		if err != nil {
			return err
		}
		s.merge(e, a, name, values)
	}
	return nil
}

// merge puts all values under the plain name, which a server may have sent too,
// without any.
func (s *Session) merge(e *goldap.Entry, a *goldap.EntryAttribute, name string, values []string) {
	a.Name, a.Values, a.ByteValues = name, append(a.Values, values...), nil
	kept := e.Attributes[:0]
	for _, other := range e.Attributes {
		if other == a || !strings.EqualFold(other.Name, name) || len(other.Values) > 0 {
			kept = append(kept, other)
		}
	}
	e.Attributes = kept
}

// rest reads the values behind a part, up to the last.
func (s *Session) rest(dn, name string, part part) ([]string, error) {
	var out []string
	for !part.last {
		if err := s.Ready(); err != nil {
			return nil, err
		}
		wanted := fmt.Sprintf("%s;range=%d-*", name, part.to+1)
		found, err := s.ask(goldap.NewSearchRequest(s.t.Layout.Ref(dn), goldap.ScopeBaseObject, goldap.NeverDerefAliases, 0, 0, false, "(objectClass=*)", []string{wanted}, s.t.Layout.Controls))
		if err != nil {
			return nil, s.cut(Search{What: name, Base: dn}, part.to+1, err)
		}
		next, values := partOf(found, name)
		if next.from != part.to+1 || !next.last && next.to < next.from {
			return nil, s.missing(dn, name, wanted)
		}
		out, part = append(out, values...), next
	}
	return out, nil
}

// missing is the error of values that are there and were not handed out.
func (s *Session) missing(dn, name, part string) error {
	return &identity.Error{Kind: identity.Incomplete, Op: s.t.Op("read " + name), Object: dn,
		Err: fmt.Errorf("values are missing: %s", part), Hint: "read again: it may have changed meanwhile"}
}

// partOf returns the part of an attribute that an answer holds.
func partOf(found *goldap.SearchResult, name string) (part, []string) {
	for _, e := range found.Entries {
		for _, a := range e.Attributes {
			if n, p, ok := parsePart(a.Name); ok && strings.EqualFold(n, name) {
				return p, a.Values
			}
		}
	}
	return part{from: -1}, nil
}

// part is which of its values an attribute has in an answer.
type part struct {
	from, to int
	last     bool
}

// parsePart reads NAME;range=FROM-TO, where TO is * in the last part.
func parsePart(attribute string) (name string, p part, ok bool) {
	const option = ";range="
	at := strings.LastIndexByte(attribute, ';')
	if at < 0 || len(attribute) < at+len(option) || !strings.EqualFold(attribute[at:at+len(option)], option) {
		return "", part{}, false
	}
	from, to, _ := strings.Cut(attribute[at+len(option):], "-")
	p.last = to == "*"
	var errs error
	read := func(text string) int {
		n, err := strconv.Atoi(text)
		errs = errors.Join(errs, err)
		return n
	}
	p.from = read(from)
	if !p.last {
		p.to = read(to)
	}
	if errs != nil || !p.last && p.to < p.from {
		p = part{from: -1, to: -2} // never what was asked for
	}
	return attribute[:at], p, true
}

package ldapapp

import (
	"bufio"
	"encoding/base64"
	"fmt"
	"io"
	"slices"
	"strings"
)

// Entry is an entry as inspected.
type Entry struct {
	DN         string
	UUID       string
	Attributes map[string][]string // by name as written
}

// Entries returns everything, parents before children, in order of creation.
func (s *Server) Entries() []Entry {
	s.tree.mu.RLock()
	defer s.tree.mu.RUnlock()
	var out []Entry
	for _, root := range s.tree.roots {
		walk(root, func(e *entry) { out = append(out, e.inspect()) })
	}
	return out
}

func (e *entry) inspect() Entry {
	out := Entry{DN: e.dn(), UUID: e.uuid, Attributes: map[string][]string{}}
	for _, a := range e.attrs {
		out.Attributes[a.name] = slices.Clone(a.values)
	}
	return out
}

// Values returns an attribute of an entry, sorted; nil where there is none.
func (s *Server) Values(dn, attribute string) []string {
	s.tree.mu.RLock()
	defer s.tree.mu.RUnlock()
	e, _, r := s.tree.find(dn)
	if r != nil {
		return nil
	}
	return slices.Sorted(slices.Values(e.values(attrKey(attribute))))
}

// Load adds the entries of an LDIF file (RFC 2849) without change records.
func (s *Server) Load(ldif io.Reader) error {
	in := bufio.NewScanner(ldif)
	in.Buffer(nil, 16<<20)
	var lines []string
	at, start := 0, 1
	flush := func() error {
		err := s.loadEntry(lines)
		if err != nil {
			err = fmt.Errorf("LDIF line %d: %w", start, err)
		}
		lines, start = nil, at+1
		return err
	}
	for in.Scan() {
		at++
		switch line := in.Text(); {
		case line == "":
			if err := flush(); err != nil {
				return err
			}
		case strings.HasPrefix(line, "#"):
		case line[0] == ' ' && len(lines) > 0:
			lines[len(lines)-1] += line[1:]
		default:
			lines = append(lines, line)
		}
	}
	if err := in.Err(); err != nil {
		return err
	}
	return flush()
}

func (s *Server) loadEntry(lines []string) error {
	var dn string
	var attrs []newAttr
	index := map[string]int{}
	for _, line := range lines {
		name, value, err := parseLine(line)
		switch {
		case err != nil:
			return err
		case name == "version" && dn == "":
		case name == "dn":
			dn = value
		default:
			key := attrKey(name)
			i, there := index[key]
			if !there {
				i = len(attrs)
				index[key] = i
				attrs = append(attrs, newAttr{name: name})
			}
			attrs[i].values = append(attrs[i].values, value)
		}
	}
	if dn == "" {
		return nil
	}
	if r := s.tree.add(dn, attrs); r != nil {
		return fmt.Errorf("%s: %w", dn, r)
	}
	return nil
}

func parseLine(line string) (name, value string, err error) {
	name, value, ok := strings.Cut(line, ":")
	if !ok || name == "" {
		return "", "", fmt.Errorf("%q is not NAME: VALUE", line)
	}
	if encoded, ok := strings.CutPrefix(value, ":"); ok {
		raw, err := base64.StdEncoding.DecodeString(strings.TrimSpace(encoded))
		return name, string(raw), err
	}
	return name, strings.TrimLeft(value, " "), nil
}

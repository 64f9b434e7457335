package ldap

import (
	"fmt"
	"strconv"
	"strings"

	"birthright/internal/ldapwire"
)

// Active Directory sends at most some 1,500 values of an attribute, under a name
// that says which ones: member;range=0-1499. The rest has to be asked for by
// name, until a range ends in a star.

// ranged is a part of an attribute's values.
type ranged struct {
	slot   int
	name   string // without the range, lower case
	next   int    // index of the first value that is missing
	last   bool   // nothing is missing
	values [][]byte
}

// parseRange reads a name with a range, in lower case.
func parseRange(name string) (ranged, bool) {
	base, span, ok := strings.Cut(name, ";range=")
	if !ok {
		return ranged{}, false
	}
	_, upper, ok := strings.Cut(span, "-")
	if !ok {
		return ranged{}, false
	}
	if upper == "*" {
		return ranged{name: base, last: true}, true
	}
	n, err := strconv.Atoi(upper)
	if err != nil || n < 0 {
		return ranged{}, false
	}
	return ranged{name: base, next: n + 1}, true
}

// follow reads the rest of the values of part, an attribute of the entry dn, and
// hands all of them to each, those of the part first.
func (r *reader) follow(dn string, part ranged, each func(values [][]byte) error) error {
	if err := each(part.values); err != nil {
		return err
	}
	for next, last := part.next, part.last; !last; {
		side, err := r.sideConn()
		if err != nil {
			return err
		}
		ask := ldapwire.Search{Base: dn, Scope: ldapwire.Base, Attributes: []string{fmt.Sprintf("%s;range=%d-*", part.name, next)}}
		var got ranged
		found := false
		err = side.Lookup([]ldapwire.Search{ask}, func(_ int, e *ldapwire.Entry) error {
			for _, a := range e.Attributes {
				if got, found = parseRange(strings.ToLower(string(a.Name))); found && got.name == part.name {
					return each(a.Values)
				}
			}
			return nil
		})
		if err != nil {
			return err
		}
		if !found || !got.last && got.next <= next {
			return fmt.Errorf("entry %q: the server does not send the values of %s from number %d on", dn, part.name, next)
		}
		next, last = got.next, got.last
	}
	return nil
}

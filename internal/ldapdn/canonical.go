package ldapdn

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"unicode/utf8"

	"golang.org/x/text/cases"
	"golang.org/x/text/unicode/norm"
)

// Canonical returns the canonical form of dn as a string. What is no DN stays
// as it is: it equals itself and nothing else.
func Canonical(dn string) string {
	form, err := Append(nil, []byte(dn))
	if err != nil {
		return dn
	}
	return string(form)
}

// Append appends the canonical form of a distinguished name (RFC 4514) to dst:
// two names of one entry give the same bytes, however they were written. Letter
// case, spaces around and runs of spaces within values, the way a character is
// escaped, the order within a multi-valued RDN and long spellings of attribute
// types do not count. Each part ends with a comma, the last one too, so that a
// form that ends with another one lies below it. The form serves comparison
// alone.
func Append(dst, dn []byte) ([]byte, error) {
	p := dnParser{in: dn, out: dst}
	p.skipSpaces()
	for !p.end() {
		if err := p.rdn(); err != nil {
			return dst, fmt.Errorf("not a distinguished name: %w", err)
		}
	}
	return p.out, nil
}

// dnParser reads in and writes out in one pass.
type dnParser struct {
	in  []byte
	at  int
	out []byte
}

func (p *dnParser) end() bool { return p.at >= len(p.in) }

func (p *dnParser) skipSpaces() {
	for !p.end() && p.in[p.at] == ' ' {
		p.at++
	}
}

// rdn reads one relative name with the separator behind it and writes it with a
// comma behind it.
func (p *dnParser) rdn() error {
	start := len(p.out)
	var starts []int // of each part, once there are several
	for {
		part := len(p.out)
		if err := p.attribute(); err != nil {
			return err
		}
		more := !p.end() && p.in[p.at] == '+'
		if more || starts != nil {
			starts = append(starts, part)
		}
		if !more {
			break
		}
		p.at++
		p.out = append(p.out, '+')
	}
	if starts != nil {
		p.sortParts(start)
	}
	p.out = append(p.out, ',')
	if p.end() {
		return nil
	}
	p.at++ // , or ;
	p.skipSpaces()
	if p.end() {
		return errors.New("nothing follows the last comma")
	}
	return nil
}

// sortParts orders the parts of a multi-valued RDN that begins at start. A plus
// within a value is escaped, so the bare ones separate.
func (p *dnParser) sortParts(start int) {
	var parts [][]byte
	rest := bytes.Clone(p.out[start:])
	from := 0
	for i := 0; i < len(rest); i++ {
		switch rest[i] {
		case '\\':
			i++
		case '+':
			parts = append(parts, rest[from:i])
			from = i + 1
		}
	}
	parts = append(parts, rest[from:])
	slices.SortFunc(parts, bytes.Compare)
	p.out = append(p.out[:start], bytes.Join(parts, []byte("+"))...)
}

// attribute reads TYPE = VALUE up to the separator.
func (p *dnParser) attribute() error {
	p.skipSpaces()
	n := bytes.IndexByte(p.in[p.at:], '=')
	if n < 0 {
		return fmt.Errorf("no = after %q", p.in[p.at:])
	}
	name := bytes.TrimRight(p.in[p.at:p.at+n], " ")
	if !isAttributeType(name) {
		return fmt.Errorf("%q is no attribute type", name)
	}
	p.out = appendType(p.out, name)
	p.out = append(p.out, '=')
	p.at += n + 1
	p.skipSpaces()
	return p.value()
}

func isAttributeType(name []byte) bool {
	for _, c := range name {
		letter := c|0x20 >= 'a' && c|0x20 <= 'z'
		if !letter && !(c >= '0' && c <= '9') && c != '-' && c != '.' && c != '_' {
			return false
		}
	}
	return len(name) > 0
}

// longTypes are other spellings of the types that names are usually made of.
var longTypes = map[string]string{
	"commonname": "cn", "surname": "sn", "countryname": "c", "localityname": "l", "stateorprovincename": "st",
	"organizationname": "o", "organizationalunitname": "ou", "domaincomponent": "dc", "userid": "uid",
	"2.5.4.3": "cn", "2.5.4.4": "sn", "2.5.4.6": "c", "2.5.4.7": "l", "2.5.4.8": "st", "2.5.4.10": "o", "2.5.4.11": "ou",
	"0.9.2342.19200300.100.1.25": "dc", "0.9.2342.19200300.100.1.1": "uid",
}

func appendType(dst, name []byte) []byte {
	start := len(dst)
	for _, c := range name {
		if c >= 'A' && c <= 'Z' {
			c |= 0x20
		}
		dst = append(dst, c)
	}
	if len(name) > 4 {
		if short, ok := longTypes[string(bytes.TrimPrefix(dst[start:], []byte("oid.")))]; ok {
			dst = append(dst[:start], short...)
		}
	}
	return dst
}

// value reads up to an unescaped separator.
func (p *dnParser) value() error {
	start := len(p.out)
	quoted, wide := false, false
	if !p.end() && p.in[p.at] == '"' {
		quoted = true
		p.at++
	}
	for !p.end() {
		c := p.in[p.at]
		switch {
		case quoted && c == '"':
			p.at++
			p.skipSpaces()
			if !p.end() && !isSeparator(p.in[p.at]) {
				return errors.New("text follows a quoted value")
			}
			p.finish(start, wide)
			return nil
		case !quoted && isSeparator(c):
			p.finish(start, wide)
			return nil
		case c == '\\':
			unescaped, n, err := unescape(p.in[p.at:])
			if err != nil {
				return err
			}
			p.at += n
			wide = wide || unescaped >= utf8.RuneSelf
			p.out = appendValueByte(p.out, start, unescaped, true)
		default:
			p.at++
			wide = wide || c >= utf8.RuneSelf
			p.out = appendValueByte(p.out, start, c, quoted)
		}
	}
	if quoted {
		return errors.New("a quoted value does not end")
	}
	p.finish(start, wide)
	return nil
}

func isSeparator(c byte) bool { return c == ',' || c == '+' || c == ';' }

// unescape reads the escape that begins b and returns its byte and length.
func unescape(b []byte) (c byte, n int, err error) {
	if len(b) < 2 {
		return 0, 0, errors.New("nothing follows the last backslash")
	}
	if len(b) >= 3 {
		high, ok1 := hexDigit(b[1])
		low, ok2 := hexDigit(b[2])
		if ok1 && ok2 {
			return high<<4 | low, 3, nil
		}
	}
	return b[1], 2, nil
}

func hexDigit(c byte) (byte, bool) {
	switch {
	case c >= '0' && c <= '9':
		return c - '0', true
	case c|0x20 >= 'a' && c|0x20 <= 'f':
		return c | 0x20 - 'a' + 10, true
	}
	return 0, false
}

// appendValueByte writes one byte of the value that begins at start: lower case,
// runs of spaces as one, and what could be taken for syntax behind a backslash.
// A # that was written bare in front means that the value is given in hex.
func appendValueByte(dst []byte, start int, c byte, escaped bool) []byte {
	switch {
	case c == ' ':
		if len(dst) == start || dst[len(dst)-1] == ' ' {
			return dst
		}
	case c >= 'A' && c <= 'Z':
		c |= 0x20
	case isSeparator(c), c == '\\', c == '=', c == '"', c == '#' && escaped && len(dst) == start:
		dst = append(dst, '\\')
	}
	return append(dst, c)
}

// finish completes the value that begins at start. Letters beyond ASCII are
// folded as LDAP's matching rules do (RFC 4518: NFKC and case folding).
func (p *dnParser) finish(start int, wide bool) {
	if n := len(p.out); n > start && p.out[n-1] == ' ' {
		p.out = p.out[:n-1]
	}
	if wide && utf8.Valid(p.out[start:]) {
		folded := norm.NFKC.Bytes(cases.Fold().Bytes(norm.NFKC.Bytes(p.out[start:])))
		p.out = append(p.out[:start], folded...)
	}
}

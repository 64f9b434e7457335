package filter

import (
	"encoding/json"
	"fmt"
	"strings"
)

func (p *parser) errorf(format string, args ...any) error {
	return &Error{p.pos, fmt.Sprintf(format, args...)}
}

// skip moves past blanks.
func (p *parser) skip() {
	for p.pos < len(p.text) && isBlank(p.text[p.pos]) {
		p.pos++
	}
}

// peek returns the next byte, 0 at the end.
func (p *parser) peek() byte {
	if p.pos < len(p.text) {
		return p.text[p.pos]
	}
	return 0
}

// name reads the longest run of bytes that may stand in a qualified name.
func (p *parser) name() string {
	start := p.pos
	for p.pos < len(p.text) && isNameByte(p.text[p.pos]) {
		p.pos++
	}
	return p.text[start:p.pos]
}

// word reads the given word, in any letter case, if it is next.
func (p *parser) word(word string) bool {
	p.skip()
	start := p.pos
	if strings.EqualFold(p.name(), word) {
		return true
	}
	p.pos = start
	return false
}

// value reads a JSON scalar. The words true, false and null may be capitalised:
// clients do that.
func (p *parser) value() (any, error) {
	p.skip()
	if p.peek() == '"' {
		return p.quoted()
	}
	start := p.pos
	for p.pos < len(p.text) && (isNameByte(p.text[p.pos]) || p.text[p.pos] == '+') {
		p.pos++
	}
	text := p.text[start:p.pos]
	switch strings.ToLower(text) {
	case "true":
		return true, nil
	case "false":
		return false, nil
	case "null":
		return nil, nil
	}
	if text != "" && (text[0] == '-' || isDigit(text[0])) && json.Valid([]byte(text)) {
		return json.Number(text), nil
	}
	p.pos = start
	return nil, p.errorf("expected a value: a string in double quotes, a number, true, false or null")
}

// quoted reads a JSON string.
func (p *parser) quoted() (any, error) {
	start := p.pos
	for i := start + 1; i < len(p.text); i++ {
		switch p.text[i] {
		case '\\':
			i++ // whatever follows does not end the string
		case '"':
			var value string
			if json.Unmarshal([]byte(p.text[start:i+1]), &value) != nil || strings.ContainsRune(value, 0) {
				return nil, p.errorf("the string is not valid JSON")
			}
			p.pos = i + 1
			return value, nil
		}
	}
	return nil, p.errorf("the string has no end")
}

// splitName takes a qualified name apart: everything up to the last colon is
// the schema; a URI that does not end like an attribute's name is a schema as a
// whole.
func splitName(name string) (Path, bool) {
	schema, attr := "", name
	if i := strings.LastIndexByte(name, ':'); i >= 0 {
		schema, attr = name[:i], name[i+1:]
		if schema == "" || attr == "" {
			return Path{}, false
		}
	}
	attr, sub, dotted := strings.Cut(attr, ".")
	if isName(attr) && (!dotted || isName(sub)) {
		return Path{Schema: schema, Attr: attr, Sub: sub}, true
	}
	return Path{Schema: name}, schema != ""
}

// isName follows the ABNF of RFC 7643 section 2.1, with "$" for $ref.
func isName(s string) bool {
	if s == "" || !isLetter(s[0]) && s[0] != '$' {
		return false
	}
	return !strings.ContainsAny(s, ".:/")
}

func isNameByte(c byte) bool {
	return isLetter(c) || isDigit(c) || strings.IndexByte("-_.:$/", c) >= 0
}

func isLetter(c byte) bool { return 'a' <= c|0x20 && c|0x20 <= 'z' }
func isDigit(c byte) bool  { return '0' <= c && c <= '9' }
func isBlank(c byte) bool  { return c == ' ' || c == '\t' || c == '\r' || c == '\n' }

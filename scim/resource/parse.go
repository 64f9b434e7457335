package resource

import (
	"bytes"
	"encoding/json"
	"strings"
	"unicode/utf8"

	"birthright/scim/fault"
)

// parser reads JSON that is known to be valid, in one pass and without a look at
// what cannot be. Texts are copies: what is kept of a body does not keep all of it.
type parser struct {
	rest []byte
	// strict refuses what encoding/json would let pass: see ReadObject.
	strict bool
}

// Parse reads JSON that was written down once.
func Parse(data []byte) (any, error) {
	if !plainJSON(data) {
		var v any
		d := json.NewDecoder(bytes.NewReader(data))
		d.UseNumber()
		return v, d.Decode(&v)
	}
	p := parser{rest: data}
	return p.value(0)
}

// plainJSON reports whether a parser reads data as encoding/json would.
func plainJSON(data []byte) bool { return utf8.Valid(data) && json.Valid(data) }

// next skips white space and returns the byte that follows.
func (p *parser) next() byte {
	for i, c := range p.rest {
		if c != ' ' && c != '\n' && c != '\t' && c != '\r' {
			p.rest = p.rest[i:]
			return c
		}
	}
	return 0
}

func (p *parser) skip() { p.rest = p.rest[1:] }

func (p *parser) value(depth int) (any, error) {
	if p.strict && depth > maxNesting {
		return nil, fault.InvalidSyntax("The body is nested more than %d deep.", maxNesting)
	}
	switch p.next() {
	case '{':
		return p.object(depth)
	case '[':
		return p.array(depth)
	case '"':
		s := p.text()
		return s, p.check(s)
	}
	word := p.word()
	switch word {
	case "true":
		return true, nil
	case "false":
		return false, nil
	case "null":
		return nil, nil
	}
	return json.Number(word), nil
}

func (p *parser) object(depth int) (any, error) {
	object := map[string]any{}
	var seen names
	for p.skip(); p.next() != '}'; p.comma() {
		name := p.text()
		if err := p.check(name); err != nil {
			return nil, err
		}
		if p.strict && seen.twice(name) {
			return nil, fault.InvalidSyntax("The attribute %q is given twice.", name)
		}
		p.next()
		p.skip() // the colon
		value, err := p.value(depth + 1)
		if err != nil {
			return nil, err
		}
		object[name] = value
	}
	p.skip()
	return object, nil
}

func (p *parser) array(depth int) (any, error) {
	array := []any{}
	for p.skip(); p.next() != ']'; p.comma() {
		value, err := p.value(depth + 1)
		if err != nil {
			return nil, err
		}
		array = append(array, value)
	}
	p.skip()
	return array, nil
}

// comma goes past one, where one is.
func (p *parser) comma() {
	if p.next() == ',' {
		p.skip()
	}
}

// text reads a text, which begins here.
func (p *parser) text() string {
	end := 1 + bytes.IndexByte(p.rest[1:], '"')
	if bytes.IndexByte(p.rest[1:end], '\\') < 0 {
		s := string(p.rest[1:end])
		p.rest = p.rest[end+1:]
		return s
	}
	for end = 1; p.rest[end] != '"'; end++ {
		if p.rest[end] == '\\' {
			end++
		}
	}
	var s string
	_ = json.Unmarshal(p.rest[:end+1], &s) // it is valid
	p.rest = p.rest[end+1:]
	return s
}

// word reads a number, true, false or null.
func (p *parser) word() string {
	end := bytes.IndexAny(p.rest, " \n\t\r,]}")
	if end < 0 {
		end = len(p.rest)
	}
	word := string(p.rest[:end])
	p.rest = p.rest[end:]
	return word
}

func (p *parser) check(s string) error {
	if p.strict {
		return checkText(s)
	}
	return nil
}

// names are those of one object so far.
type names struct {
	few    []string
	folded map[string]bool // instead, of many or unusual ones
}

// fewNames is up to how many are compared one by one.
const fewNames = 24

// twice adds a name and reports whether it was there, in any letter case.
func (n *names) twice(name string) bool {
	if n.folded == nil && len(n.few) < fewNames && isASCII(name) {
		for _, other := range n.few {
			if len(other) == len(name) && strings.EqualFold(other, name) {
				return true
			}
		}
		n.few = append(n.few, name)
		return false
	}
	if n.folded == nil {
		n.folded = map[string]bool{}
		for _, other := range n.few {
			n.folded[fold(other)] = true
		}
	}
	key := fold(name)
	there := n.folded[key]
	n.folded[key] = true
	return there
}

func isASCII(s string) bool {
	for i := range len(s) {
		if s[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

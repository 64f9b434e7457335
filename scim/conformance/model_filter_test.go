package conformance

import (
	"encoding/json"
	"slices"
	"strings"
	"time"
)

// place is where a name of an attribute leads: an extension ("" for none), an
// attribute of it (nil for all of the extension), a part of it (nil for none).
type place struct {
	urn  string
	attr *modelAttribute
	part *modelAttribute
}

// locate resolves a name such as name.givenName or urn:…:User:manager.value.
func (t *modelType) locate(name string) (place, bool) {
	if x := t.extension(name); x != nil {
		return place{urn: x.urn}, true
	}
	urn, rest, qualified := cutLast(name, ":")
	if !qualified {
		urn, rest = "", name
	}
	// A version number in a URN has a dot: only what follows the last colon is a name.
	attr, part, dotted := strings.Cut(rest, ".")
	definitions, in := t.definitions(), ""
	if x := t.extension(urn); x != nil {
		definitions, in = x.attributes, x.urn
	} else if qualified && !strings.EqualFold(urn, t.core.urn) {
		return place{}, false
	}
	p := place{urn: in, attr: find(definitions, attr)}
	if p.attr != nil && dotted {
		p.part = find(p.attr.parts, part)
	}
	return p, p.attr != nil && (!dotted || p.part != nil)
}

// values reads what is at a place.
func (p place) values(doc map[string]any) []any {
	if p.urn != "" {
		doc, _ = doc[p.urn].(map[string]any)
	}
	values := elements(doc[p.attr.name])
	if p.part == nil {
		return values
	}
	var out []any
	for _, v := range values {
		object, _ := v.(map[string]any)
		out = append(out, elements(object[p.part.name])...)
	}
	return out
}

func elements(v any) []any {
	switch v := v.(type) {
	case nil:
		return nil
	case []any:
		return v
	}
	return []any{v}
}

// test tells whether a document, or one value of a list, passes.
type test func(map[string]any) bool

// filterParser is a recursive descent over a filter.
type filterParser struct {
	text  string
	depth int
	// leaf makes the test of one comparison; nil values stand for "pr".
	leaf func(name, op string, value any) (test, error)
	// path makes the test of name[filter], nil inside of brackets.
	path func(name string, inner *filterParser) (test, error)
}

func badFilter(format string, args ...any) error {
	return refuse(400, "invalidFilter", format, args...)
}

// compile reads a filter for a type; a nil type is that of the resource it meets.
func compile(text string, kind *modelType) (test, error) {
	if len(text) > 8192 {
		return nil, badFilter("it is too long")
	}
	p := &filterParser{text: text}
	p.leaf = func(name, op string, value any) (test, error) {
		at, ok := kind.locate(name)
		if !ok || at.attr == nil {
			return nil, badFilter("there is no attribute %s", name)
		}
		return comparison(at, op, value)
	}
	p.path = func(name string, outer *filterParser) (test, error) {
		at, ok := kind.locate(name)
		if !ok || at.attr == nil || at.part != nil {
			return nil, badFilter("there is no list %s", name)
		}
		inner, err := outer.inside(at.attr)
		return func(doc map[string]any) bool {
			return slices.ContainsFunc(at.values(doc), func(v any) bool { object, _ := v.(map[string]any); return inner(object) })
		}, err
	}
	return p.whole()
}

// inside reads the filter in brackets that comes next, over the parts of a.
func (p *filterParser) inside(a *modelAttribute) (test, error) {
	inner := &filterParser{text: p.text, depth: p.depth}
	inner.leaf = func(name, op string, value any) (test, error) {
		part := find(a.parts, name)
		if part == nil {
			return nil, badFilter("%s has no part %s", a.name, name)
		}
		return comparison(place{attr: part}, op, value)
	}
	t, err := inner.or()
	if err == nil && !inner.next("]") {
		err = badFilter("a bracket is not closed")
	}
	p.text = inner.text
	return t, err
}

func (p *filterParser) whole() (test, error) {
	t, err := p.or()
	if err == nil && strings.TrimSpace(p.text) != "" {
		err = badFilter("there is more: %s", p.text)
	}
	return t, err
}

// next takes a sign if it comes next.
func (p *filterParser) next(sign string) bool {
	rest, ok := strings.CutPrefix(strings.TrimLeft(p.text, " "), sign)
	if ok {
		p.text = rest
	}
	return ok
}

// word takes a word if it comes next.
func (p *filterParser) word(word string) bool {
	rest := strings.TrimLeft(p.text, " ")
	if len(rest) < len(word) || !strings.EqualFold(rest[:len(word)], word) || len(rest) > len(word) && !strings.ContainsRune(" (", rune(rest[len(word)])) {
		return false
	}
	p.text = rest[len(word):]
	return true
}

func (p *filterParser) or() (test, error) {
	return p.join("or", p.and, func(a, b test) test { return func(d map[string]any) bool { return a(d) || b(d) } })
}

func (p *filterParser) and() (test, error) {
	return p.join("and", p.term, func(a, b test) test { return func(d map[string]any) bool { return a(d) && b(d) } })
}

func (p *filterParser) join(word string, one func() (test, error), both func(a, b test) test) (test, error) {
	left, err := one()
	for err == nil && p.word(word) {
		var right test
		if right, err = one(); err == nil {
			left = both(left, right)
		}
	}
	return left, err
}

func (p *filterParser) term() (test, error) {
	if p.depth++; p.depth > 40 {
		return nil, badFilter("it is nested too deeply")
	}
	defer func() { p.depth-- }()
	negated := p.word("not")
	if p.next("(") {
		t, err := p.or()
		if err == nil && !p.next(")") {
			err = badFilter("a parenthesis is not closed")
		}
		if negated {
			return func(d map[string]any) bool { return !t(d) }, err
		}
		return t, err
	}
	if negated {
		return nil, badFilter("not needs parentheses")
	}
	return p.comparison()
}

const nameBytes = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789:._-$"

// name takes the name that comes next.
func (p *filterParser) name() (string, bool) {
	p.text = strings.TrimLeft(p.text, " ")
	rest := strings.TrimLeft(p.text, nameBytes)
	name := p.text[:len(p.text)-len(rest)]
	p.text = rest
	_, last, _ := cutLast(":"+name, ":")
	return name, name != "" && !strings.HasSuffix(name, ".") && !strings.HasPrefix(last, ".") && (last[0]|0x20 >= 'a' || last[0] == '$')
}

func (p *filterParser) comparison() (test, error) {
	name, ok := p.name()
	if !ok {
		return nil, badFilter("a name is missing")
	}
	if strings.HasPrefix(p.text, "[") {
		if p.text = p.text[1:]; p.path == nil {
			return nil, badFilter("brackets in brackets")
		}
		return p.path(name, p)
	}
	op, _, _ := strings.Cut(strings.TrimLeft(p.text, " "), " ")
	op = strings.ToLower(strings.TrimRight(op, ")]"))
	if !slices.Contains(strings.Fields("eq ne co sw ew gt ge lt le pr"), op) {
		return nil, badFilter("%s is no operator", op)
	}
	p.text = strings.TrimLeft(p.text, " ")[len(op):]
	if op == "pr" {
		return p.leaf(name, op, nil)
	}
	d := json.NewDecoder(strings.NewReader(p.text))
	d.UseNumber()
	var value any
	if err := d.Decode(&value); err != nil || strings.HasPrefix(strings.TrimLeft(p.text, " "), "{") || strings.HasPrefix(strings.TrimLeft(p.text, " "), "[") {
		return nil, badFilter("a value is missing")
	}
	p.text = p.text[d.InputOffset():]
	if value == nil {
		value = json.Number("null")
	}
	return p.leaf(name, op, value)
}

// comparison makes the test of one comparison.
func comparison(at place, op string, value any) (test, error) {
	a := at.attr
	if at.part != nil {
		a = at.part
	}
	if a.kind == "complex" && op != "pr" {
		if at.part = find(a.parts, "value"); at.part == nil {
			return nil, badFilter("%s has parts", a.name)
		}
		a = at.part
	}
	if a.returned == "never" || strings.Contains("gt ge lt le", op) && (a.kind == "boolean" || a.kind == "binary") {
		return nil, badFilter("%s cannot be compared by %s", a.name, op)
	}
	compare, err := a.comparer(op, value)
	if err != nil {
		return nil, err
	}
	return func(doc map[string]any) bool {
		values := at.values(doc)
		switch op {
		case "pr":
			return len(values) > 0
		case "ne":
			return !slices.ContainsFunc(values, compare)
		}
		return slices.ContainsFunc(values, compare)
	}, nil
}

// comparer compares one value with the one in the filter; ne is the opposite of
// what it makes.
func (a *modelAttribute) comparer(op string, value any) (func(any) bool, error) {
	if op == "pr" {
		return func(any) bool { return true }, nil
	}
	text, isText := value.(string)
	if a.kind == "boolean" {
		if _, ok := value.(bool); !ok {
			return nil, badFilter("%s is true or false", a.name)
		}
		return func(v any) bool { return v == value }, nil
	}
	if !isText {
		return func(any) bool { return false }, nil
	}
	fold := a.fold
	if a.kind == "dateTime" {
		if _, err := time.Parse(time.RFC3339Nano, text); err != nil {
			return nil, badFilter("%s is a time", a.name)
		}
		fold = func(s string) string {
			t, _ := time.Parse(time.RFC3339Nano, s)
			return t.UTC().Format("2006-01-02T15:04:05.000000000")
		}
	}
	want := fold(text)
	return func(v any) bool {
		got, ok := v.(string)
		if got = fold(got); !ok {
			return false
		}
		return map[string]bool{
			"eq": got == want, "ne": got == want, "co": strings.Contains(got, want), "sw": strings.HasPrefix(got, want), "ew": strings.HasSuffix(got, want),
			"gt": got > want, "ge": got >= want, "lt": got < want, "le": got <= want,
		}[op]
	}, nil
}

// fold is a text as it is compared.
func (a *modelAttribute) fold(s string) string {
	if a.exact || a.kind == "binary" || a.kind == "reference" {
		return s
	}
	return strings.ToLower(s)
}

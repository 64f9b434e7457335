package filter

import (
	"fmt"
	"strings"
)

// The limits. No identity provider comes near them; they keep the cost of a
// hostile filter small.
const (
	MaxLength = 8192 // bytes of a filter or path
	MaxDepth  = 32   // parentheses, brackets and negations inside each other
	MaxTerms  = 200  // comparisons
)

// Error says what is wrong with a filter or path, and where.
type Error struct {
	Offset int // byte of the text, from 0
	Text   string
}

// Error returns the text with the place, counted from 1 as people do.
func (e *Error) Error() string { return fmt.Sprintf("%s at character %d", e.Text, e.Offset+1) }

// Parse reads a filter.
func Parse(text string) (Expr, error) {
	p := parser{text: text}
	if err := p.checkLength(); err != nil {
		return nil, err
	}
	x, err := p.or(0)
	if err != nil {
		return nil, err
	}
	if p.skip(); p.pos < len(p.text) {
		return nil, p.errorf("expected \"and\", \"or\" or the end of the filter")
	}
	return x, nil
}

// ParsePath reads the path of a PATCH operation or the name of an attribute.
func ParsePath(text string) (Path, error) {
	p := parser{text: text}
	if err := p.checkLength(); err != nil {
		return Path{}, err
	}
	path, err := p.path(0)
	if err != nil {
		return Path{}, err
	}
	if p.skip(); p.pos < len(p.text) {
		return Path{}, p.errorf("expected the end of the path")
	}
	return path, nil
}

// parser is a recursive descent over text; each level of recursion costs depth.
type parser struct {
	text   string
	pos    int
	terms  int
	inside bool // a value filter: another one may not start
}

func (p *parser) checkLength() error {
	if len(p.text) > MaxLength {
		return &Error{MaxLength, fmt.Sprintf("longer than %d bytes", MaxLength)}
	}
	return nil
}

// or reads AND-terms joined by "or", which binds weaker.
func (p *parser) or(depth int) (Expr, error) {
	terms, err := p.list("or", func() (Expr, error) { return p.and(depth) })
	if err != nil || len(terms) == 1 {
		return first(terms), err
	}
	return Or(terms), nil
}

func (p *parser) and(depth int) (Expr, error) {
	terms, err := p.list("and", func() (Expr, error) { return p.unary(depth) })
	if err != nil || len(terms) == 1 {
		return first(terms), err
	}
	return And(terms), nil
}

// list reads one or more terms with word between them.
func (p *parser) list(word string, term func() (Expr, error)) ([]Expr, error) {
	var terms []Expr
	for {
		x, err := term()
		if err != nil {
			return nil, err
		}
		terms = append(terms, x)
		if !p.word(word) {
			return terms, nil
		}
	}
}

func first(terms []Expr) Expr {
	if len(terms) == 0 {
		return nil
	}
	return terms[0]
}

// unary reads "( … )", "not ( … )" or a comparison.
func (p *parser) unary(depth int) (Expr, error) {
	p.skip()
	start := p.pos
	if p.word("not") {
		if p.skip(); p.peek() == '(' {
			x, err := p.group(depth, '(', ')')
			return Not{x}, err
		}
		p.pos = start // an attribute of that name
	}
	if p.peek() == '(' {
		return p.group(depth, '(', ')')
	}
	return p.compare(depth)
}

// group reads an expression between two brackets.
func (p *parser) group(depth int, left, right byte) (Expr, error) {
	if depth >= MaxDepth {
		return nil, p.errorf("nested more than %d deep", MaxDepth)
	}
	open := p.pos
	p.pos++
	x, err := p.or(depth + 1)
	if err != nil {
		return nil, err
	}
	if p.skip(); p.peek() != right {
		return nil, p.errorf("expected %q for the %q at character %d", right, left, open+1)
	}
	p.pos++
	return x, nil
}

// compare reads "path op value", "path pr" or a bare value path.
func (p *parser) compare(depth int) (Expr, error) {
	if p.terms++; p.terms > MaxTerms {
		return nil, p.errorf("more than %d comparisons", MaxTerms)
	}
	path, err := p.path(depth)
	if err != nil {
		return nil, err
	}
	p.skip()
	start := p.pos
	op := Op(strings.ToLower(p.name()))
	switch op {
	case Pr:
		return Compare{Path: path, Op: Pr}, nil
	case Eq, Ne, Co, Sw, Ew, Gt, Ge, Lt, Le:
		value, err := p.value()
		return Compare{Path: path, Op: op, Value: value}, err
	}
	p.pos = start
	if path.Where != nil && path.Sub == "" {
		return Compare{Path: path, Op: Pr}, nil // "and", ")" or the end may follow
	}
	return nil, p.errorf("expected an operator: eq ne co sw ew gt ge lt le pr")
}

// path reads an attribute path with an optional value filter and sub-attribute.
func (p *parser) path(depth int) (Path, error) {
	p.skip()
	start := p.pos
	path, ok := splitName(p.name())
	if !ok {
		p.pos = start
		return Path{}, p.errorf("expected the name of an attribute")
	}
	if p.peek() != '[' {
		return path, nil
	}
	if path.Sub != "" || path.Attr == "" || p.inside {
		return Path{}, p.errorf("a value filter cannot stand here")
	}
	p.inside = true
	where, err := p.group(depth, '[', ']')
	p.inside = false
	if err != nil {
		return Path{}, err
	}
	path.Where = where
	if p.peek() != '.' {
		return path, nil
	}
	p.pos++
	start = p.pos
	if path.Sub = p.name(); !isName(path.Sub) {
		p.pos = start
		return Path{}, p.errorf("expected the name of a sub-attribute")
	}
	return path, nil
}

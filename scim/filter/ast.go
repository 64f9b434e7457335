package filter

import (
	"encoding/json"
	"strings"
)

// Op is a comparison operator, in lower case.
type Op string

// The operators of RFC 7644, table 3.
const (
	Eq Op = "eq"
	Ne Op = "ne"
	Co Op = "co"
	Sw Op = "sw"
	Ew Op = "ew"
	Gt Op = "gt"
	Ge Op = "ge"
	Lt Op = "lt"
	Le Op = "le"
	Pr Op = "pr" // has a value; the only one without a right side
)

// Expr is a filter: an And, Or, Not or Compare. Its String parses to the same
// expression again.
type Expr interface {
	String() string
	expr() // closes the set
}

// And holds if all of its terms hold; it has two or more.
type And []Expr

// Or holds if one of its terms holds; it has two or more.
type Or []Expr

// Not holds if X does not.
type Not struct{ X Expr }

// Compare holds if one of the values at Path stands in relation Op to Value.
// A bare value path, emails[type eq "work"], is a Compare with Pr.
type Compare struct {
	Path Path
	Op   Op
	// Value is a string, bool, json.Number or nil; nil too for Pr.
	Value any
}

// Path names an attribute, or some of its values.
type Path struct {
	// Schema is the URI that qualifies the attribute, "" when none was written.
	Schema string
	// Attr is the attribute's name; "" names the schema's attributes as a whole.
	Attr string
	// Where selects values of a multi-valued attribute; nil selects all.
	Where Expr
	// Sub is the sub-attribute's name, "" for the attribute itself.
	Sub string
}

func (And) expr()     {}
func (Or) expr()      {}
func (Not) expr()     {}
func (Compare) expr() {}

// String writes the terms with "and" between them.
func (a And) String() string { return join(a, " and ") }

// String writes the terms with "or" between them.
func (o Or) String() string { return join(o, " or ") }

// String writes the negation as the RFC has it, with parentheses.
func (n Not) String() string { return "not (" + n.X.String() + ")" }

// String writes path, operator and value; a bare value path stays bare.
func (c Compare) String() string {
	switch {
	case c.Op == Pr && c.Path.Where != nil && c.Path.Sub == "":
		return c.Path.String()
	case c.Op == Pr:
		return c.Path.String() + " pr"
	}
	value, err := json.Marshal(c.Value)
	if err != nil {
		value = []byte("null") // cannot be: Value is a scalar of JSON
	}
	return c.Path.String() + " " + string(c.Op) + " " + string(value)
}

// join writes terms with an operator between them, groups in parentheses.
func join(terms []Expr, operator string) string {
	texts := make([]string, len(terms))
	for i, term := range terms {
		texts[i] = term.String()
		switch term.(type) {
		case And, Or:
			texts[i] = "(" + texts[i] + ")"
		}
	}
	return strings.Join(texts, operator)
}

// String writes the path as it is written in a PATCH operation.
func (p Path) String() string {
	var b strings.Builder
	b.WriteString(p.Schema)
	if p.Schema != "" && p.Attr != "" {
		b.WriteByte(':')
	}
	b.WriteString(p.Attr)
	if p.Where != nil {
		b.WriteString("[" + p.Where.String() + "]")
	}
	if p.Sub != "" {
		b.WriteString("." + p.Sub)
	}
	return b.String()
}

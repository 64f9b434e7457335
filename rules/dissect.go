package rules

import (
	"fmt"
	"slices"

	"cel.dev/cel-go/cel"
	"cel.dev/cel-go/common/ast"
	"cel.dev/cel-go/common/operators"
	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/parser"

	"birthright/rules/population"
)

// dissect takes a checked condition apart into logic and leaves. Whatever it
// does not know stays CEL, as a leaf of its own: it is never wrong, only slower.
func (e *Engine) dissect(c Condition) (*logic, error) {
	if c.IsZero() {
		return never, nil
	}
	d := dissector{lang: e.lang, written: c.Source, leaves: &e.leaves, checked: c.ast.NativeRep()}
	n := d.node(d.checked.Expr())
	return n, d.err
}

type dissector struct {
	lang    *language
	written string // the condition
	leaves  *leaves
	checked *ast.AST
	err     error
}

func (d *dissector) node(e ast.Expr) *logic {
	switch e.Kind() {
	case ast.LiteralKind:
		switch e.AsLiteral() {
		case types.True:
			return always
		case types.False:
			return never
		}
	case ast.CallKind:
		if n := d.call(e.AsCall()); n != nil {
			return n
		}
	}
	return d.other(e)
}

// call takes a call apart; nil where it is none that is known.
func (d *dissector) call(c ast.CallExpr) *logic {
	args := c.Args()
	switch c.FunctionName() {
	case operators.LogicalAnd:
		return all(d.node(args[0]), d.node(args[1]))
	case operators.LogicalOr:
		return some(d.node(args[0]), d.node(args[1]))
	case operators.LogicalNot:
		return not(d.node(args[0]))
	case operators.Conditional:
		return choose(d.node(args[0]), d.node(args[1]), d.node(args[2]))
	case operators.Equals:
		return d.equal(args[0], args[1])
	case operators.NotEquals:
		if n := d.equal(args[0], args[1]); n != nil {
			return not(n)
		}
		return nil
	case operators.In:
		return d.within(args[0], args[1])
	case "startsWith":
		return d.text(leafPrefix, c)
	case "endsWith":
		return d.text(leafSuffix, c)
	case "contains":
		return d.text(leafPart, c)
	case funcOnCall, funcHasTicket, funcInGroup, funcReportsTo:
		return d.fact(factKinds[c.FunctionName()], args)
	}
	return nil
}

// equal is a value and a text, in either order.
func (d *dissector) equal(a, b ast.Expr) *logic {
	if _, ok := literal(a); ok {
		a, b = b, a
	}
	text, ok := literal(b)
	reading, known := readingOf(a)
	if !ok || !known || reading.Listed() {
		return nil
	}
	return d.leaves.number(leaf{kind: leafOneOf, reading: reading, texts: []string{text}})
}

// within is X in Y: a value in a list of texts, a text in a list of values, or
// the name of an attribute in all of them.
func (d *dissector) within(x, y ast.Expr) *logic {
	if text, ok := literal(x); ok {
		if y.Kind() == ast.IdentKind && (y.AsIdent() == varAttributes || y.AsIdent() == varValues) {
			return not(d.leaves.number(leaf{kind: leafOneOf, reading: population.Reading{Attribute: text}, texts: []string{""}}))
		}
		if reading, known := readingOf(y); known && reading.Listed() {
			return d.leaves.number(leaf{kind: leafElement, reading: reading, texts: []string{text}})
		}
		return nil
	}
	reading, known := readingOf(x)
	if !known || reading.Listed() || y.Kind() != ast.ListKind {
		return nil
	}
	var texts []string
	for _, element := range y.AsList().Elements() {
		text, ok := literal(element)
		if !ok {
			return nil
		}
		texts = append(texts, text)
	}
	if len(texts) == 0 {
		return never
	}
	return d.leaves.number(leaf{kind: leafOneOf, reading: reading, texts: sortedSet(texts)})
}

// text is VALUE.startsWith("TEXT") and its like.
func (d *dissector) text(kind leafKind, c ast.CallExpr) *logic {
	if !c.IsMemberFunction() || len(c.Args()) != 1 {
		return nil
	}
	text, ok := literal(c.Args()[0])
	reading, known := readingOf(c.Target())
	if !ok || !known || reading.Listed() {
		return nil
	}
	return d.leaves.number(leaf{kind: kind, reading: reading, texts: []string{text}})
}

func (d *dissector) fact(kind leafKind, args []ast.Expr) *logic {
	text, ok := literal(args[0])
	if !ok {
		return nil // vetting has refused it
	}
	return d.leaves.number(leaf{kind: kind, texts: []string{text}})
}

// other leaves an expression to CEL. What reads nothing is known now; what reads
// one thing is asked once for each value of it.
func (d *dissector) other(e ast.Expr) *logic {
	l := leaf{kind: leafFree}
	program, err := d.program(e)
	if err != nil {
		d.err = err
		return broken
	}
	d.reads(e, &l)
	slices.SortFunc(l.reads, population.Compare)
	l.reads = slices.Compact(l.reads)
	l.program, l.text = program, d.source(e)
	switch {
	case len(l.asks) > 0:
	case len(l.reads) == 0:
		return constant(program)
	case len(l.reads) == 1 && l.reads[0].Kind != population.Whole:
		l.kind, l.reading = leafValue, l.reads[0]
	}
	return d.leaves.number(l)
}

// constant is the answer of a program that reads nothing.
func constant(p cel.Program) *logic {
	switch value, _, err := p.Eval(cel.NoVars()); {
	case err != nil:
		return broken
	case value == types.True:
		return always
	case value == types.False:
		return never
	default:
		return broken
	}
}

// program plans a part of the condition.
func (d *dissector) program(e ast.Expr) (cel.Program, error) {
	part := ast.NewCheckedAST(ast.NewAST(e, d.checked.SourceInfo()), d.checked.TypeMap(), d.checked.ReferenceMap())
	return d.lang.plan(part)
}

// source is the text of a part of the condition, in CEL's own layout.
func (d *dissector) source(e ast.Expr) string {
	text, err := parser.Unparse(e, d.checked.SourceInfo())
	if err != nil {
		return fmt.Sprintf("%s #%d", d.written, e.ID()) // never that of another part
	}
	return text
}

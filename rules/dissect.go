package rules

import (
	"fmt"
	"slices"
	"strings"

	"cel.dev/cel-go/cel"
	"cel.dev/cel-go/common/ast"
	"cel.dev/cel-go/common/operators"
	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/parser"

	"birthright/identity"
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

// reads gathers what e reads, asks and spells out.
func (d *dissector) reads(e ast.Expr, into *leaf) {
	ast.PreOrderVisit(e, readsVisitor{into: into, done: map[int64]bool{}})
}

// readsVisitor notes readings; the variable and the key within a keyed reading,
// and the argument of a fact, do not count by themselves.
type readsVisitor struct {
	into *leaf
	done map[int64]bool
}

func (v readsVisitor) VisitEntryExpr(ast.EntryExpr) {}

func (v readsVisitor) VisitExpr(e ast.Expr) {
	if v.done[e.ID()] {
		return
	}
	if e.Kind() == ast.LiteralKind {
		v.into.named = append(v.into.named, e.AsLiteral())
	}
	if e.Kind() == ast.CallKind {
		v.fact(e.AsCall())
	}
	reading, ok := readingOf(e)
	if !ok {
		return
	}
	v.into.reads = append(v.into.reads, reading)
	switch e.Kind() {
	case ast.SelectKind:
		v.done[e.AsSelect().Operand().ID()] = true
	case ast.CallKind:
		for _, arg := range e.AsCall().Args() {
			v.done[arg.ID()] = true
		}
	}
}

// fact notes a question about the world.
func (v readsVisitor) fact(c ast.CallExpr) {
	kind, ok := factKinds[c.FunctionName()]
	if !ok || len(c.Args()) != 1 {
		return
	}
	if kind == leafReportsTo {
		v.into.reads = append(v.into.reads, managerReading)
	}
	text, _ := literal(c.Args()[0]) // vetting has seen that it is written out
	v.into.asks = append(v.into.asks, fact{kind, text})
	v.done[c.Args()[0].ID()] = true
}

// factKinds are the leaves of the functions that ask for facts.
var factKinds = map[string]leafKind{
	funcOnCall: leafOnCall, funcHasTicket: leafHasTicket, funcInGroup: leafInGroup, funcReportsTo: leafReportsTo,
}

// readingOf recognises what reads the user: user.NAME, and the attributes and
// values maps with a key that is written out or as a whole.
func readingOf(e ast.Expr) (population.Reading, bool) {
	var variable, key string
	switch e.Kind() {
	case ast.IdentKind:
		return variableReading(e.AsIdent())
	case ast.SelectKind:
		if e.AsSelect().IsTestOnly() || e.AsSelect().Operand().Kind() != ast.IdentKind {
			return population.Reading{}, false
		}
		variable, key = e.AsSelect().Operand().AsIdent(), e.AsSelect().FieldName()
	case ast.CallKind:
		c := e.AsCall()
		if c.FunctionName() != operators.Index || c.Args()[0].Kind() != ast.IdentKind {
			return population.Reading{}, false
		}
		var ok bool
		if key, ok = literal(c.Args()[1]); !ok {
			return population.Reading{}, false
		}
		variable = c.Args()[0].AsIdent()
	default:
		return population.Reading{}, false
	}
	switch variable {
	case varAttributes:
		return population.Reading{Kind: population.First, Attribute: key}, true
	case varValues:
		return population.Reading{Kind: population.All, Attribute: key}, true
	}
	return population.Reading{}, false
}

func variableReading(variable string) (population.Reading, bool) {
	name, ok := strings.CutPrefix(variable, "user.")
	switch {
	case !ok:
		return population.Reading{}, false
	case variable == varState:
		return population.Reading{Kind: population.State}, true
	case variable == varGroups:
		return population.Reading{Kind: population.Groups}, true
	case variable == varAttributes || variable == varValues:
		return population.Reading{Kind: population.Whole}, true
	case name == identity.AttrUserName:
		return population.Reading{Kind: population.Name}, true
	default:
		return population.Reading{Kind: population.First, Attribute: name}, true
	}
}

// placeholderReading is what a placeholder in a group's name reads.
func placeholderReading(attribute string) population.Reading {
	if custom, ok := strings.CutPrefix(attribute, "attributes."); ok {
		return population.Reading{Attribute: custom}
	}
	reading, _ := variableReading("user." + attribute)
	return reading
}

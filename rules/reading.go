package rules

import (
	"strings"

	"cel.dev/cel-go/common/ast"
	"cel.dev/cel-go/common/operators"

	"birthright/identity"
	"birthright/rules/population"
)

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

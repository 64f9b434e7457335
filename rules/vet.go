package rules

import (
	"fmt"
	"slices"
	"strings"

	"cel.dev/cel-go/cel"
	"cel.dev/cel-go/common/ast"
	"cel.dev/cel-go/common/types"
)

// vetting walks a parsed expression before CEL checks its types: it finds
// misspelt names, for which it knows better words than CEL, and notes what the
// expression reads.
type vetting struct {
	lang   *language
	env    *cel.Env
	ast    *ast.AST
	text   []rune   // the expression
	vars   []string // names besides user that may be read, sorted
	issues []issue
	reads  Condition
}

func newVetting(l *language, env *cel.Env, source string, a *ast.AST) *vetting {
	v := &vetting{lang: l, env: env, ast: a, text: []rune(source)}
	for _, d := range env.Variables() {
		if !strings.Contains(d.Name(), ".") {
			v.vars = append(v.vars, d.Name())
		}
	}
	slices.Sort(v.vars)
	return v
}

func (v *vetting) fault(e ast.Expr, format string, args ...any) {
	v.issues = append(v.issues, issue{v.place(e), fmt.Sprintf(format, args...)})
}

// place returns the offset of the first character of e where it is a name, a
// selection or a call by name; CEL notes their dot or parenthesis.
func (v *vetting) place(e ast.Expr) int {
	switch e.Kind() {
	case ast.SelectKind:
		return v.place(e.AsSelect().Operand())
	case ast.CallKind:
		name := []rune(e.AsCall().FunctionName())
		if at := place(v.ast, e.ID()) - len(name); at >= 0 &&
			string(v.text[at:at+len(name)]) == string(name) {
			return at
		}
	}
	return place(v.ast, e.ID())
}

// visit walks e; scope holds the names that enclosing comprehensions bind.
func (v *vetting) visit(e ast.Expr, scope []string) {
	switch e.Kind() {
	case ast.IdentKind:
		v.ident(e, scope)
	case ast.SelectKind:
		v.selection(e, scope)
	case ast.CallKind:
		v.call(e, scope)
	case ast.ListKind:
		for _, element := range e.AsList().Elements() {
			v.visit(element, scope)
		}
	case ast.MapKind:
		for _, entry := range e.AsMap().Entries() {
			v.visit(entry.AsMapEntry().Key(), scope)
			v.visit(entry.AsMapEntry().Value(), scope)
		}
	case ast.StructKind:
		v.fault(e, "%s{…} makes an object, which conditions have no use for", e.AsStruct().TypeName())
	case ast.ComprehensionKind:
		v.comprehension(e, scope)
	}
}

func (v *vetting) comprehension(e ast.Expr, scope []string) {
	c := e.AsComprehension()
	for _, name := range []string{c.IterVar(), c.IterVar2()} {
		if name == "user" {
			v.fault(e, "user is the person that the condition is about: give the variable another name")
			return
		}
	}
	v.visit(c.IterRange(), scope)
	v.visit(c.AccuInit(), scope)
	inner := append(slices.Clone(scope), c.IterVar(), c.IterVar2(), c.AccuVar())
	v.visit(c.LoopCondition(), inner)
	v.visit(c.LoopStep(), inner)
	v.visit(c.Result(), inner)
}

func (v *vetting) ident(e ast.Expr, scope []string) {
	name := e.AsIdent()
	switch {
	case slices.Contains(scope, name):
	case slices.Contains(v.vars, name):
		v.reads.Ticket = v.reads.Ticket || name == "ticket"
	case name == "now" || name == "request" || name == "ticket":
		v.fault(e, "%s can be read in the conditions of a request only: a rule begins and ends with valid_from and valid_until, and a person with startDate and endDate", name)
	case name == "user":
		v.fault(e, "user is not a value by itself: read one of its attributes, for example user.department")
	case slices.Contains(v.lang.fields, name):
		v.fault(e, "unknown name %q: attributes are read as user.%s", name, name)
	default:
		v.fault(e, "unknown name %q%s: text goes in quotes, attributes are read as user.NAME",
			name, didYouMean("user.", name, v.lang.fields))
	}
}

// selection checks X.field. The variables are called user.field in one piece.
func (v *vetting) selection(e ast.Expr, scope []string) {
	s := e.AsSelect()
	if s.IsTestOnly() {
		v.fault(e, "has() is not needed: a missing attribute is the empty string, so write … != \"\"")
		return
	}
	if name := userField(s.Operand()); name == "attributes" || name == "values" {
		v.read(name + "." + s.FieldName())
		return
	}
	name := userField(e)
	if name == "" {
		v.visit(s.Operand(), scope)
		return
	}
	if !slices.Contains(v.lang.fields, name) {
		v.fault(e, "unknown attribute user.%s%s; a custom attribute is read as user.attributes[%q]",
			name, didYouMean("user.", name, v.lang.fields), name)
		return
	}
	v.read(name)
}

func (v *vetting) read(attribute string) {
	v.reads.Attributes = append(v.reads.Attributes, attribute)
}

// userField returns NAME of user.NAME, "" for any other expression.
func userField(e ast.Expr) string {
	if e.Kind() != ast.SelectKind {
		return ""
	}
	if operand := e.AsSelect().Operand(); operand.Kind() != ast.IdentKind || operand.AsIdent() != "user" {
		return ""
	}
	return e.AsSelect().FieldName()
}

// keyed notes user.attributes["KEY"] and reports whether call was that.
func (v *vetting) keyed(call ast.CallExpr) bool {
	if call.FunctionName() != "_[_]" || len(call.Args()) != 2 {
		return false
	}
	name := userField(call.Args()[0])
	if name != "attributes" && name != "values" {
		return false
	}
	key, ok := literal(call.Args()[1])
	if ok {
		v.read(name + "." + key)
	}
	return ok
}

// literal returns the text of a string literal.
func literal(e ast.Expr) (string, bool) {
	if e.Kind() != ast.LiteralKind {
		return "", false
	}
	s, ok := e.AsLiteral().(types.String)
	return string(s), ok
}

func (v *vetting) call(e ast.Expr, scope []string) {
	c := e.AsCall()
	if v.keyed(c) {
		return
	}
	name := c.FunctionName()
	namespaced := false
	if c.IsMemberFunction() {
		if target := c.Target(); target.Kind() == ast.IdentKind && v.env.HasFunction(target.AsIdent()+"."+name) {
			namespaced = true
		} else {
			v.visit(target, scope)
		}
	}
	for _, arg := range c.Args() {
		v.visit(arg, scope)
	}
	if namespaced {
		return
	}
	if !v.env.HasFunction(name) {
		v.unknownFunction(e, name)
		return
	}
	v.factCall(e, c)
}

func (v *vetting) unknownFunction(e ast.Expr, name string) {
	if shape, ok := macros[name]; ok {
		v.fault(e, "%s is written %s", name, shape)
		return
	}
	v.fault(e, "unknown function %s%s", name, didYouMean("", name, v.lang.functions))
}

// factCall notes the argument of oncall and its like, which must be written
// out: what is asked for can then be seen without running anything.
func (v *vetting) factCall(e ast.Expr, c ast.CallExpr) {
	lists := map[string]*[]string{
		funcOnCall: &v.reads.Schedules, funcHasTicket: &v.reads.Queues,
		funcInGroup: &v.reads.Groups, funcReportsTo: &v.reads.Managers,
	}
	list, ok := lists[c.FunctionName()]
	if !ok {
		return
	}
	var argument string
	if len(c.Args()) == 1 {
		argument, _ = literal(c.Args()[0])
	}
	if argument == "" || c.IsMemberFunction() {
		for _, f := range factFunctions {
			if f.name == c.FunctionName() {
				v.fault(e, "%s takes one name of a %s in quotes: %s(\"NAME\")", f.name, f.argument, f.name)
			}
		}
		return
	}
	*list = append(*list, argument)
}

package rules

import (
	"slices"
	"strings"

	"cel.dev/cel-go/cel"
	"cel.dev/cel-go/common/ast"
	"cel.dev/cel-go/common/types"
)

// Condition is a checked CEL expression with the answer yes or no, and what it
// reads, so that a caller knows which change of the world can change the answer.
type Condition struct {
	// Source is the expression as written.
	Source string `json:"source"`
	// Attributes are the variables read: "department", "state", "groups";
	// "attributes.KEY" and "values.KEY" for one custom attribute, "attributes"
	// and "values" where the key is not written out. Sorted.
	Attributes []string `json:"-"`
	// Schedules, Queues, Groups and Managers are the arguments of oncall,
	// hasTicket, inGroup and reportsTo; sorted.
	Schedules []string `json:"-"`
	Queues    []string `json:"-"`
	Groups    []string `json:"-"`
	Managers  []string `json:"-"`
	// Ticket is set where the ticket that a request names is read.
	Ticket bool `json:"-"`

	ast *cel.Ast
}

// IsZero reports whether there is no condition.
func (c Condition) IsZero() bool { return c.Source == "" }

// Lapses reports whether the condition asks for a shift or a ticket, which end by
// themselves: then it may cease to hold without anybody's doing.
func (c Condition) Lapses() bool { return len(c.Schedules)+len(c.Queues) > 0 || c.Ticket }

// issue is one fault inside an expression, at a character offset of its text.
type issue struct {
	offset  int
	message string
}

// compile checks source in env and says what it reads. All faults that can be
// told are told.
func (l *language) compile(env *cel.Env, source string) (Condition, []issue) {
	if strings.TrimSpace(source) == "" {
		return Condition{}, []issue{{0, "the condition is empty: write true if it is meant to hold for everyone"}}
	}
	parsed, problems := env.Parse(source)
	if problems.Err() != nil {
		return Condition{}, celIssues(source, problems)
	}
	v := newVetting(l, env, source, parsed.NativeRep())
	v.visit(parsed.NativeRep().Expr(), nil)
	if len(v.issues) > 0 {
		return Condition{}, v.issues
	}
	// Compile parses again, which is cheap, and unlike Check runs the validators.
	checked, problems := env.Compile(source)
	if problems.Err() != nil {
		return Condition{}, celIssues(source, problems)
	}
	if t := checked.OutputType(); !t.IsExactType(types.BoolType) && !t.IsExactType(types.DynType) {
		return Condition{}, []issue{{0, "the condition gives a " + cel.FormatCELType(t) +
			", not yes or no: compare it with something, for example == \"…\""}}
	}
	if why := tooCostly(env, checked); why != "" {
		return Condition{}, []issue{{0, why}}
	}
	c := v.reads
	c.Source = source
	c.ast = checked
	for _, list := range []*[]string{&c.Attributes, &c.Schedules, &c.Queues, &c.Groups, &c.Managers} {
		slices.Sort(*list)
		*list = slices.Compact(*list)
	}
	return c, nil
}

// celIssues translates what CEL complains about.
func celIssues(source string, problems *cel.Issues) []issue {
	var out []issue
	for _, e := range problems.Errors() {
		out = append(out, issue{
			offset:  offsetOf(source, e.Location.Line(), e.Location.Column()),
			message: friendly(e.Message),
		})
		if strings.HasPrefix(e.Message, syntaxError) {
			break // what follows the first one is guesswork
		}
	}
	if len(out) == 0 {
		out = append(out, issue{0, problems.Err().Error()})
	}
	return out
}

// offsetOf returns the character offset of a 1-based line and a 0-based column.
func offsetOf(source string, line, column int) int {
	offset := 0
	for i, text := range strings.SplitAfter(source, "\n") {
		if i+1 >= line {
			break
		}
		offset += len([]rune(text))
	}
	return offset + max(column, 0)
}

// friendly rewords the complaints that people meet most.
func friendly(message string) string {
	if rest, ok := strings.CutPrefix(message, "found no matching overload for '"); ok {
		name, args, ok := strings.Cut(rest, "' applied to '")
		if !ok {
			return message
		}
		args = strings.Trim(args, "'()")
		if op, ok := signs[name]; ok {
			text := op + " cannot be applied to (" + args + ")"
			if strings.Contains(args, "string") {
				text += ": attributes are strings, so write the other side in quotes"
			}
			return text
		}
		return name + " cannot be applied to (" + args + ")"
	}
	if found, ok := strings.CutPrefix(message, "expected type 'bool' but found '"); ok {
		return "a " + strings.TrimSuffix(found, "'") + " is not yes or no: compare it with something, for example == \"…\""
	}
	if wrong, ok := strings.CutPrefix(message, syntaxError); ok {
		return "syntax error: " + grammar(wrong)
	}
	return message
}

// syntaxError begins what CEL says of text that is no expression.
const syntaxError = "Syntax error: "

// grammar rewords the parser's complaints, which list everything that could
// stand there.
func grammar(message string) string {
	if missing, ok := strings.CutPrefix(message, "missing '"); ok {
		text, _, _ := strings.Cut(missing, "'")
		return text + " is missing"
	}
	for _, begin := range []string{"mismatched input '", "extraneous input '", "token recognition error at: '", "no viable alternative at input '"} {
		rest, ok := strings.CutPrefix(message, begin)
		if !ok {
			continue
		}
		text, _, _ := strings.Cut(rest, "' expecting ")
		text = strings.TrimSuffix(text, "'")
		if text == "<EOF>" {
			return "the condition ends too early"
		}
		return strings.TrimSpace(strings.TrimSuffix(text, "<EOF>")) + " cannot stand here"
	}
	return message
}

var signs = map[string]string{
	"_==_": "==", "_!=_": "!=", "_<_": "<", "_<=_": "<=", "_>_": ">", "_>=_": ">=",
	"_+_": "+", "_-_": "-", "_*_": "*", "_/_": "/", "_%_": "%",
	"_&&_": "&&", "_||_": "||", "!_": "!", "-_": "-", "_?_:_": "? :", "@in": "in", "_[_]": "[ ]",
}

// place returns the character offset of a node in its source.
func place(a *ast.AST, id int64) int {
	if r, ok := a.SourceInfo().GetOffsetRange(id); ok {
		return int(r.Start)
	}
	return 0
}

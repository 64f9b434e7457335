package rules

import (
	"birthright/identity"
	"birthright/rules/population"
)

// Truth is the answer of a condition, or of a part of it, about one person.
type Truth = truth

// The answers: it holds, it does not, or it cannot be answered.
const (
	No    Truth = no
	Yes   Truth = yes
	Fails Truth = fails
)

// Op is what a Node does with its arguments.
type Op = op

// The operators of conditions. OpAsk has an Ask.
const (
	OpTrue   Op = opTrue
	OpFalse  Op = opFalse
	OpFail   Op = opFail
	OpAsk    Op = opLeaf
	OpAnd    Op = opAnd
	OpOr     Op = opOr
	OpNot    Op = opNot
	OpChoose Op = opChoose // condition, then, else
)

// Node is a part of a condition.
type Node struct {
	Op       Op
	Args     []*Node
	Question int // number of the question of OpAsk, see View
}

// Asking is what an Ask is about.
type Asking = leafKind

// The kinds of question.
const (
	AskOneOf   Asking = leafOneOf   // is the value one of the texts?
	AskPrefix  Asking = leafPrefix  // does it begin with the text?
	AskSuffix  Asking = leafSuffix  // does it end with it?
	AskPart    Asking = leafPart    // does it contain it?
	AskElement Asking = leafElement // is the text in the list?
	AskShift   Asking = leafOnCall
	AskTicket  Asking = leafHasTicket
	AskGroup   Asking = leafInGroup
	AskManager Asking = leafReportsTo
	AskValue   Asking = leafValue // CEL over one reading
	AskFree    Asking = leafFree  // CEL over anything
)

// Ask is what conditions ask about a person and do not take apart further.
type Ask struct {
	Asking  Asking
	Reading population.Reading // but for facts and AskFree
	Texts   []string
	// Reads is what AskFree reads, facts aside.
	Reads []population.Reading
}

// View shows the conditions of a policy taken apart, for who reasons about it.
type View struct {
	// When and Except are those of the rules, in the order of the policy; Except
	// is nil where a rule has none.
	When, Except []*Node
	// Never are the conditions of the properties, in the order of the policy.
	Never     []*Node
	Questions []Ask
	engine    *Engine
}

// View takes the policy apart.
func (e *Engine) View() *View {
	v := &View{engine: e, When: make([]*Node, len(e.rules)), Except: make([]*Node, len(e.rules))}
	for i := range e.rules {
		p := &e.rules[i]
		v.When[p.rule.order] = nodeOf(p.when)
		if !p.rule.Except.IsZero() {
			v.Except[p.rule.order] = nodeOf(p.except)
		}
	}
	for _, n := range e.properties {
		v.Never = append(v.Never, nodeOf(n))
	}
	for i := range e.leaves.all {
		l := &e.leaves.all[i]
		v.Questions = append(v.Questions, Ask{Asking: l.kind, Reading: l.reading, Texts: l.texts, Reads: l.reads})
	}
	return v
}

func nodeOf(n *logic) *Node {
	out := &Node{Op: n.op, Question: n.leaf}
	for _, a := range n.args {
		out.Args = append(out.Args, nodeOf(a))
	}
	return out
}

// Answer answers a question about one value, for somebody whose value there is text.
func (v *View) Answer(question int, text string) Truth {
	l := &v.engine.leaves.all[question]
	if l.kind != leafValue {
		return is(l.holdsOf(text))
	}
	s := v.engine.blank(World{})
	defer s.release()
	s.person = valued(text)
	return run(l.program, s)
}

// valued is somebody of whom one value is known.
type valued string

func (x valued) Text(population.Reading) string { return string(x) }
func (valued) List(population.Reading) []string { return nil }
func (valued) Whole() identity.Attributes       { return nil }
func (x valued) State() identity.State          { return identity.State(x) }

// Givers returns the places in the policy of the rules that give a group,
// directly or through groups in it, ascending.
func (v *View) Givers(group string) []int { return v.engine.givers.of(group) }

// Around returns the groups that contain a group, directly or not.
func (v *View) Around(group string) []string { return v.engine.around[group] }

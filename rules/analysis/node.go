package analysis

import (
	"birthright/identity"
	"birthright/rules"
)

// answers is a set of possible answers of a condition.
type answers uint8

const (
	saysNo  answers = 1 << rules.No
	saysYes answers = 1 << rules.Yes
	cannot  answers = 1 << rules.Fails

	noOrYes   = saysNo | saysYes
	notYes    = saysNo | cannot
	notNo     = saysYes | cannot
	anyAnswer = saysNo | saysYes | cannot
)

// node is a condition, with the conditions behind inGroup in it.
type node struct {
	op       rules.Op
	args     []*node
	question int
	// given is set on the node that says whether some rule gives a group: who
	// cannot be answered about is not given it.
	given bool
	size  int
}

// mostNodes bounds a condition with all that is behind its inGroup; what is
// larger is not looked into.
const mostNodes = 300

// conditions makes nodes, each once.
type conditions struct {
	view   *rules.View
	groups map[string]*node // whether a rule gives a group, directly or not
	rules  []*node
}

// rule returns when && !except of a rule.
func (c *conditions) rule(i int) *node {
	if c.rules[i] == nil {
		c.rules[i] = c.and(c.node(c.view.When[i]), c.not(c.view.Except[i]))
	}
	return c.rules[i]
}

func (c *conditions) and(args ...*node) *node { return joined(rules.OpAnd, args...) }

// not returns the opposite of n, which may be nil for a condition that is not there.
func (c *conditions) not(n *rules.Node) *node {
	if n == nil {
		return joined(rules.OpTrue)
	}
	return joined(rules.OpNot, c.node(n))
}

func joined(op rules.Op, args ...*node) *node {
	n := &node{op: op, args: args, size: 1}
	for _, a := range args {
		n.size += a.size
	}
	return n
}

// node takes over a part of a condition.
func (c *conditions) node(n *rules.Node) *node {
	if n.Op == rules.OpAsk {
		ask := &node{op: rules.OpAsk, question: n.Question, size: 1}
		if q := c.view.Questions[n.Question]; q.Asking == rules.AskGroup {
			return c.and(ask, c.group(q.Texts[0]))
		}
		return ask
	}
	args := make([]*node, len(n.Args))
	for i, a := range n.Args {
		args[i] = c.node(a)
	}
	return joined(n.Op, args...)
}

// group says whether one of the rules that give a group holds. Who is in the
// group is one of these, but not each of them is: exclusions, constraints and the
// lifecycle keep people out.
func (c *conditions) group(name string) *node {
	if n, ok := c.groups[name]; ok {
		return n
	}
	var some []*node
	for _, i := range c.view.Givers(name) {
		some = append(some, c.rule(i))
	}
	n := joined(rules.OpOr, some...)
	n.given = true
	if n.size > mostNodes {
		n = joined(rules.OpTrue)
	}
	c.groups[name] = n
	return n
}

// lifecycle are the states in which rules give anything.
var lifecycle = []string{string(identity.Active), string(identity.Staged)}

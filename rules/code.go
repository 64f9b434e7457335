package rules

// A condition that is made of nothing but values that a person has or has not is
// also kept as a sequence of steps, all of them next to each other in memory:
// that is what most of the time goes into when one person is asked about.

// step asks whether one leaf holds and says where to go on.
type step struct{ leaf, yes, no int32 }

// Where a step leads besides to another one.
const (
	holds     int32 = -1 // the condition holds
	holdsNot  int32 = -2 // it does not
	notInCode int32 = -3 // it is no such condition: judge tells
)

// code holds the steps of all rules, and where each rule begins.
type code struct {
	steps   []step
	entries []int32 // by place in Engine.rules
}

// add appends the steps of a rule.
func (c *code) add(n *logic) {
	if !inCode(n) {
		c.entries = append(c.entries, notInCode)
		return
	}
	c.entries = append(c.entries, c.compile(n, holds, holdsNot))
}

// inCode reports whether n is made of leaves that the index answers.
func inCode(n *logic) bool {
	if n.op == opFail || n.op == opLeaf && !n.marked {
		return false
	}
	for _, arg := range n.args {
		if !inCode(arg) {
			return false
		}
	}
	return true
}

// compile appends the steps of n, which lead to yes or to no, and returns where
// they begin.
func (c *code) compile(n *logic, yes, no int32) int32 {
	switch n.op {
	case opTrue:
		return yes
	case opFalse:
		return no
	case opNot:
		return c.compile(n.args[0], no, yes)
	case opAnd:
		for i := len(n.args) - 1; i >= 0; i-- {
			yes = c.compile(n.args[i], yes, no)
		}
		return yes
	case opOr:
		for i := len(n.args) - 1; i >= 0; i-- {
			no = c.compile(n.args[i], yes, no)
		}
		return no
	case opChoose:
		return c.compile(n.args[0], c.compile(n.args[1], yes, no), c.compile(n.args[2], yes, no))
	default: // opLeaf
		c.steps = append(c.steps, step{int32(n.leaf), yes, no})
		return int32(len(c.steps) - 1)
	}
}

// run follows the steps from entry for somebody of whom the marked leaves hold.
func (c *code) run(entry int32, marked marks) bool {
	for entry >= 0 {
		s := &c.steps[entry]
		if marked.has(int(s.leaf)) {
			entry = s.yes
		} else {
			entry = s.no
		}
	}
	return entry == holds
}

package rules

// The logic of a condition is what && , || , ! and ?: make of its leaves. Every
// leaf, and so every condition, has one of three answers about a person: it
// holds, it does not, or it fails, as int("boss") does. What fails counts as CEL
// says: && is decided by a side that does not hold, || by one that holds, whatever
// the other side does; otherwise a failing side makes the whole fail.
//
// The same logic is run over one person (judge.go) and over sets of people
// (sets.go); TestIndexAgreesWithCEL holds both against CEL itself.

// op is what a node of the logic does with its arguments.
type op uint8

const (
	opTrue op = iota
	opFalse
	opFail
	opLeaf
	opAnd
	opOr
	opNot
	opChoose // args: condition, then, else
)

// logic is a node.
type logic struct {
	op   op
	args []*logic
	leaf int // number of the leaf, see leaves
	// marked is set where the index tells whether the leaf holds.
	marked bool
	// sure is set where the node cannot fail, whoever it is about.
	sure bool
}

var (
	always = &logic{op: opTrue, sure: true}
	never  = &logic{op: opFalse, sure: true}
	broken = &logic{op: opFail}
)

// all joins nodes of which each must hold.
func all(args ...*logic) *logic { return join(opAnd, args) }

// some joins nodes of which one must hold.
func some(args ...*logic) *logic { return join(opOr, args) }

// join flattens: an && within an && is one.
func join(o op, args []*logic) *logic {
	n := &logic{op: o, sure: true}
	for _, a := range args {
		if a.op == o {
			n.args = append(n.args, a.args...)
		} else {
			n.args = append(n.args, a)
		}
		n.sure = n.sure && a.sure
	}
	return n
}

func not(n *logic) *logic {
	switch n.op {
	case opTrue:
		return never
	case opFalse:
		return always
	case opNot:
		return n.args[0]
	default:
		return &logic{op: opNot, args: []*logic{n}, sure: n.sure}
	}
}

// choose is CONDITION ? YES : NO.
func choose(condition, yes, no *logic) *logic {
	return &logic{op: opChoose, args: []*logic{condition, yes, no}, sure: condition.sure && yes.sure && no.sure}
}

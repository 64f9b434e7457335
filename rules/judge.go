package rules

import (
	"slices"

	"cel.dev/cel-go/cel"
	"cel.dev/cel-go/common/types"
)

// truth is the answer of a condition about one person.
type truth uint8

const (
	no    truth = iota // it does not hold; also what a fresh answer says
	yes                // it holds
	fails              // it cannot be answered
)

// is makes an answer that does not fail.
func is(holds bool) truth {
	if holds {
		return yes
	}
	return no
}

// judge answers the logic of a condition about the subject.
func (s *subject) judge(n *logic) truth {
	switch n.op {
	case opTrue:
		return yes
	case opFalse:
		return no
	case opLeaf:
		if n.marked {
			return is(s.marked.has(n.leaf))
		}
		return s.remembered(n.leaf)
	case opAnd:
		return s.judgeAll(n.args, no, yes)
	case opOr:
		return s.judgeAll(n.args, yes, no)
	case opNot:
		switch s.judge(n.args[0]) {
		case yes:
			return no
		case no:
			return yes
		}
	case opChoose:
		switch s.judge(n.args[0]) {
		case yes:
			return s.judge(n.args[1])
		case no:
			return s.judge(n.args[2])
		}
	}
	return fails
}

// judgeAll is && or ||: one argument may decide alone, or else all agree.
func (s *subject) judgeAll(args []*logic, alone, agreed truth) truth {
	out := agreed
	for _, a := range args {
		switch s.judge(a) {
		case alone:
			return alone
		case fails:
			out = fails
		}
	}
	return out
}

// remembered answers a leaf, once in a round.
func (s *subject) remembered(number int) truth {
	a := &s.answers[number]
	l := &s.engine.leaves.all[number]
	if l.kind == leafInGroup || l.kind == leafFree { // what is given grows within the round
		return s.answer(l)
	}
	if a.round != s.round {
		a.round, a.truth = s.round, s.answer(l)
	}
	return a.truth
}

// answer answers a leaf.
func (s *subject) answer(l *leaf) truth {
	switch l.kind {
	case leafElement:
		return is(slices.Contains(s.person.List(l.reading), l.texts[0]))
	case leafOnCall:
		return is(s.world.Facts.OnCall(s.user, l.texts[0], s.world.At))
	case leafHasTicket:
		return is(s.world.Facts.HasTicket(s.user, l.texts[0], s.world.At))
	case leafInGroup:
		return is(s.inGroup(l.texts[0]))
	case leafReportsTo:
		return is(s.world.Facts.ReportsTo(s.user, l.texts[0]))
	case leafValue, leafFree:
		return run(l.program, s)
	default:
		return is(l.holdsOf(s.person.Text(l.reading)))
	}
}

// run asks CEL.
func run(p cel.Program, s *subject) truth {
	value, _, err := p.Eval(s)
	switch {
	case err != nil:
		return fails
	case value == types.True:
		return yes
	case value == types.False:
		return no
	default:
		return fails
	}
}

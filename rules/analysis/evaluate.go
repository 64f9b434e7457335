package analysis

import "birthright/rules"

// evaluate returns the answers that n may still have, where known gives those of
// the questions. It never leaves out one that is possible.
func (n *node) evaluate(known func(question int) answers) answers {
	out := n.answer(known)
	if n.given && out&cannot != 0 {
		out = out&^cannot | saysNo
	}
	return out
}

func (n *node) answer(known func(question int) answers) answers {
	switch n.op {
	case rules.OpTrue:
		return saysYes
	case rules.OpFalse:
		return saysNo
	case rules.OpAsk:
		return known(n.question)
	case rules.OpAnd:
		return n.agreed(known, saysNo, saysYes)
	case rules.OpOr:
		return n.agreed(known, saysYes, saysNo)
	case rules.OpNot:
		return opposite(n.args[0].evaluate(known))
	case rules.OpChoose:
		return n.chosen(known)
	default:
		return cannot
	}
}

// agreed is && or ||: one argument may decide alone; else one that fails makes
// the whole fail, and otherwise all agree.
func (n *node) agreed(known func(int) answers, alone, all answers) answers {
	some, agree := answers(0), true
	for _, a := range n.args {
		m := a.evaluate(known)
		if m == alone {
			return alone
		}
		some |= m
		agree = agree && m&all != 0
	}
	out := some & (alone | cannot)
	if agree {
		out |= all
	}
	return out
}

func opposite(m answers) answers {
	out := m & cannot
	if m&saysYes != 0 {
		out |= saysNo
	}
	if m&saysNo != 0 {
		out |= saysYes
	}
	return out
}

func (n *node) chosen(known func(int) answers) answers {
	condition := n.args[0].evaluate(known)
	out := condition & cannot
	if condition&saysYes != 0 {
		out |= n.args[1].evaluate(known)
	}
	if condition&saysNo != 0 {
		out |= n.args[2].evaluate(known)
	}
	return out
}

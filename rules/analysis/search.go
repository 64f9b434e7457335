package analysis

// want is a condition with the answers that somebody is looked for.
type want struct {
	condition *node
	answers   answers
}

// outcome is what a search found.
type outcome uint8

const (
	impossible outcome = iota // proven: there is nobody
	possible                  // as far as the search can see
	open                      // it would have cost too much
)

// mostWork bounds one search: the steps, times the size of what each of them
// looks at.
const mostWork = 100_000

// steps is how many steps of a search fit that bound.
func steps(conditions ...want) int {
	size := 1
	for _, w := range conditions {
		size += w.condition.size
	}
	return max(mostWork/size, 10)
}

// search looks for a person of whom conditions are as wanted.
type search struct {
	*problem
	steps int
}

// can looks for somebody of whom every condition is as wanted. Where it finds one,
// the problem knows the answers.
func (p *problem) can(wants ...want) outcome {
	s := search{problem: p, steps: steps(wants...)}
	return s.from(0, wants)
}

// from decides variable at and those after it.
func (s *search) from(at int, wants []want) outcome {
	done, out := s.settled(wants)
	if done {
		return out
	}
	if at == len(s.variables) {
		return possible // what stays open is taken for possible
	}
	if s.steps--; s.steps < 0 {
		return open
	}
	v := &s.variables[at]
	for i := range v.options {
		s.set(v, &v.options[i])
		if out := s.from(at+1, wants); out != impossible {
			return out
		}
	}
	s.unset(v)
	return impossible
}

// settled reports whether the answers known so far decide already.
func (s *search) settled(wants []want) (bool, outcome) {
	all := true
	for _, w := range wants {
		got := w.condition.evaluate(s.answer)
		if got&w.answers == 0 {
			return true, impossible
		}
		all = all && got&^w.answers == 0
	}
	return all, possible
}

// widens reports whether somebody of whom the condition does not hold can make it
// hold by changing only what people can change.
func (p *problem) widens(condition *node) outcome {
	s := search{problem: p, steps: steps(want{condition: condition})}
	var mine, others []variable
	for _, v := range p.variables {
		if v.editable {
			mine = append(mine, v)
		} else {
			others = append(others, v)
		}
	}
	if len(mine) == 0 {
		return impossible
	}
	s.problem = &problem{variables: others, known: p.known}
	return s.widens(0, condition, mine)
}

// widens decides what people cannot change, from variable at on, and then looks
// for one change from not yes to yes.
func (s *search) widens(at int, condition *node, mine []variable) outcome {
	got := condition.evaluate(s.answer)
	if got == saysYes || got&saysYes == 0 {
		return impossible
	}
	if at == len(s.variables) {
		return s.both(condition, mine)
	}
	if s.steps--; s.steps < 0 {
		return open
	}
	v := &s.variables[at]
	for i := range v.options {
		s.set(v, &v.options[i])
		if out := s.widens(at+1, condition, mine); out != impossible {
			return out
		}
	}
	s.unset(v)
	return impossible
}

// both reports whether what people can change decides the condition either way.
func (s *search) both(condition *node, mine []variable) outcome {
	inner := search{problem: &problem{variables: mine, known: s.known}, steps: s.steps}
	defer func() {
		for i := range mine {
			inner.unset(&mine[i])
		}
	}()
	if out := inner.from(0, []want{{condition, saysYes}}); out != possible {
		return out
	}
	for i := range mine {
		inner.unset(&mine[i])
	}
	return inner.from(0, []want{{condition, notYes}})
}

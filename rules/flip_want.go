package rules

import (
	"slices"

	"birthright/identity"
	"birthright/rules/population"
)

// want is what a condition is to say.
type want uint8

const (
	wantYes want = iota
	wantNo
	wantNotYes // does not hold, or fails
	wantNotNo
)

func (w want) met(t truth) bool {
	switch w {
	case wantYes:
		return t == yes
	case wantNo:
		return t == no
	case wantNotYes:
		return t != yes
	default:
		return t != no
	}
}

// opposite is what !CONDITION is to say.
func (w want) opposite() want { return [...]want{wantNo, wantYes, wantNotNo, wantNotYes}[w] }

// goal is a group that is to be held or not.
type goal struct {
	group string
	held  bool
}

// supposition is a user as some changes make one, and which further ones could help.
type supposition struct {
	*flipping
	subject  *subject
	decision Decision
	open     map[goal]bool // what is being looked at: constraints go in circles
	edits    []edit
}

// wanted returns the changes of which one must be made.
func (p *supposition) wanted() []edit {
	p.reach(goal{p.group, p.want})
	return p.edits
}

// reach notes what could help towards a goal.
func (p *supposition) reach(g goal) {
	if p.open[g] || holdsGroup(p.decision.Memberships, g.group) == g.held {
		return
	}
	p.open[g] = true
	if g.held {
		p.gain(g.group)
	} else {
		p.lose(g.group)
	}
	delete(p.open, g)
}

// gain notes what could help to get a group.
func (p *supposition) gain(group string) {
	if p.subject.exclusion(group) != nil || isRefusedBy(RefusedByReview, p.decision.Refused, group) || p.subject.barred(group) {
		return // nothing known of a person changes that
	}
	if !p.engine.mayGive(p.subject.user.State, group, "") {
		p.states(func(state identity.State) bool { return p.engine.mayGive(state, group, "") })
		return
	}
	for _, r := range p.decision.Refused {
		if r.Group == group && r.Kind == RefusedByConstraint {
			p.reach(goal{r.Kept, false})
		}
	}
	for _, r := range p.givers(group) {
		p.rule(r, group)
	}
	if g, ok := p.engine.groups[group]; ok {
		for _, inner := range g.Contains {
			p.reach(goal{inner, true})
		}
	}
}

// barred reports whether no rule may give a group to anybody.
func (s *subject) barred(group string) bool {
	g, ok := s.engine.groups[group]
	return ok && g.NoStanding
}

// givers are the rules in force that give group themselves.
func (f *flipping) givers(group string) []*program {
	all, ok := f.giving[group]
	if !ok {
		all = slices.DeleteFunc(f.engine.giving(group), func(p *program) bool { return !p.inForce(f.world.At) })
		f.giving[group] = all
	}
	return all
}

// rule notes what could make a rule give group.
func (p *supposition) rule(r *program, group string) {
	if p.subject.judge(r.logic) != yes {
		p.touch(r.logic, wantYes)
		return
	}
	for i := range r.rule.names {
		n := &r.rule.names[i]
		if n.made() && n.matches(group) {
			p.spell(n, group)
		}
	}
}

// lose notes what could help to lose a group: that the first of its causes ends,
// or that a group comes which a constraint puts before it.
func (p *supposition) lose(group string) {
	at, _ := findMembership(p.decision.Memberships, group)
	switch c := p.decision.Memberships[at].Causes[0]; c.Kind {
	case identity.CauseRule:
		r := p.engine.byName[c.Name]
		p.touch(r.logic, wantNotYes)
		for i := range r.rule.names {
			if n := &r.rule.names[i]; n.made() {
				p.unspell(n)
			}
		}
	case identity.CauseGroup:
		p.reach(goal{c.Name, false})
	}
	for _, name := range append([]string{group}, p.engine.around[group]...) {
		for _, c := range p.engine.apart[name] {
			for _, rival := range c.Conflict {
				p.reach(goal{rival, true})
			}
		}
	}
}

// states notes the states that are fit.
func (p *supposition) states(fit func(identity.State) bool) {
	for _, state := range []identity.State{identity.Active, identity.Staged, identity.OnLeave, identity.Suspended, identity.Left} {
		if state != p.subject.user.State && fit(state) {
			p.edits = append(p.edits, edit{slot{kind: slotState}, candidate{formExact, string(state)}})
		}
	}
}

// set notes a value of an attribute.
func (p *supposition) set(attribute string, c candidate) {
	p.edits = append(p.edits, edit{slot{kind: slotSet, name: attribute}, c})
}

// toggle notes that something comes or goes.
func (p *supposition) toggle(s slot, on bool) { p.edits = append(p.edits, toggled(s, on)) }

// listElement is one value of a reading of several.
func listElement(r population.Reading, text string) slot {
	if r.Kind == population.Groups {
		return slot{kind: slotGroup, text: text}
	}
	return slot{kind: slotElement, name: r.Attribute, text: text}
}

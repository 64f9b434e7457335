package rules

import (
	"slices"
	"strings"

	"birthright/identity"
	"birthright/rules/population"
)

// touch notes the changes of which one is needed for some logic to say what is
// wanted. Where several arguments would all have to be otherwise, those of one of
// them are enough: the others get their turn when it is made.
func (p *supposition) touch(n *logic, w want) {
	if w.met(p.subject.judge(n)) {
		return
	}
	switch n.op {
	case opLeaf:
		p.touchLeaf(&p.engine.leaves.all[n.leaf], n, w)
	case opNot:
		p.touch(n.args[0], w.opposite())
	case opAnd:
		p.touchArgs(n.args, w, w == wantYes || w == wantNotNo)
	case opOr:
		p.touchArgs(n.args, w, w == wantNo || w == wantNotYes)
	case opChoose:
		p.touchChoice(n, w)
	}
}

// touchArgs goes into the arguments: all together must be as wanted, or one.
func (p *supposition) touchArgs(args []*logic, w want, together bool) {
	for _, a := range args {
		if together && w.met(p.subject.judge(a)) {
			continue
		}
		p.touch(a, w)
		if together {
			return
		}
	}
}

// touchChoice turns the condition of ?: or what it chooses.
func (p *supposition) touchChoice(n *logic, w want) {
	switch p.subject.judge(n.args[0]) {
	case yes:
		p.touch(n.args[0], wantNotYes)
		p.touch(n.args[1], w)
	case no:
		p.touch(n.args[0], wantNotNo)
		p.touch(n.args[2], w)
	default:
		p.touch(n.args[0], wantYes)
		p.touch(n.args[0], wantNo)
	}
}

// touchLeaf notes the changes that make one leaf say what is wanted.
func (p *supposition) touchLeaf(l *leaf, n *logic, w want) {
	on := w == wantYes || w == wantNotNo
	switch {
	case l.fact():
		p.touchFact(fact{l.kind, l.texts[0]}, on)
	case l.kind == leafElement:
		p.toggle(listElement(l.reading, l.texts[0]), on)
		for _, x := range p.changesOf(l.reading, nil) {
			if x.slot.kind == slotSet && w.met(p.with(n, x)) {
				p.edits = append(p.edits, x)
			}
		}
	case l.kind == leafFree:
		p.touchFree(l)
	case l.reading.Kind == population.State:
		p.states(func(state identity.State) bool {
			return w.met(p.with(n, edit{slot{kind: slotState}, candidate{formExact, string(state)}}))
		})
	default:
		for _, x := range p.changesOf(l.reading, nil) {
			if l.reading.Listed() || w.met(p.with(n, x)) { // a list may need more than one
				p.edits = append(p.edits, x)
			}
		}
	}
}

// with judges some logic about the user with one more change.
func (p *supposition) with(n *logic, x edit) truth {
	u, w := changed(p.subject.user, p.subject.world, []edit{x})
	s := p.engine.subject(u, w)
	defer s.release()
	return s.judge(n)
}

func (p *supposition) touchFact(f fact, on bool) {
	switch {
	case f.kind == leafInGroup:
		p.reach(goal{f.text, on})
	case f.kind == leafReportsTo && !on && strings.EqualFold(p.subject.user.Attributes.First(identity.AttrManager), f.text):
		p.set(identity.AttrManager, candidate{})
		p.set(identity.AttrManager, candidate{form: formExact})
	default:
		p.toggle(slot{kind: slotFact, fact: f}, on)
	}
}

// touchFree notes every change of what a program reads and asks; what it compares
// with each other is worth a try, too.
func (p *supposition) touchFree(l *leaf) {
	beside := textsOf(l.reads, &p.subject.user)
	for _, r := range l.reads {
		p.edits = append(p.edits, p.changesOf(r, beside)...)
	}
	for _, f := range l.asks {
		p.touchFact(f, !p.subject.factHolds(f))
	}
}

// anything returns every change of what decides on the group.
func (p *supposition) anything() []edit {
	around := sortedKeys(p.engine.closure([]string{p.group}))
	for _, name := range sortedKeys(p.engine.needed(around)) {
		r := p.engine.byName[name]
		p.shake(r.logic)
		for i := range r.rule.names {
			p.unspell(&r.rule.names[i])
		}
	}
	return p.edits
}

// shake notes every change of what some logic looks at.
func (p *supposition) shake(n *logic) {
	a := p.engine.asked(n)
	for _, r := range a.readings {
		p.edits = append(p.edits, p.changesOf(r, nil)...)
	}
	for _, f := range a.facts {
		if f.kind != leafInGroup {
			p.touchFact(f, !p.subject.factHolds(f))
		}
	}
	p.shakeFree(n)
}

// shakeFree notes what programs compare with each other.
func (p *supposition) shakeFree(n *logic) {
	if n.op == opLeaf {
		if l := &p.engine.leaves.all[n.leaf]; l.kind == leafFree {
			p.touchFree(l)
		}
	}
	for _, arg := range n.args {
		p.shakeFree(arg)
	}
}

// changesOf returns the changes of what a reading sees.
func (p *supposition) changesOf(r population.Reading, beside []string) []edit {
	switch r.Kind {
	case population.Whole, population.Login, population.State:
		return nil // the names of attributes, and what is no attribute
	}
	all := slices.Clone(p.values.of(r))
	for _, text := range beside {
		if c := (candidate{formExact, text}); starred(text) == text && !slices.Contains(all, c) {
			all = append(all, c)
		}
	}
	var out []edit
	if r.Kind != population.Groups {
		s := slot{kind: slotSet, name: attributeRead(r)}
		for _, c := range all {
			if c.concrete(s) != p.subject.user.Attributes.First(s.name) {
				out = append(out, edit{s, c})
			}
		}
	}
	if r.Listed() {
		out = append(out, p.elements(r, all)...)
	}
	return out
}

// elements returns the changes by one value of a reading of several.
func (p *supposition) elements(r population.Reading, all []candidate) []edit {
	has := r.List(&p.subject.user)
	var out []edit
	for _, text := range has {
		out = append(out, toggled(listElement(r, text), false))
	}
	for _, c := range all {
		if text := c.concrete(listElement(r, "")); text != "" && !slices.Contains(has, text) {
			out = append(out, toggled(listElement(r, text), true))
		}
	}
	return out
}

package analysis

import (
	"birthright/identity"
	"birthright/rules"
	"birthright/rules/population"
)

// witness is an example of somebody of whom a rule holds.
type witness struct {
	view    *rules.View
	answers map[int]answers
	values  map[population.Reading]string
}

// witness returns the person whom a search has found.
func (p *problem) witness(view *rules.View) *witness {
	w := &witness{view: view, answers: p.known, values: map[population.Reading]string{}}
	for i := range p.variables {
		v := &p.variables[i]
		for j := range v.options {
			if o := &v.options[j]; o.value != "" && p.is(v, o) {
				w.values[view.Questions[v.questions[0]].Reading] = o.value
				break
			}
		}
	}
	return w
}

// is reports whether an option was taken for a variable.
func (p *problem) is(v *variable, o *option) bool {
	for i, q := range v.questions {
		if p.known[q] != o.answers[i] {
			return false
		}
	}
	return true
}

// answer says what other conditions say of the person: of what the rule does not
// ask about, that there is nothing.
func (w *witness) answer(question int) answers {
	if known, ok := w.answers[question]; ok {
		return known
	}
	q := &w.view.Questions[question]
	if q.Asking > rules.AskPart || q.Reading.Listed() {
		return saysNo
	}
	value := w.values[q.Reading]
	if value == "" && q.Reading.Kind == population.State {
		value = string(identity.Active)
	}
	return 1 << w.view.Answer(question, value)
}

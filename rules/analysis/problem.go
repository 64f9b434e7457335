package analysis

import (
	"cmp"
	"slices"
	"strings"

	"birthright/rules"
	"birthright/rules/population"
)

// variable is something about a person that questions ask about, with every way
// in which it can be.
type variable struct {
	questions []int
	options   []option
	// editable is set where people can change it themselves.
	editable bool
	weight   int // how often conditions ask
}

// problem is what some conditions ask about a person.
type problem struct {
	variables []variable
	// known holds, by question, the answers that are still open.
	known map[int]answers
}

// pose gathers what conditions ask. editable says what people can change.
func pose(view *rules.View, editable func(rules.Ask) bool, conditions ...*node) *problem {
	asked := map[int]int{}
	for _, n := range conditions {
		n.count(asked)
	}
	single := map[population.Reading][]int{}
	p := &problem{known: map[int]answers{}}
	for _, q := range sortedKeys(asked) {
		if text := &view.Questions[q]; alone(text, single[text.Reading], view) {
			p.variables = append(p.variables, variable{questions: []int{q}, options: free(text)})
		} else {
			single[text.Reading] = append(single[text.Reading], q)
		}
	}
	for reading, questions := range single {
		p.variables = append(p.variables, variable{questions: questions, options: options(view, reading, questions)})
	}
	for i := range p.variables {
		p.complete(view, &p.variables[i], editable, asked)
	}
	slices.SortFunc(p.variables, func(a, b variable) int {
		return cmp.Or(cmp.Compare(b.weight, a.weight), cmp.Compare(a.questions[0], b.questions[0]))
	})
	return p
}

// complete fills in what follows of a variable, and leaves it open.
func (p *problem) complete(view *rules.View, v *variable, editable func(rules.Ask) bool, asked map[int]int) {
	for i, q := range v.questions {
		v.weight += asked[q]
		v.editable = v.editable || editable != nil && editable(view.Questions[q])
		for _, o := range v.options {
			p.known[q] |= o.answers[i]
		}
	}
}

// set takes an option for a variable; unset leaves it open again.
func (p *problem) set(v *variable, o *option) {
	for i, q := range v.questions {
		p.known[q] = o.answers[i]
	}
}

func (p *problem) unset(v *variable) {
	for i, q := range v.questions {
		p.known[q] = 0
		for _, o := range v.options {
			p.known[q] |= o.answers[i]
		}
	}
}

func (p *problem) answer(question int) answers { return p.known[question] }

// alone reports whether a question is answered by itself: it is about no single
// value, or one too many about that value.
func alone(q *rules.Ask, before []int, view *rules.View) bool {
	if q.Asking > rules.AskPart && q.Asking != rules.AskValue || q.Reading.Listed() {
		return true
	}
	if slices.ContainsFunc(q.Texts, func(text string) bool { return strings.Contains(text, other) }) {
		return true
	}
	same := 0
	for _, b := range before {
		if view.Questions[b].Asking == q.Asking {
			same++
		}
	}
	return q.Asking == rules.AskPart && same >= mostParts ||
		(q.Asking == rules.AskPrefix || q.Asking == rules.AskSuffix) && same >= mostEnds
}

// free are the options of a question that is answered by itself.
func free(q *rules.Ask) []option {
	out := []option{{answers: []answers{saysNo}}, {answers: []answers{saysYes}}}
	if q.Asking == rules.AskValue || q.Asking == rules.AskFree {
		out = append(out, option{answers: []answers{cannot}})
	}
	return out
}

// count counts how often each question is asked.
func (n *node) count(asked map[int]int) {
	if n.op == rules.OpAsk {
		asked[n.question]++
	}
	for _, a := range n.args {
		a.count(asked)
	}
}

func sortedKeys[K cmp.Ordered, V any](m map[K]V) []K {
	keys := make([]K, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}

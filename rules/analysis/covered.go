package analysis

import (
	"slices"
	"strconv"
	"strings"

	"birthright/rules"
	"birthright/rules/population"
)

// The bounds of looking for rules that others cover. In a policy of ten thousand
// rules the values that they name leave few pairs to look at.
const (
	mostPairs    = 2_000_000 // compared by an example
	mostSearches = 50_000    // searched in
)

// covering looks for rules that others cover.
type covering struct {
	*checker
	shelves         map[string]*shelf // by group, as rules write it
	removed         []bool            // rules that are covered: they cover none
	pairs, searches int
	leftOut         int
}

// shelf holds the rules that give one group, by a value that each needs.
type shelf struct {
	byValue  map[anchor][]int
	readings []population.Reading // of the anchors
	rest     []int
}

// anchor is a value that somebody must have for a rule to hold.
type anchor struct {
	reading population.Reading
	value   string
}

// covered finds rules of which every group is given by others to everybody of
// whom the rule holds.
func (c *checker) covered() {
	k := covering{checker: c, shelves: map[string]*shelf{}, removed: make([]bool, len(c.policy.Rules))}
	for i := range c.policy.Rules {
		if c.dead[i] == "" {
			k.shelve(i)
		}
	}
	// The later one of two rules that are the same is the one too many.
	for i := len(c.policy.Rules) - 1; i >= 0; i-- {
		if c.dead[i] == "" {
			k.look(i)
		}
	}
	if k.leftOut > 0 {
		c.found(Finding{
			Kind: LeftOut, Severity: Note, Position: c.policy.Rules[0].Position,
			Remedy: "split groups that very many rules give, or give such groups by fewer rules",
		}, "%s pairs of rules were not compared: too many rules give the same groups", strconv.Itoa(k.leftOut))
	}
}

// shelve puts a rule where those that it could cover find it.
func (k *covering) shelve(i int) {
	anchors := k.anchors(k.view.When[i])
	for _, group := range k.policy.Rules[i].Groups {
		s := k.shelves[group]
		if s == nil {
			s = &shelf{byValue: map[anchor][]int{}}
			k.shelves[group] = s
		}
		if len(anchors) == 0 {
			s.rest = append(s.rest, i)
			continue
		}
		for _, a := range anchors {
			s.byValue[a] = append(s.byValue[a], i)
			if !slices.Contains(s.readings, a.reading) {
				s.readings = append(s.readings, a.reading)
			}
		}
	}
}

// anchors returns values of which somebody must have one for a condition to hold.
func (k *covering) anchors(n *rules.Node) []anchor {
	switch n.Op {
	case rules.OpAnd:
		for _, a := range n.Args {
			if anchors := k.anchors(a); len(anchors) > 0 {
				return anchors
			}
		}
	case rules.OpAsk:
		q := k.view.Questions[n.Question]
		if q.Asking != rules.AskOneOf {
			return nil
		}
		out := make([]anchor, len(q.Texts))
		for i, text := range q.Texts {
			out[i] = anchor{q.Reading, text}
		}
		return out
	}
	return nil
}

// look finds whether rule i is covered.
func (k *covering) look(i int) {
	var by []string
	for _, group := range k.policy.Rules[i].Groups {
		j := k.cover(i, k.shelves[group])
		if j < 0 {
			return
		}
		if name := k.policy.Rules[j].Name; !slices.Contains(by, name) {
			by = append(by, name)
		}
	}
	k.removed[i] = true
	r := &k.policy.Rules[i]
	k.found(Finding{
		Kind: Covered, Severity: Warning, Position: r.Position, Rule: r.Name,
		Remedy: "take the rule out, or narrow the other one if that gives more than is meant",
	}, "rule %q adds nothing: of whomever it holds, %s and %s the same", r.Name, ruleNames(by), plural(len(by), "gives", "give"))
}

func ruleNames(names []string) string {
	for i, name := range names {
		names[i] = strconv.Quote(name)
	}
	return plural(len(names), "rule ", "rules ") + strings.Join(names, ", ") + plural(len(names), " holds", " hold")
}

func plural(n int, one, many string) string {
	if n == 1 {
		return one
	}
	return many
}

// cover returns a rule on the shelf that holds whenever rule i does, -1 for none.
func (k *covering) cover(i int, s *shelf) int {
	w := k.witnesses[i]
	for _, reading := range s.readings {
		for _, j := range s.byValue[anchor{reading, w.values[reading]}] {
			if k.covers(j, i, w) {
				return j
			}
		}
	}
	for _, j := range s.rest {
		if k.covers(j, i, w) {
			return j
		}
	}
	return -1
}

// covers reports whether it is proven that rule j holds whenever rule i does. An
// example of whom i holds refutes most pairs at once.
func (k *covering) covers(j, i int, w *witness) bool {
	if i == j || k.removed[j] || !lasts(&k.policy.Rules[j], &k.policy.Rules[i]) {
		return false
	}
	if k.pairs++; k.pairs > mostPairs {
		k.leftOut++
		return false
	}
	if k.conditions.rule(j).evaluate(w.answer)&saysYes == 0 {
		return false
	}
	if k.searches++; k.searches > mostSearches {
		k.leftOut++
		return false
	}
	return k.implies(i, j)
}

// lasts reports whether a rule is in force whenever another one is.
func lasts(r, other *rules.Rule) bool {
	return !r.ValidFrom.After(other.ValidFrom) &&
		(r.ValidUntil.IsZero() || !other.ValidUntil.IsZero() && !r.ValidUntil.Before(other.ValidUntil))
}

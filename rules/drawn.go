package rules

import (
	"slices"

	"birthright/rules/population"
)

// What a picture of a policy asks: where a rule is at home before anybody is
// there, and which of a rule's names a group has.

// Requires returns the values of which a person must have one at r for a rule to
// hold, sorted, and false where the rule does not say: then it may hold of
// people with any value.
func (e *Engine) Requires(rule string, r population.Reading) ([]string, bool) {
	p, ok := e.byName[rule]
	if !ok {
		return nil, false
	}
	values, ok := e.required(p.logic, r)
	return sortedSet(values), ok
}

// required is Requires for a part of a condition. Of the arguments of &&, each
// narrows the choice; of ||, all must make one.
func (e *Engine) required(n *logic, r population.Reading) (values []string, ok bool) {
	switch n.op {
	case opLeaf:
		l := &e.leaves.all[n.leaf]
		if l.reading != r || l.kind != leafOneOf && l.kind != leafElement {
			return nil, false
		}
		return slices.Clone(l.texts), true
	case opAnd:
		for _, arg := range n.args {
			if narrower, says := e.required(arg, r); says {
				values, ok = narrowed(values, ok, narrower), true
			}
		}
		return values, ok
	case opOr:
		for _, arg := range n.args {
			more, says := e.required(arg, r)
			if !says {
				return nil, false
			}
			values = append(values, more...)
		}
		return values, true
	default:
		return nil, false
	}
}

// narrowed returns what is in both, all of next where there is no choice yet.
func narrowed(values []string, chosen bool, next []string) []string {
	if !chosen {
		return next
	}
	return slices.DeleteFunc(values, func(v string) bool { return !slices.Contains(next, v) })
}

// NameOf returns the name in Groups that group has, as the rule writes it, and
// false where the rule cannot give that group.
func (r *Rule) NameOf(group string) (string, bool) {
	for i := range r.names {
		if r.names[i].matches(group) {
			return r.names[i].text, true
		}
	}
	return "", false
}

package rules

import "strings"

// clause is a part of a condition, as written and as logic.
type clause struct {
	text  string
	logic *logic
}

// conjuncts pairs the clauses of a condition with the arguments of its logic.
// Where the text does not come apart as the logic does, as for !(!(a && b)), the
// condition is one clause.
func conjuncts(source string, n *logic) []clause { return paired(clauses(source), source, n, opAnd) }

// disjuncts does the same for the sides of ||.
func disjuncts(source string, n *logic) []clause { return paired(sides(source), source, n, opOr) }

func paired(texts []string, source string, n *logic, o op) []clause {
	if len(texts) == 1 {
		return []clause{{texts[0], n}}
	}
	if n.op != o || len(texts) != len(n.args) {
		return []clause{{strings.TrimSpace(source), n}}
	}
	out := make([]clause, len(texts))
	for i, text := range texts {
		out[i] = clause{text, n.args[i]}
	}
	return out
}

package main

import (
	"fmt"
	"math/rand/v2"
	"strings"

	"birthright/rules"
)

// term is one part of a condition: an attribute that has one of some values, or
// has not.
type term struct {
	attribute int
	values    []int
	not       bool
}

// shape is a condition as a hand would lay it out: any of some lists of terms, of
// which each must hold.
type shape [][]term

// shapes makes n conditions like those that people write.
func shapes(n int) []shape {
	random := rand.New(rand.NewPCG(3, 4))
	draws := make([]draw, len(attributes))
	for i, a := range attributes {
		draws[i] = newDraw(a.values, a.skew)
	}
	some := func(attribute, most int) term {
		t := term{attribute: attribute}
		seen := map[int]bool{}
		for range 1 + random.IntN(most) {
			if v := draws[attribute].next(random); !seen[v] {
				seen[v] = true
				t.values = append(t.values, v)
			}
		}
		return t
	}
	not := func(t term) term { t.not = true; return t }
	const department, team, title, location, kind, cost, division, organization, userType = 0, 1, 2, 3, 4, 5, 6, 7, 8
	out := make([]shape, n)
	for i := range out {
		switch i % 6 {
		case 0:
			out[i] = shape{{some(department, 1), some(team, 3)}}
		case 1:
			out[i] = shape{{some(team, 4), some(kind, 1)}}
		case 2:
			out[i] = shape{{some(cost, 10)}}
		case 3:
			out[i] = shape{{some(department, 1), some(location, 1)}, {some(title, 1), some(location, 2)}}
		case 4:
			out[i] = shape{{some(department, 2), some(title, 3), not(some(kind, 1))}}
		default:
			out[i] = shape{{some(division, 1), some(organization, 2), not(some(userType, 1))}}
		}
	}
	return out
}

// text is the shape as CEL.
func (s shape) text() string {
	var any []string
	for _, terms := range s {
		var all []string
		for _, t := range terms {
			all = append(all, t.text())
		}
		any = append(any, "("+strings.Join(all, " && ")+")")
	}
	return strings.Join(any, " || ")
}

func (t term) text() string {
	name := "user." + attributes[t.attribute].name
	if len(t.values) == 1 {
		sign := "=="
		if t.not {
			sign = "!="
		}
		return fmt.Sprintf("%s %s %q", name, sign, valueOf(t.attribute, t.values[0]))
	}
	var quoted []string
	for _, v := range t.values {
		quoted = append(quoted, fmt.Sprintf("%q", valueOf(t.attribute, v)))
	}
	text := fmt.Sprintf("%s in [%s]", name, strings.Join(quoted, ", "))
	if t.not {
		text = "!(" + text + ")"
	}
	return text
}

// engine compiles a policy with one rule and one group for each condition.
func engine(conditions []string) (*rules.Engine, error) {
	var groups, all strings.Builder
	groups.WriteString("groups:\n")
	all.WriteString("rules:\n")
	for i, when := range conditions {
		fmt.Fprintf(&groups, "  - {name: g%d, access: [\"app:group/g%d\"]}\n", i, i)
		fmt.Fprintf(&all, "  - name: r%d\n    when: '%s'\n    groups: [g%d]\n", i, strings.ReplaceAll(when, "'", "''"), i)
	}
	policy, err := rules.Load([]rules.File{{Name: "bench.yaml", Data: []byte(groups.String() + all.String())}}, nil)
	if err != nil {
		return nil, err
	}
	return rules.Compile(policy)
}

// texts are the shapes as CEL.
func texts(all []shape) []string {
	out := make([]string, len(all))
	for i, s := range all {
		out[i] = s.text()
	}
	return out
}

// withHard replaces every tenth condition by one that no set can answer.
func withHard(conditions []string) []string {
	out := make([]string, len(conditions))
	copy(out, conditions)
	for i := 0; i < len(out); i += 10 {
		out[i] = "(" + out[i] + `) && user.title.size() + user.location.size() > 18`
	}
	return out
}

package main

import (
	"fmt"
	"strings"

	"birthright/identity"
	"birthright/reviews/suggest"
)

// clause is one attribute with a value.
type clause struct{ attribute, value string }

// plainly suggests by nested loops: for each group, over each condition, over
// everybody. It returns the conditions by group.
func plainly(c company, t suggest.Thresholds) map[string]string {
	out := map[string]string{}
	by := map[string][]*suggest.Request{}
	for i := range c.requests {
		by[c.requests[i].Group] = append(by[c.requests[i].Group], &c.requests[i])
	}
	for group, requests := range by {
		asked, all, approved := make([]bool, people+1), 0, 0
		for _, r := range requests {
			all++
			if r.Approved {
				approved++
				asked[r.UserN] = true
			}
		}
		askers := 0
		for _, yes := range asked {
			if yes {
				askers++
			}
		}
		if all >= t.Requests && askers >= t.Askers && float64(approved)/float64(all) >= t.Approval {
			if condition := smallest(c.people, asked, askers, t); condition != "" {
				out[group] = condition
			}
		}
	}
	return out
}

// smallest tries every condition of one clause, then of two, then of three.
func smallest(everybody []identity.User, asked []bool, askers int, t suggest.Thresholds) string {
	single := clauses(everybody, asked, askers, t)
	conditions := [][]clause{{}}
	for range 3 {
		var longer [][]clause
		best, score := "", 0.0
		for _, condition := range conditions {
			for _, c := range single {
				if len(condition) > 0 && c.attribute <= condition[len(condition)-1].attribute {
					continue
				}
				tried := append(append([]clause{}, condition...), c)
				hits, others := 0, 0
				for i := range everybody {
					switch {
					case !holds(&everybody[i], tried):
					case asked[everybody[i].N]:
						hits++
					default:
						others++
					}
				}
				longer = append(longer, tried)
				f := float64(hits) / float64(askers+hits+others)
				if float64(hits) >= t.Coverage*float64(askers) && float64(hits) >= t.Precision*float64(hits+others) && f > score {
					best, score = spelled(tried), f
				}
			}
		}
		if best != "" {
			return best
		}
		conditions = longer
	}
	return ""
}

// clauses are the values that enough askers have.
func clauses(everybody []identity.User, asked []bool, askers int, t suggest.Thresholds) []clause {
	var out []clause
	for _, a := range attributes {
		counts := map[string]int{}
		for i := range everybody {
			if asked[everybody[i].N] {
				counts[everybody[i].Attributes.First(a.name)]++
			}
		}
		for value, n := range counts {
			if float64(n) >= t.Coverage*float64(askers) {
				out = append(out, clause{a.name, value})
			}
		}
	}
	return out
}

func holds(u *identity.User, condition []clause) bool {
	for _, c := range condition {
		if u.Attributes.First(c.attribute) != c.value {
			return false
		}
	}
	return true
}

func spelled(condition []clause) string {
	parts := make([]string, len(condition))
	for i, c := range condition {
		parts[i] = fmt.Sprintf("user.%s == %q", c.attribute, c.value)
	}
	return strings.Join(parts, " && ")
}

package main

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"birthright/rules"
)

// reaches is the answer about a name: a group, some rules, or both.
type reaches struct {
	Name  string      `json:"name"`
	Group *groupReach `json:"group"`
	Rules []ruleReach `json:"rules"`
}

type groupReach struct {
	Group  string `json:"group"`
	Title  string `json:"title"`
	People int    `json:"people"`
}

type ruleReach struct {
	Rule        string        `json:"rule"`
	Position    string        `json:"position"`
	Description string        `json:"description"`
	Owner       string        `json:"owner"`
	InForce     bool          `json:"in_force"`
	ValidFrom   *time.Time    `json:"valid_from"`
	ValidUntil  *time.Time    `json:"valid_until"`
	Clauses     []clauseReach `json:"clauses"`
	Except      *clauseReach  `json:"except"`
	// People is of how many the rule holds, Users are the names of the first of them.
	People int            `json:"people"`
	Users  []string       `json:"users"`
	Groups []givenToReach `json:"groups"`
}

type clauseReach struct {
	Clause string `json:"clause"`
	People int    `json:"people"`
	Left   int    `json:"left"`
	// OneByOne is set where the clause is asked about each person.
	OneByOne bool `json:"one_by_one"`
}

type givenToReach struct {
	Group  string `json:"group"`
	People int    `json:"people"`
}

func newRuleReach(r rules.Reach, users []string) ruleReach {
	out := ruleReach{
		Rule: r.Rule.Name, Position: r.Rule.Position.String(), Description: r.Rule.Description, Owner: r.Rule.Owner, InForce: r.InForce,
		ValidFrom: known(r.Rule.ValidFrom), ValidUntil: known(r.Rule.ValidUntil),
		Clauses: []clauseReach{}, People: int(r.Holds.GetCardinality()), Users: users, Groups: []givenToReach{},
	}
	for _, c := range r.Clauses {
		out.Clauses = append(out.Clauses, clauseReach{c.Text, c.Holds, c.Left, c.Each})
	}
	if r.Except != nil {
		out.Except = &clauseReach{r.Except.Text, r.Except.Holds, r.Except.Left, r.Except.Each}
	}
	for _, g := range r.Groups {
		out.Groups = append(out.Groups, givenToReach{g.Group, g.Gets})
	}
	return out
}

// known is a time, nil for none.
func known(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	return &t
}

func (r reaches) listing() listing {
	l := listing{data: r, header: []string{"rule", "clause", "people", "left", "asked"}}
	var b strings.Builder
	if r.Group != nil {
		fmt.Fprintf(&b, "Group %s: %s.\n", r.Group.Group, count(r.Group.People, "person", "people"))
		if len(r.Rules) == 0 {
			b.WriteString("No rule gives it itself.\n")
		}
	}
	for _, rule := range r.Rules {
		if b.Len() > 0 {
			b.WriteString("\n")
		}
		rule.write(&b)
		for _, c := range rule.parts() {
			asked := "as a set"
			if c.OneByOne {
				asked = "one by one"
			}
			l.rows = append(l.rows, []string{rule.Rule, c.Clause, strconv.Itoa(c.People), strconv.Itoa(c.Left), asked})
		}
	}
	l.text = b.String()
	return l
}

// parts are the clauses, the exception last.
func (r ruleReach) parts() []clauseReach {
	parts := append([]clauseReach{}, r.Clauses...)
	if r.Except != nil {
		except := *r.Except
		except.Clause = "except: " + except.Clause
		parts = append(parts, except)
	}
	return parts
}

func (r ruleReach) write(b *strings.Builder) {
	fmt.Fprintf(b, "rule %s  %s  %s\n", r.Rule, r.Position, r.Description)
	if !r.InForce {
		b.WriteString("  not in force now\n")
	}
	widest := 0
	for _, c := range r.parts() {
		widest = max(widest, len([]rune(oneLine(c.Clause))))
	}
	widest = min(widest, 80)
	for _, c := range r.parts() {
		note := ""
		if c.OneByOne {
			note = "  asked one by one"
		}
		fmt.Fprintf(b, "  %-*s  %7d people  %7d left%s\n", widest, oneLine(c.Clause), c.People, c.Left, note)
	}
	b.WriteString(holdsOf(r.People, r.Users))
	for i, g := range r.Groups {
		if i == 12 {
			fmt.Fprintf(b, "  … and %d more groups\n", len(r.Groups)-i)
			break
		}
		fmt.Fprintf(b, "  %s: %s\n", g.Group, count(g.People, "person", "people"))
	}
}

package main

import (
	"fmt"
	"strconv"
	"strings"

	"birthright/hub"
)

// reachListing shows whom rules are about.
func reachListing(r hub.Reaches) listing {
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
		writeReach(&b, rule)
		for _, c := range clausesOf(rule) {
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

// clausesOf are the clauses, the exception last.
func clausesOf(r hub.RuleReach) []hub.ClauseReach {
	parts := append([]hub.ClauseReach{}, r.Clauses...)
	if r.Except != nil {
		except := *r.Except
		except.Clause = "except: " + except.Clause
		parts = append(parts, except)
	}
	return parts
}

func writeReach(b *strings.Builder, r hub.RuleReach) {
	fmt.Fprintf(b, "rule %s  %s  %s\n", r.Rule, r.Position, r.Description)
	if !r.InForce {
		b.WriteString("  not in force now\n")
	}
	widest := 0
	for _, c := range clausesOf(r) {
		widest = max(widest, len([]rune(oneLine(c.Clause))))
	}
	widest = min(widest, 80)
	for _, c := range clausesOf(r) {
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

// holdsOf is the sentence on of whom something holds.
func holdsOf(people int, users []string) string {
	text := "It holds of " + count(people, "person", "people")
	if len(users) > 0 {
		text += ": " + visible(strings.Join(users, ", "))
		if rest := people - len(users); rest > 0 {
			text += fmt.Sprintf(" and %d more", rest)
		}
	}
	return text + ".\n"
}

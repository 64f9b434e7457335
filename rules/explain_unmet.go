package rules

import (
	"fmt"
	"slices"
	"strings"
)

// Unmet is one clause that would have to be otherwise.
type Unmet struct {
	// Rule is the rule that the clause belongs to; "" for what holds for all.
	Rule string `json:"rule"`
	// Clause is the text of the clause. "except: …" is a condition that takes
	// the user out, "groups: …" a name that is another one for this user.
	Clause string `json:"clause"`
	// Value is what the clause read: the value, or name="value" for several.
	Value string `json:"value"`
	// Source is the source, or the sources, that the values came from.
	Source string `json:"source"`
	// Reads is what the clause read, one by one.
	Reads []Evidence `json:"reads"`
	// Either lists, for a clause with ||, what fails of each of its sides.
	Either [][]string `json:"either"`
	// Group is the group within the one asked about that the rule gives; "" for
	// the one asked about.
	Group string `json:"through"`
	// Position is where the rule, or what else it is, stands.
	Position string `json:"position"`
}

// unmet is what keeps group from the subject: what no rule could change, then the
// rules that give it, then the same of groups within it.
func (s *subject) unmet(d Decision, group string) []Unmet {
	var out []Unmet
	given := false
	for _, name := range s.engine.within(group) {
		items, gives := s.unmetIn(name)
		given = given || gives
		items = append(append(s.barriers(name), s.refusal(d, name)...), items...)
		if name != group {
			items = through(name, slices.DeleteFunc(items, func(u Unmet) bool { return u.Rule == "" && saidBefore(out, u.Clause) }))
		}
		out = append(out, items...)
	}
	if !given {
		out = append(out, Unmet{Clause: fmt.Sprintf("no rule gives %q", group)})
	}
	return finished(out)
}

// unmetIn is what fails of the rules that give group themselves.
func (s *subject) unmetIn(group string) (out []Unmet, gives bool) {
	for _, p := range s.engine.giving(group) {
		gives = true
		items := s.unmetBy(p, group)
		for i := range items {
			items[i].Rule, items[i].Position = p.rule.Name, p.rule.Position.String()
		}
		out = append(out, items...)
	}
	return out, gives
}

// within returns group and the groups that it contains, nearest first, each once.
func (e *Engine) within(group string) []string {
	return append([]string{group}, outward(group, func(name string) []string { return e.givers.inner[name] }, nil)...)
}

// saidBefore reports whether a clause that belongs to no rule is told of already.
func saidBefore(all []Unmet, clause string) bool {
	return slices.ContainsFunc(all, func(u Unmet) bool { return u.Rule == "" && u.Clause == clause })
}

func through(group string, items []Unmet) []Unmet {
	for i := range items {
		items[i].Group = group
	}
	return items
}

// finished fills in what follows from what was read.
func finished(all []Unmet) []Unmet {
	for i := range all {
		u := &all[i]
		if u.Reads == nil {
			u.Reads = []Evidence{}
		}
		if u.Either == nil {
			u.Either = [][]string{}
		}
		if !strings.HasPrefix(u.Clause, "groups: ") {
			u.Value = strings.TrimSpace(printed(u.Reads) + " " + u.Value)
		}
		if u.Source == "" {
			u.Source = SourcesOf(u.Reads)
		}
	}
	return all
}

// printed is the value of what was read, or name="value" of several.
func printed(reads []Evidence) string {
	if len(reads) == 1 {
		return reads[0].Value
	}
	parts := make([]string, len(reads))
	for i, r := range reads {
		parts[i] = fmt.Sprintf("%s=%q", r.Attribute, r.Value)
	}
	return strings.Join(parts, ", ")
}

// SourcesOf names who said what was read, each once.
func SourcesOf(reads []Evidence) string {
	var all []string
	for _, r := range reads {
		if r.Source != "" && !slices.Contains(all, r.Source) {
			all = append(all, r.Source)
		}
	}
	slices.Sort(all)
	return strings.Join(all, ", ")
}

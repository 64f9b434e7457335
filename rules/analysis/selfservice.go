package analysis

import (
	"slices"
	"strconv"
	"strings"

	"birthright/identity"
	"birthright/rules"
)

func quote(text string) string { return strconv.Quote(text) }

// selfService finds ways for people to widen their own access.
func (c *checker) selfService() {
	open := map[string]bool{} // groups that people can let themselves into
	if !c.Editable.none() {
		for i := range c.policy.Rules {
			if c.dead[i] == "" {
				c.widening(i, open)
			}
		}
	}
	c.around(open)
	for i := range c.policy.Groups {
		g := &c.policy.Groups[i]
		at := Finding{Position: g.Position, Group: g.Name}
		c.ownedByItself(g, at)
		c.asking(g.Request, open, at)
		c.approving(g, open, at)
	}
	for i := range c.policy.Templates {
		t := &c.policy.Templates[i]
		c.asking(t.Request, open, Finding{Position: t.Position, Group: t.Match})
	}
}

// elsewhere is what to do about data that people can change.
const elsewhere = "ask for something that people cannot change, or let authority believe a source in which they cannot"

// widening finds a rule that people can make hold of themselves, or that reads
// what they can change without being decided by it.
func (c *checker) widening(i int, open map[string]bool) {
	r := &c.policy.Rules[i]
	at := Finding{Position: r.Position, Rule: r.Name, Group: riskiest(c, r.Groups), Remedy: elsewhere}
	facts := append(c.Editable.facts(&r.When), c.Editable.facts(&r.Except)...)
	reads := slices.Concat(c.Editable.within(c.view, c.view.When[i]), c.Editable.within(c.view, c.view.Except[i]), facts)
	// CEL that is not taken apart may hide the facts that the rule asks for.
	editable := func(q rules.Ask) bool {
		return c.Editable.question(q) || q.Asking == rules.AskFree && len(facts) > 0
	}
	n := c.conditions.rule(i)
	switch p := pose(c.view, editable, n); {
	case p.widens(n) == possible:
		for _, group := range r.Groups {
			open[group] = true
		}
		at.Kind, at.Severity = SelfService, c.graver(Error, Warning, r.Groups...)
		c.found(at, "people can let themselves into %s: rule %q depends on %s, which they can change themselves", strings.Join(r.Groups, ", "), r.Name, c.causes(r, reads))
	case len(reads) > 0:
		at.Kind, at.Severity = SelfEditable, c.graver(Warning, Note, r.Groups...)
		c.found(at, "rule %q reads %s, which people can change themselves", r.Name, list(reads))
	}
	c.naming(r, at)
}

// causes names what people can change of what a rule reads; it may lie behind inGroup.
func (c *checker) causes(r *rules.Rule, reads []touched) string {
	if len(reads) > 0 {
		return list(reads)
	}
	asked := append(slices.Clone(r.When.Groups), r.Except.Groups...)
	return "who is in " + strings.Join(asked, ", ")
}

func list(reads []touched) string {
	var out []string
	for _, t := range reads {
		if text := t.String(); !slices.Contains(out, text) {
			out = append(out, text)
		}
	}
	return strings.Join(out, ", ")
}

// naming finds groups whose names people can choose.
func (c *checker) naming(r *rules.Rule, at Finding) {
	for _, group := range r.Groups {
		for _, attribute := range placeholders(group) {
			if sources := c.Editable.variable(attribute); len(sources) > 0 {
				at.Kind, at.Severity, at.Group = SelfService, Warning, group
				c.found(at, "people can choose their group: rule %q names %s by %s", r.Name, group, touched{attribute, sources})
			}
		}
	}
}

// placeholders returns the attributes in a group's name.
func placeholders(name string) []string {
	var out []string
	for {
		_, rest, found := strings.Cut(name, "{")
		if !found {
			return out
		}
		attribute, after, _ := strings.Cut(rest, "}")
		out, name = append(out, attribute), after
	}
}

// around adds the groups that contain those in open.
func (c *checker) around(open map[string]bool) {
	for _, group := range sortedKeys(open) {
		for _, outer := range c.view.Around(group) {
			open[outer] = true
		}
	}
}

// ownedByItself finds a group whose members let in whom they like.
func (c *checker) ownedByItself(g *rules.Group, at Finding) {
	if g.Request == nil || len(g.Owners) != 1 || g.Owners[0] != "group:"+g.Name {
		return
	}
	if !slices.ContainsFunc(g.Request.Stages(), func(s rules.Stage) bool { return s.By == "owners" || s.By == g.Owners[0] }) {
		return
	}
	at.Kind, at.Severity, at.Remedy = SelfOwned, c.graver(Error, Warning, g.Name), "let a person or another group own it, or approve"
	c.found(at, "members of %q alone decide who joins it: it can be asked for, and is owned by itself", g.Name)
}

// asking finds conditions of a request that people can make hold.
func (c *checker) asking(r *rules.Request, open map[string]bool, at Finding) {
	if r == nil {
		return
	}
	at.Remedy = elsewhere
	if reads := c.Editable.in(&r.AutoApprove); len(reads) > 0 {
		at.Kind, at.Severity = SelfService, c.graver(Error, Warning, at.Group)
		c.found(at, "people can approve their own requests for %s: auto_approve reads %s, which they can change themselves", at.Group, list(reads))
	}
	for _, group := range r.AutoApprove.Groups {
		if open[group] {
			at.Kind, at.Severity = SelfService, c.graver(Error, Warning, at.Group)
			c.found(at, "people can approve their own requests for %s: auto_approve asks for group %q, and they can let themselves into it", at.Group, group)
		}
	}
	c.breaking(r, open, at)
	c.others(r, open, at)
	if reads := c.Editable.in(&r.Allow); len(reads) > 0 {
		at.Kind, at.Severity = SelfEditable, c.graver(Warning, Note, at.Group)
		c.found(at, "people can let themselves ask for %s: allow reads %s, which they can change themselves", at.Group, list(reads))
	}
}

// breaking finds conditions under which people can let themselves break the glass.
func (c *checker) breaking(r *rules.Request, open map[string]bool, at Finding) {
	if r.BreakGlass == nil {
		return
	}
	at.Kind, at.Severity = SelfService, c.graver(Error, Warning, at.Group)
	if reads := c.Editable.in(&r.BreakGlass.Allow); len(reads) > 0 {
		c.found(at, "people can let themselves break the glass of %s: break_glass.allow reads %s, which they can change themselves", at.Group, list(reads))
	}
	for _, group := range r.BreakGlass.Allow.Groups {
		if open[group] {
			c.found(at, "people can let themselves break the glass of %s: break_glass.allow asks for group %q, and they can let themselves into it", at.Group, group)
		}
	}
}

// others finds ways to ask for somebody else by what people can change themselves.
func (c *checker) others(r *rules.Request, open map[string]bool, at Finding) {
	at.Kind, at.Severity = SelfEditable, c.graver(Warning, Note, at.Group)
	for _, who := range r.ForOthers {
		group, _ := strings.CutPrefix(who, "group:")
		switch sources := c.Editable.Attributes[identity.AttrManager]; {
		case open[group]:
			c.found(at, "people can let themselves ask for %s for others: for_others names group %q, and they can let themselves into it", at.Group, group)
		case who == rules.ByManager && len(sources) > 0:
			c.found(at, "people can choose who asks for %s for them: for_others names the manager, whom they can change (in %s)", at.Group, strings.Join(sources, " and "))
		}
	}
}

// approving finds approvers who became so by what they can change themselves.
func (c *checker) approving(g *rules.Group, open map[string]bool, at Finding) {
	if g.Request == nil {
		return
	}
	by := slices.Clone(g.Owners)
	stages := g.Request.Stages()
	if !slices.ContainsFunc(stages, func(s rules.Stage) bool { return s.By == "owners" || s.EscalateTo == "owners" }) {
		by = nil
	}
	for _, stage := range stages {
		by = append(by, stage.By, stage.EscalateTo)
	}
	at.Kind, at.Severity, at.Remedy = SelfService, c.graver(Error, Warning, g.Name), "let people approve who cannot choose to be approvers"
	for _, group := range approvers(by) {
		if open[group] {
			c.found(at, "people can make themselves approvers of %s: group %q approves, and they can let themselves into it", g.Name, group)
		}
	}
}

func approvers(by []string) []string {
	var out []string
	for _, who := range by {
		if group, ok := strings.CutPrefix(who, "group:"); ok && !slices.Contains(out, group) {
			out = append(out, group)
		}
	}
	return out
}

// riskiest returns the group of the highest risk.
func riskiest(c *checker, groups []string) string {
	most := groups[0]
	for _, group := range groups[1:] {
		if c.risk(group) > c.risk(most) {
			most = group
		}
	}
	return most
}

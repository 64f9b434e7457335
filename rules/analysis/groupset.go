package analysis

import (
	"slices"
	"strings"

	"birthright/rules"
)

// groups looks at each group that the policy spells out.
func (c *checker) groups() {
	for i := range c.policy.Groups {
		g := &c.policy.Groups[i]
		at := Finding{Position: g.Position, Group: g.Name, Severity: Warning}
		c.obtainable(g, at)
		c.owned(g, at)
		c.approvable(g.Request, g.Owners, at)
	}
	for i := range c.policy.Templates {
		t := &c.policy.Templates[i]
		at := Finding{Position: t.Position, Group: t.Match, Severity: Warning}
		if len(t.Owners) == 0 && (t.Request != nil || levels[t.Risk] >= high) {
			at.Kind, at.Remedy = NoOwner, "name owners, for example [manager]"
			c.found(at, "nobody answers for groups that template %q is for", t.Match)
		}
		c.approvable(t.Request, t.Owners, at)
	}
}

// obtainable finds a group that nobody can get.
func (c *checker) obtainable(g *rules.Group, at Finding) {
	if c.byAsking(g.Name, map[string]bool{}) {
		return
	}
	at.Kind = Unobtainable
	givers := c.view.Givers(g.Name)
	if len(givers) == 0 {
		at.Remedy = "give it by a rule, say under request how it can be asked for, or take it out"
		c.found(at, "nobody can get group %q: no rule gives it, and it cannot be asked for", g.Name)
		return
	}
	var names []string
	for _, i := range givers {
		if c.dead[i] == "" {
			return
		}
		names = append(names, c.policy.Rules[i].Name+": "+c.dead[i])
	}
	at.Remedy = "mend one of the rules, or take the group out"
	c.found(at, "nobody can get group %q: no rule that gives it does any more (%s)", g.Name, strings.Join(names, "; "))
}

// byAsking reports whether a group can be asked for, or one inside it can.
func (c *checker) byAsking(group string, seen map[string]bool) bool {
	g := c.groupOf[group]
	if g == nil || seen[group] {
		return false
	}
	seen[group] = true
	return g.Request != nil || slices.ContainsFunc(g.Contains, func(inner string) bool { return c.byAsking(inner, seen) })
}

// obtained reports whether somebody could be in a group.
func (c *checker) obtained(group string) bool {
	if c.byAsking(group, map[string]bool{}) {
		return true
	}
	return slices.ContainsFunc(c.view.Givers(group), func(i int) bool { return c.dead[i] == "" })
}

// owned finds a group that nobody answers for.
func (c *checker) owned(g *rules.Group, at Finding) {
	if len(g.Owners) == 0 {
		at.Kind, at.Remedy = NoOwner, "name owners: user:NAME, group:NAME or manager"
		if at.Severity = Note; g.Request != nil || c.risk(g.Name) >= high {
			at.Severity = Warning
		}
		c.found(at, "group %q has no owners: nobody answers for it", g.Name)
		return
	}
	var empty []string
	for _, owner := range g.Owners {
		group, ok := strings.CutPrefix(owner, "group:")
		if !ok || c.obtained(group) {
			return
		}
		empty = append(empty, group)
	}
	at.Kind, at.Remedy = DeadOwner, "let a rule give the owning group, or name a person"
	c.found(at, "nobody answers for group %q: nobody can be in %s", g.Name, strings.Join(empty, ", "))
}

// approvable finds a request that could never be approved.
func (c *checker) approvable(r *rules.Request, owners []string, at Finding) {
	if r == nil {
		return
	}
	at.Kind, at.Severity = ApprovalMissing, Error
	stages := r.Approve
	if r.AutoApprove.IsZero() {
		stages = r.Stages() // nobody is named: then the owners must
	}
	for _, stage := range stages {
		group, ok := strings.CutPrefix(stage.By, "group:")
		switch {
		case stage.By == "owners" && len(owners) == 0:
			at.Remedy = "name owners, or let somebody else approve"
			c.found(at, "requests for %s can never be approved: owners must, and there are none", at.Group)
		case stage.By == "owners" && users(owners) && len(owners) < stage.Count,
			(stage.By == "manager" || strings.HasPrefix(stage.By, "user:")) && stage.Count > 1:
			at.Remedy = "lower count, or name more people"
			c.found(at, "requests for %s can never be approved: %s are too few for count: %d", at.Group, stage.By, stage.Count)
		case ok && !c.obtained(group):
			at.Remedy = "let a rule give that group, or let somebody else approve"
			c.found(at, "requests for %s can never be approved: group %q must, and nobody can be in it", at.Group, group)
		}
	}
}

// users reports whether owners are single people.
func users(owners []string) bool {
	return !slices.ContainsFunc(owners, func(owner string) bool { return !strings.HasPrefix(owner, "user:") })
}

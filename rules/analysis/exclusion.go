package analysis

import (
	"fmt"
	"slices"
	"strings"
)

// exclusions looks at what keeps single people out of groups.
func (c *checker) exclusions() {
	for i := range c.policy.Exclusions {
		x := &c.policy.Exclusions[i]
		at := Finding{Position: x.Position, Severity: Warning}
		if !x.Until.IsZero() && !c.Now.IsZero() && !c.Now.Before(x.Until) {
			at.Kind, at.Remedy = Expired, "take it out; write a new one if it is still needed"
			c.found(at, "the exclusion of %q ended %s: it keeps nobody out any more", x.User, x.Until.UTC().Format("2006-01-02 15:04 MST"))
			continue
		}
		for _, group := range x.Groups {
			if !c.obtained(group) {
				at.Kind, at.Group, at.Remedy = IdleExclusion, group, "take it out"
				c.found(at, "the exclusion of %q keeps from %q, which nobody can get", x.User, group)
			}
		}
	}
}

// duplicates finds what is said twice.
func (c *checker) duplicates() {
	seen := map[string]string{}
	for i := range c.policy.Exclusions {
		x := &c.policy.Exclusions[i]
		for _, group := range x.Groups {
			c.twice(seen, "exclusion of "+strings.ToLower(x.User)+" from "+group, x.Position.String(),
				Finding{Position: x.Position, Group: group}, fmt.Sprintf("the exclusion of %q from %s", x.User, group))
		}
	}
	for i := range c.policy.Properties {
		p := &c.policy.Properties[i]
		groups := slices.Sorted(slices.Values(p.Groups))
		c.twice(seen, "never "+oneLine(p.When.Source)+" "+strings.Join(groups, " "), p.Position.String(),
			Finding{Position: p.Position}, fmt.Sprintf("property %q", p.Name))
		for j, group := range p.Groups {
			if slices.Contains(p.Groups[:j], group) {
				c.found(Finding{Kind: Duplicate, Severity: Warning, Position: p.Position, Remedy: "take it out"}, "property %q names %s twice", p.Name, group)
			}
		}
	}
	for i := range c.policy.Tests {
		t := &c.policy.Tests[i]
		c.twice(seen, "test "+t.Name, t.Position.String(), Finding{Position: t.Position}, fmt.Sprintf("test %q", t.Name))
	}
	for i := range c.policy.Groups {
		g := &c.policy.Groups[i]
		for j, owner := range g.Owners {
			if slices.Contains(g.Owners[:j], owner) {
				c.found(Finding{Kind: Duplicate, Severity: Warning, Position: g.Position, Group: g.Name, Remedy: "take it out"}, "group %q names the owner %s twice", g.Name, owner)
			}
		}
	}
}

// twice notes that something was said before.
func (c *checker) twice(seen map[string]string, key, place string, at Finding, what string) {
	if first, ok := seen[key]; ok {
		at.Kind, at.Severity, at.Remedy = Duplicate, Warning, "take one of the two out"
		c.found(at, "%s is there twice: the first one is at %s", what, first)
		return
	}
	seen[key] = place
}

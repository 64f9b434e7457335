package analysis

import (
	"strings"

	"birthright/identity"
	"birthright/rules"
)

// Directory is what a policy gives the people who are there.
type Directory struct {
	Everyone *rules.Everyone
	// State tells where somebody stands, false for a name that nobody has.
	State func(userName string) (identity.State, bool)
}

// Names returns the users whom the policy names, as it writes them: State will be
// asked about these.
func Names(p *rules.Policy) []string {
	var names []string
	add := func(owners ...string) {
		for _, owner := range owners {
			if name, ok := strings.CutPrefix(owner, "user:"); ok {
				names = append(names, name)
			}
		}
	}
	for i := range p.Groups {
		add(p.Groups[i].Owners...)
		if r := p.Groups[i].Request; r != nil {
			for _, stage := range r.Approve {
				add(stage.By)
			}
		}
	}
	for i := range p.Rules {
		add(p.Rules[i].Owner)
	}
	for i := range p.Exclusions {
		names = append(names, p.Exclusions[i].User)
	}
	return names
}

// Live returns what is wrong with a policy for the people who are there, sorted
// by place.
func Live(e *rules.Engine, d Directory) []Finding {
	c := liveChecker{checker: newChecker(e, Options{}), Directory: d}
	for i := range c.policy.Groups {
		c.group(&c.policy.Groups[i])
	}
	given := c.giving()
	for i := range c.policy.Rules {
		r := &c.policy.Rules[i]
		at := Finding{Position: r.Position, Rule: r.Name, Severity: Warning}
		if r.Owner != "" {
			c.owner(r.Owner, at, "rule "+quote(r.Name))
		}
		if !given[r.Name] {
			at.Kind, at.Severity, at.Remedy = NobodyNow, Note, "take it out if nobody is to come; `birthright user explain` says what keeps somebody out"
			c.found(at, "rule %q gives nobody anything now", r.Name)
		}
	}
	for i := range c.policy.Exclusions {
		x := &c.policy.Exclusions[i]
		if _, known := d.State(x.User); !known {
			c.found(Finding{Kind: UnknownUser, Severity: Warning, Position: x.Position, Remedy: "mend the name, or take the exclusion out"},
				"the exclusion is of %q, and there is no such user: it keeps nobody out", x.User)
		}
	}
	return sorted(c.findings)
}

type liveChecker struct {
	*checker
	Directory
}

// group looks at who answers for a group, who approves, and who is in it.
func (c *liveChecker) group(g *rules.Group) {
	at := Finding{Position: g.Position, Group: g.Name, Severity: Warning}
	living := 0
	for _, owner := range g.Owners {
		if c.owner(owner, at, "group "+quote(g.Name)) {
			living++
		}
	}
	if len(g.Owners) > 0 && living == 0 {
		at := at
		at.Kind, at.Remedy = NoOwner, "name an owner who is here"
		if g.Request != nil {
			at.Severity = Error
		}
		c.found(at, "group %q has no living owner: nobody answers for it", g.Name)
	}
	if g.Request != nil {
		for _, stage := range g.Request.Approve {
			if strings.HasPrefix(stage.By, "user:") || strings.HasPrefix(stage.By, "group:") {
				c.owner(stage.By, at, "requests for "+quote(g.Name))
			}
		}
	}
	if !g.NoStanding && len(c.view.Givers(g.Name)) > 0 && c.Everyone.Users(g.Name).IsEmpty() {
		at.Kind, at.Severity, at.Remedy = NobodyNow, Note, "take it out if nobody is to come"
		c.found(at, "nobody is in group %q now", g.Name)
	}
}

// owner reports whether an owner or approver is somebody who is here, and says so
// where not.
func (c *liveChecker) owner(owner string, at Finding, of string) bool {
	at.Kind, at.Remedy = DeadOwner, "name somebody who is here"
	if group, ok := strings.CutPrefix(owner, "group:"); ok {
		if !c.Everyone.Users(group).IsEmpty() {
			return true
		}
		c.found(at, "%s: group %q answers, and nobody is in it", of, group)
		return false
	}
	name, ok := strings.CutPrefix(owner, "user:")
	if !ok {
		return true
	}
	switch state, known := c.State(name); {
	case !known:
		at.Kind, at.Remedy = UnknownUser, "mend the name, or name somebody who is here"
		c.found(at, "%s: %q answers, and there is no such user", of, name)
	case state == identity.Left || state == identity.Suspended:
		c.found(at, "%s: %q answers, who is %s", of, name, state)
	default:
		return true
	}
	return false
}

// giving returns the rules that give somebody something now.
func (c *liveChecker) giving() map[string]bool {
	given := map[string]bool{}
	for i := range c.Everyone.Holdings {
		for _, cause := range c.Everyone.Holdings[i].Causes {
			if cause.Cause.Kind == identity.CauseRule {
				given[cause.Cause.Name] = true
			}
		}
	}
	return given
}

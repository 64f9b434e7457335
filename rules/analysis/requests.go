package analysis

import (
	"slices"
	"strings"

	"birthright/internal/duration"
	"birthright/rules"
)

// askable is something that may be asked for.
type askable struct {
	*rules.Request
	name   string
	owners []string
	risk   int
	// self is the group itself, "" where the policy does not spell it out.
	self string
	at   Finding
}

// askables are the groups, templates and entitlements that may be asked for.
func (c *checker) askables() []askable {
	var out []askable
	add := func(r *rules.Request, a askable) {
		if a.Request = r; r != nil {
			a.at.Group, a.at.Severity = a.name, Warning
			out = append(out, a)
		}
	}
	for i := range c.policy.Groups {
		g := &c.policy.Groups[i]
		add(g.Request, askable{name: g.Name, owners: g.Owners, risk: c.risk(g.Name), self: "group:" + g.Name, at: Finding{Position: g.Position}})
	}
	for i := range c.policy.Templates {
		t := &c.policy.Templates[i]
		add(t.Request, askable{name: t.Match, owners: t.Owners, risk: levels[t.Risk], at: Finding{Position: t.Position}})
	}
	for i := range c.policy.Entitlements {
		e := &c.policy.Entitlements[i]
		add(e.Request, askable{name: e.Match, owners: e.Owners, risk: levels[e.Risk], at: Finding{Position: e.Position}})
	}
	return out
}

// requests looks at how each of them is asked for.
func (c *checker) requests() {
	for _, a := range c.askables() {
		c.forOthers(a)
		c.tooLate(a)
		c.escalated(a)
		c.untold(a)
		c.allowed(a)
		c.auto(a)
	}
}

// forOthers finds those who may ask for others and are nobody.
func (c *checker) forOthers(a askable) {
	at := a.at
	at.Kind, at.Remedy = NobodyAsks, "name somebody, or take it out"
	for _, who := range a.ForOthers {
		group, ok := strings.CutPrefix(who, "group:")
		switch {
		case who == rules.ByOwners && len(a.owners) == 0:
			c.found(at, "for_others of %s names nobody: owners may ask for others, and there are none", a.name)
		case ok && !c.obtained(group):
			c.found(at, "for_others of %s names nobody: nobody can be in group %q", a.name, group)
		}
	}
}

// tooLate finds reminders and escalations that never come.
func (c *checker) tooLate(a askable) {
	at := a.at
	at.Kind, at.Remedy = TooLate, "let the request wait for longer (expire_after), or do it sooner"
	for _, s := range a.Stages() {
		if s.EscalateAfter >= a.Patience() && s.EscalateAfter > 0 {
			c.found(at, "requests for %s are never handed on to %s: that is done after %s, and they expire after %s",
				a.name, s.EscalateTo, duration.Format(s.EscalateAfter), duration.Format(a.Patience()))
		}
		if s.RemindAfter >= a.Patience() && s.RemindAfter > 0 {
			c.found(at, "nobody is reminded of requests for %s: that is done after %s, and they expire after %s",
				a.name, duration.Format(s.RemindAfter), duration.Format(a.Patience()))
		}
	}
}

// escalated finds a group whose members decide who joins it once nobody else did.
func (c *checker) escalated(a askable) {
	at := a.at
	at.Kind, at.Severity, at.Remedy = SelfOwned, c.graver(Error, Warning, a.name), "hand requests on to a person or another group"
	alone := len(a.owners) == 1 && a.owners[0] == a.self
	for _, s := range a.Stages() {
		if a.self != "" && (s.EscalateTo == a.self || s.EscalateTo == rules.ByOwners && alone) {
			c.found(at, "members of %q decide who joins it when others take their time: requests are handed on to %s", a.name, s.EscalateTo)
		}
	}
}

// untold finds a glass that can be broken without anybody hearing of it.
func (c *checker) untold(a askable) {
	if a.BreakGlass != nil && len(a.owners) == 0 {
		at := a.at
		at.Kind, at.Remedy = Untold, "name owners: they are told at once, and look at it afterwards"
		c.found(at, "nobody would be told that the glass of %s was broken: it has no owners", a.name)
	}
}

// allowed finds requests that nobody may make, and such of critical risk that
// everybody may.
func (c *checker) allowed(a askable) {
	at := a.at
	at.Kind, at.Remedy = NeverAllowed, "mend the condition, or take the request out"
	if c.holds(a.Allow, saysYes) == impossible {
		c.found(at, "nobody may ask for %s: there is nobody of whom `%s` is true", a.name, oneLine(a.Allow.Source))
	}
	if a.BreakGlass != nil && c.holds(a.BreakGlass.Allow, saysYes) == impossible {
		c.found(at, "nobody may break the glass of %s: there is nobody of whom `%s` is true", a.name, oneLine(a.BreakGlass.Allow.Source))
	}
	if a.risk == levels["critical"] && (a.Allow.IsZero() || c.holds(a.Allow, notYes) == impossible) {
		at.Kind, at.Remedy = OpenToAll, "say under allow who may ask"
		c.found(at, "everybody may ask for %s, and its risk is critical", a.name)
	}
}

// auto finds requests that are approved for everybody, or without a bound.
func (c *checker) auto(a askable) {
	if a.AutoApprove.IsZero() {
		return
	}
	at := a.at
	if c.holds(a.AutoApprove, notYes) == impossible {
		at.Kind, at.Remedy = OpenToAll, "say under auto_approve for whom, or give the group by a rule"
		if at.Severity = Note; a.risk >= high {
			at.Severity = Error
		}
		c.found(at, "whoever asks for %s gets it without a decision: auto_approve is true of everybody", a.name)
	}
	if a.risk >= high && a.AutoMax == 0 && a.Max == 0 {
		at.Kind, at.Severity, at.Remedy = NoLimit, Warning, "say under auto_max for how long, or under durations.max"
		c.found(at, "%s is given without a decision, and the policy does not say for how long: %s, the usual bound, counts", a.name, duration.Format(a.LongestAuto()))
	}
}

// holds looks for somebody of whom a condition of a request has one of the answers.
// It stays open where the condition reads more than the person.
func (c *checker) holds(condition rules.Condition, wanted answers) outcome {
	if condition.IsZero() || len(condition.Groups) > 0 {
		return open
	}
	key := heldKey{condition.Source, wanted}
	if known, ok := c.held[key]; ok {
		return known
	}
	out := open
	if q, err := rules.CompileCondition(condition.Source); err == nil {
		asked := newChecker(q.Engine(), c.Options)
		n := asked.conditions.node(asked.view.When[0])
		out = pose(asked.view, nil, n).can(want{n, wanted})
	}
	c.held[key] = out
	return out
}

// heldKey is a condition with the answers that are looked for.
type heldKey struct {
	source string
	wanted answers
}

// bundles finds groups that are asked for together and cannot be had together.
func (c *checker) bundles() {
	for i := range c.policy.Bundles {
		b := &c.policy.Bundles[i]
		var units []string
		for _, group := range b.Groups {
			units = append(units, c.unit(group)...)
		}
		if k, one, other := c.apart(units); k != nil {
			c.found(Finding{
				Kind: Conflict, Severity: Error, Position: b.Position, Group: b.Name,
				Remedy: "take one of them out of the bundle, or relax the constraint",
			}, "nobody can get bundle %q: it brings both %s and %s, which constraint %q keeps apart", b.Name, one, other, k.Name)
		}
	}
}

// entitlements finds entries that never count, and such that nobody could approve.
func (c *checker) entitlements() {
	for i := range c.policy.Entitlements {
		e := &c.policy.Entitlements[i]
		at := Finding{Position: e.Position, Group: e.Match, Severity: Warning}
		before := c.policy.Entitlements[:i]
		if j := slices.IndexFunc(before, func(first rules.Requestable) bool { return first.Covers(e.Match) }); j >= 0 {
			at.Kind, at.Remedy = Shadowed, "put the narrower one first, or take it out"
			c.found(at, "the entry for %s never counts: the one for %s comes first and fits whatever it fits", e.Match, before[j].Match)
		}
		c.approvable(e.Request, e.Owners, at)
	}
}

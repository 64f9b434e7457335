package rules

import (
	"slices"
	"strings"
	"time"

	"go.yaml.in/yaml/v3"

	"birthright/identity"
	"birthright/internal/dates"
	"birthright/internal/strictyaml"
)

// risks are the levels of a group's risk, from little to much.
var risks = []string{"low", "medium", "high", "critical"}

func (l *loader) group(s *source, path string, e *groupEntry) {
	l.define(s, path, "group", e.Name)
	name := strictyaml.Join(path, "name")
	if e.Name != "" && !groupNameShape.MatchString(e.Name) {
		l.fault(s, name, "%q is not a group name: use a to z, 0 to 9, '.', '_' and '-', and start with a letter or digit", e.Name)
	}
	l.oneOf(s, strictyaml.Join(path, "risk"), e.Risk, risks...)
	l.oneOf(s, strictyaml.Join(path, "standing"), e.Standing, "never", "allowed")
	if e.Standing == "never" {
		l.noStanding[e.Name] = s.position(name)
	}
	if e.Standing == "never" && e.Prehire {
		l.fault(s, strictyaml.Join(path, "prehire"), "prehire is for groups that rules give, and standing: never says that rules may not give this one: take one of them out")
	}
	l.policy.Groups = append(l.policy.Groups, Group{
		Group: identity.Group{
			Name: e.Name, Title: e.Title, Description: e.Description, Owners: e.Owners, Risk: e.Risk,
			Access: l.access(s, strictyaml.Join(path, "access"), e.Access), NoStanding: e.Standing == "never", Prehire: e.Prehire,
		},
		Contains: e.Contains,
		Request:  l.request(s, strictyaml.Join(path, "request"), e.Request),
		Position: s.position(name),
	})
}

// access parses entitlement addresses.
func (l *loader) access(s *source, path string, addresses []string) []identity.Entitlement {
	var out []identity.Entitlement
	for i, address := range addresses {
		at := strictyaml.Index(path, i)
		e, err := identity.ParseEntitlement(address)
		switch {
		case err != nil:
			l.fault(s, at, "%v", err)
		case l.targets != nil && !slices.Contains(l.targets, e.Target):
			l.fault(s, at, "access to %q: no target %q is configured%s", address, e.Target, didYouMean("", e.Target, l.targets))
		case slices.Contains(out, e):
			l.fault(s, at, "access %q is listed twice", address)
		default:
			out = append(out, e)
		}
	}
	return out
}

func (l *loader) request(s *source, path string, e *requestEntry) *Request {
	if e == nil {
		return nil
	}
	r := &Request{
		Allow:       l.condition(s, strictyaml.Join(path, "allow"), e.Allow, true),
		AutoApprove: l.condition(s, strictyaml.Join(path, "auto_approve"), e.AutoApprove, true),
		Default:     e.Durations.Default, Max: e.Durations.Max,
		Require: e.Require, RemindBefore: e.RemindBefore,
	}
	durations := strictyaml.Join(path, "durations")
	for at, d := range map[string]time.Duration{
		strictyaml.Join(durations, "default"): r.Default, strictyaml.Join(durations, "max"): r.Max,
		strictyaml.Join(path, "remind_before"): r.RemindBefore,
	} {
		if _, said := s.positions.At(at); said && d <= 0 {
			l.fault(s, at, "a duration is longer than nothing")
		}
	}
	if r.Max > 0 && r.Default > r.Max {
		l.fault(s, strictyaml.Join(durations, "default"), "the default duration is longer than the longest allowed one")
	}
	for i, what := range e.Require {
		l.oneOf(s, strictyaml.Index(strictyaml.Join(path, "require"), i), what, "reason", "ticket")
	}
	for i, stage := range e.Approve {
		r.Approve = append(r.Approve, l.stage(s, strictyaml.Index(strictyaml.Join(path, "approve"), i), stage))
	}
	return r
}

func (l *loader) stage(s *source, path string, e stageEntry) Stage {
	stage := Stage{By: e.By, Count: 1}
	if e.By == "" {
		l.fault(s, path, "a stage of approval needs by: owners, manager, user:NAME or group:NAME")
	}
	if e.Count != nil {
		stage.Count = *e.Count
		if stage.Count < 1 {
			l.fault(s, strictyaml.Join(path, "count"), "count is how many people must approve: at least 1")
		}
	}
	return stage
}

func (l *loader) rule(s *source, path string, e *ruleEntry) {
	l.define(s, path, "rule", e.Name)
	r := Rule{
		Name: e.Name, Description: e.Description, Owner: e.Owner, Groups: e.Groups,
		When:       l.condition(s, strictyaml.Join(path, "when"), e.When, false),
		Except:     l.condition(s, strictyaml.Join(path, "except"), e.Except, false),
		ValidFrom:  l.date(s, strictyaml.Join(path, "valid_from"), e.ValidFrom, dates.Start),
		ValidUntil: l.date(s, strictyaml.Join(path, "valid_until"), e.ValidUntil, dates.End),
		Position:   s.position(path), order: len(l.policy.Rules),
	}
	if !r.ValidUntil.IsZero() && !r.ValidFrom.Before(r.ValidUntil) {
		l.fault(s, strictyaml.Join(path, "valid_until"), "rule %q ends before it begins: it would never give anything", e.Name)
	}
	if e.When.node == nil && !s.unread[strictyaml.Join(path, "when")] {
		l.fault(s, path, "rule %q has no when: say for whom it is, or when: true for everyone", e.Name)
	}
	if len(e.Groups) == 0 && !s.unread[strictyaml.Join(path, "groups")] {
		l.fault(s, path, "rule %q gives no groups: list at least one", e.Name)
	}
	groups := strictyaml.Join(path, "groups")
	for i, text := range e.Groups {
		n, err := parseNaming(text)
		switch {
		case err != nil:
			l.fault(s, strictyaml.Index(groups, i), "%v", err)
			l.unclear = true
		case slices.Contains(e.Groups[:i], text):
			l.fault(s, strictyaml.Index(groups, i), "group %q is listed twice", text)
		default:
			r.names = append(r.names, n)
		}
	}
	l.policy.Rules = append(l.policy.Rules, r)
}

func (l *loader) template(s *source, path string, e *templateEntry) {
	t := Template{
		Match: e.Match, Title: e.Title, Description: e.Description, Risk: e.Risk, Prehire: e.Prehire,
		Owners: e.Owners, Access: e.Access, Position: s.position(path),
		Request: l.request(s, strictyaml.Join(path, "request"), e.Request),
	}
	l.oneOf(s, strictyaml.Join(path, "risk"), e.Risk, risks...)
	var err error
	if t.glob, err = parseGlob(e.Match); err != nil {
		l.fault(s, strictyaml.Join(path, "match"), "%v", err)
		return
	}
	texts := map[string]string{strictyaml.Join(path, "title"): e.Title, strictyaml.Join(path, "description"): e.Description}
	for i, owner := range e.Owners {
		texts[strictyaml.Index(strictyaml.Join(path, "owners"), i)] = owner
	}
	match := make([]string, t.glob.stars+1)
	for i := range match {
		match[i] = "x"
	}
	var samples []string
	for i, address := range e.Access {
		texts[strictyaml.Index(strictyaml.Join(path, "access"), i)] = address
		samples = append(samples, fill(address, "x", "x", match))
	}
	for at, text := range texts {
		if err := t.glob.checkText(text); err != nil {
			l.fault(s, at, "%v", err)
		}
	}
	l.access(s, strictyaml.Join(path, "access"), samples)
	l.policy.Templates = append(l.policy.Templates, t)
}

func (l *loader) constraint(s *source, path string, e *constraintEntry) {
	l.define(s, path, "constraint", e.Name)
	l.oneOf(s, strictyaml.Join(path, "mode"), e.Mode, Enforce, Report)
	conflict := strictyaml.Join(path, "conflict")
	if len(e.Conflict) < 2 {
		l.fault(s, path, "constraint %q needs at least two groups that conflict", e.Name)
	}
	for i, group := range e.Conflict {
		if slices.Contains(e.Conflict[:i], group) {
			l.fault(s, strictyaml.Index(conflict, i), "group %q is listed twice", group)
		}
	}
	c := Constraint{Name: e.Name, Description: e.Description, Conflict: e.Conflict, Mode: e.Mode, Position: s.position(path)}
	if c.Mode == "" {
		c.Mode = Enforce
	}
	l.policy.Constraints = append(l.policy.Constraints, c)
}

// exclusion takes over the exclusion of one user.
func (l *loader) exclusion(s *source, path string, e *exclusionEntry) {
	for key, missing := range map[string]bool{"user": e.User == "", "groups": len(e.Groups) == 0} {
		if missing && !s.unread[strictyaml.Join(path, key)] {
			l.fault(s, path, "an exclusion without %s: say whom it keeps out of what", key)
		}
	}
	if strings.TrimSpace(e.Reason) == "" {
		l.fault(s, path, "the exclusion of %q has no reason: say why, for whoever looks at it in a year", e.User)
	}
	x := Exclusion{User: e.User, Groups: e.Groups, Reason: e.Reason, Position: s.position(path)}
	until := strictyaml.Join(path, "until")
	switch e.Until {
	case "":
		l.fault(s, path, "the exclusion of %q has no end: say until: and a date, or until: never", e.User)
	case "never":
	default:
		x.Until = l.date(s, until, e.Until, dates.End)
	}
	l.policy.Exclusions = append(l.policy.Exclusions, x)
}

// property takes over what must never be.
func (l *loader) property(s *source, path string, e *propertyEntry) {
	l.define(s, path, "property", e.Name)
	if e.When.node == nil && !s.unread[strictyaml.Join(path, "when")] {
		l.fault(s, path, "property %q has no when: say who may never be in the groups, or when: true for nobody at all", e.Name)
	}
	if len(e.Groups) == 0 && !s.unread[strictyaml.Join(path, "groups")] {
		l.fault(s, path, "property %q names no groups: list at least one, or a pattern such as \"prod-*\"", e.Name)
	}
	p := Property{
		Name: e.Name, Description: e.Description, When: l.condition(s, strictyaml.Join(path, "when"), e.When, false),
		Groups: e.Groups, Position: s.position(path),
	}
	for i, pattern := range e.Groups {
		g, err := parseGlob(pattern)
		if err != nil {
			l.fault(s, strictyaml.Index(strictyaml.Join(path, "groups"), i), "%v", err)
		}
		p.globs = append(p.globs, g)
	}
	l.policy.Properties = append(l.policy.Properties, p)
}

// date reads a date, if the file has it.
func (l *loader) date(s *source, path, value string, parse func(string) (time.Time, error)) time.Time {
	if value == "" {
		return time.Time{}
	}
	at, err := parse(value)
	if err != nil {
		l.fault(s, path, "%v", err)
	}
	return at
}

func (l *loader) test(s *source, path string, e *testEntry) {
	if e.Name == "" {
		l.fault(s, path, "a test without a name: say what it shows")
	}
	if len(e.Gets)+len(e.Lacks) == 0 {
		l.fault(s, path, "test %q expects nothing: list groups under gets or lacks", e.Name)
	}
	for i, group := range e.Lacks {
		if slices.Contains(e.Gets, group) {
			l.fault(s, strictyaml.Index(strictyaml.Join(path, "lacks"), i), "group %q cannot be both got and lacked", group)
		}
	}
	l.policy.Tests = append(l.policy.Tests, Test{
		Name: e.Name, User: l.testUser(s, strictyaml.Join(path, "user"), e.User),
		OnCall: e.OnCall, Tickets: e.Tickets, ReportsTo: e.ReportsTo, At: l.date(s, strictyaml.Join(path, "at"), e.At, dates.Start),
		Gets: e.Gets, Lacks: e.Lacks, Position: s.position(path),
	})
}

// testUser makes the user of a test: attributes by name, and as in conditions
// state, groups and attributes. Without a state the user is active.
func (l *loader) testUser(s *source, path string, fields map[string]yaml.Node) identity.User {
	u := identity.User{State: identity.Active, Attributes: identity.Attributes{}}
	for name, node := range fields {
		at := strictyaml.Join(path, name)
		switch name {
		case "state":
			var state string
			l.decode(s, at, &node, &state)
			l.oneOf(s, at, state, string(identity.Staged), string(identity.Active), string(identity.OnLeave), string(identity.Suspended), string(identity.Left))
			u.State = identity.State(state)
		case "groups":
			l.decode(s, at, &node, &u.Groups)
			slices.Sort(u.Groups)
		case "attributes":
			var custom map[string]yaml.Node
			l.decode(s, at, &node, &custom)
			for key, value := range custom {
				u.Attributes.Set(key, l.values(s, strictyaml.Join(at, key), &value)...)
			}
		default:
			if !slices.Contains(identity.KnownAttributes(), name) {
				l.fault(s, at, "unknown attribute %s%s; custom ones go under attributes", name, didYouMean("", name, l.policy.lang.fields))
				continue
			}
			u.Attributes.Set(name, l.values(s, at, &node)...)
		}
	}
	u.UserName = u.Attributes.First(identity.AttrUserName)
	return u
}

// values reads one value or a list of them.
func (l *loader) values(s *source, path string, node *yaml.Node) []string {
	if node.Kind == yaml.SequenceNode {
		var list []string
		l.decode(s, path, node, &list)
		return list
	}
	var single string
	l.decode(s, path, node, &single)
	return []string{single}
}

func (l *loader) decode(s *source, path string, node *yaml.Node, into any) {
	l.faults = append(l.faults, s.positions.Decode(path, node, into)...)
}

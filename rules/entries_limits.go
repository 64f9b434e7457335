package rules

import (
	"birthright/internal/dates"
	"birthright/internal/strictyaml"
	"slices"
	"strings"
	"time"
)

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

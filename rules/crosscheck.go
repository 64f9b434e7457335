package rules

import (
	"slices"
	"strings"

	"birthright/internal/strictyaml"
)

// crossCheck checks what names what, once everything is known.
func (l *loader) crossCheck(files []*source) {
	for _, s := range files {
		for i, e := range s.doc.Groups {
			path := strictyaml.Index("groups", i)
			l.owners(s, strictyaml.Join(path, "owners"), e.Owners)
			l.approvers(s, path, e.Request)
			l.contained(s, strictyaml.Join(path, "contains"), e)
		}
		for i, e := range s.doc.Rules {
			path := strictyaml.Index("rules", i)
			if e.Owner != "" {
				l.answers(s, strictyaml.Join(path, "owner"), e.Owner)
			}
			l.given(s, strictyaml.Join(path, "groups"), e.Groups)
			l.asked(s, strictyaml.Join(path, "when"), e.When)
			l.asked(s, strictyaml.Join(path, "except"), e.Except)
		}
		for i, e := range s.doc.Templates {
			path := strictyaml.Index("templates", i)
			l.templateOwners(s, strictyaml.Join(path, "owners"), e.Owners)
			l.approvers(s, path, e.Request)
		}
		for i, e := range s.doc.Bundles {
			l.bundled(s, strictyaml.Join(strictyaml.Index("bundles", i), "groups"), e.Groups)
		}
		for i, e := range s.doc.Entitlements {
			path := strictyaml.Index("entitlements", i)
			l.owners(s, strictyaml.Join(path, "owners"), e.Owners)
			l.approvers(s, path, e.Request)
		}
		for i, e := range s.doc.Constraints {
			l.conflict(s, strictyaml.Join(strictyaml.Index("constraints", i), "conflict"), e.Conflict)
		}
		for i, e := range s.doc.Exclusions {
			l.references(s, strictyaml.Join(strictyaml.Index("exclusions", i), "groups"), e.Groups)
		}
		for i, e := range s.doc.Never {
			path := strictyaml.Index("never", i)
			l.asked(s, strictyaml.Join(path, "when"), e.When)
			for j, group := range e.Groups {
				if !strings.Contains(group, "*") {
					l.references(s, strictyaml.Index(strictyaml.Join(path, "groups"), j), []string{group})
				}
			}
		}
		for i, e := range s.doc.Tests {
			path := strictyaml.Index("tests", i)
			l.references(s, strictyaml.Join(path, "gets"), e.Gets)
			l.references(s, strictyaml.Join(path, "lacks"), e.Lacks)
		}
	}
	l.ownerCircles(files)
	if !l.groupCircles(files) {
		l.ruleCircles()
	}
}

// known reports whether the policy spells group out or a rule could make it.
func (l *loader) known(group string) bool {
	if _, ok := l.seen["group "+group]; ok {
		return true
	}
	return l.unclear || l.givenBy(group, true)
}

// givenBy reports whether a rule gives group; only rules that make names count
// if made is set.
func (l *loader) givenBy(group string, made bool) bool {
	for i := range l.policy.Rules {
		for _, n := range l.policy.Rules[i].names {
			if (n.made() || !made) && n.matches(group) {
				return true
			}
		}
	}
	return false
}

func (l *loader) groupNames() []string {
	var names []string
	for _, g := range l.policy.Groups {
		names = append(names, g.Name)
	}
	return names
}

// contains reports whether the policy spells group out and lets it contain others.
func (l *loader) contains(group string) bool {
	return slices.ContainsFunc(l.policy.Groups, func(g Group) bool { return g.Name == group && len(g.Contains) > 0 })
}

// maxSuggestions bounds the search for near names in a file that is all wrong.
const maxSuggestions = 100

func (l *loader) undefined(s *source, path, group string) {
	l.fault(s, path, "undefined group %q%s: define it under groups", group, l.nearGroup(group))
}

// nearGroup suggests a group that may have been meant, as " (did you mean …?)".
func (l *loader) nearGroup(group string) string {
	if len(l.faults)+len(l.policy.Warnings) >= maxSuggestions {
		return ""
	}
	return didYouMean("", group, l.groupNames())
}

// warn notes what works and is probably not meant.
func (l *loader) warn(s *source, path, format string, args ...any) {
	l.policy.Warnings = append(l.policy.Warnings, s.positions.Fault(path, format, args...))
}

// conflict checks the groups of a constraint. One that is not there yet cannot
// be held by anybody, so the constraint is true of it.
func (l *loader) conflict(s *source, path string, groups []string) {
	for i, group := range groups {
		if !l.known(group) {
			l.warn(s, strictyaml.Index(path, i), "undefined group %q%s: nobody can hold it, so the constraint keeps nothing apart here",
				group, l.nearGroup(group))
		}
	}
}

func (l *loader) references(s *source, path string, groups []string) {
	for i, group := range groups {
		if !l.known(group) {
			l.undefined(s, strictyaml.Index(path, i), group)
		}
	}
}

// given checks the groups of a rule: defined, and open to rules.
func (l *loader) given(s *source, path string, groups []string) {
	for i, text := range groups {
		n, err := parseNaming(text)
		if err != nil || n.made() {
			continue
		}
		at := strictyaml.Index(path, i)
		if _, ok := l.seen["group "+text]; !ok {
			l.undefined(s, at, text)
			continue
		}
		if where, ok := l.noStanding[text]; ok {
			l.fault(s, at, "no rule may give group %q: it says standing: never, at %s:%d", text, where.File, where.Line)
		}
	}
}

// contained checks the groups that a group contains.
func (l *loader) contained(s *source, path string, e groupEntry) {
	l.references(s, path, e.Contains)
	for i, group := range e.Contains {
		if slices.Contains(e.Contains[:i], group) {
			l.fault(s, strictyaml.Index(path, i), "group %q is listed twice", group)
		}
	}
	if e.Standing == "never" && len(e.Contains) > 0 {
		l.fault(s, path, "group %q says standing: never, and whoever is in a group that it contains would stand in it: take one of the two out", e.Name)
	}
}

// asked checks the groups that a condition asks for with inGroup.
func (l *loader) asked(s *source, path string, x expression) {
	for _, group := range l.conditions[conditionKey{x.source, false}].condition.Groups {
		switch {
		case !l.known(group):
			l.undefined(s, path, group)
		case !l.givenBy(group, false) && !l.contains(group):
			l.fault(s, path, "inGroup(%q) can never hold: no rule gives that group, and grants do not count here", group)
		}
	}
}

func (l *loader) owners(s *source, path string, owners []string) {
	for i, owner := range owners {
		l.answers(s, strictyaml.Index(path, i), owner)
	}
}

// answers checks who answers for a group or a rule. A group that is not there
// yet takes nothing from anybody, so it is a warning.
func (l *loader) answers(s *source, path, owner string) {
	if group := l.owner(s, path, owner); group != "" && !l.known(group) {
		l.warn(s, path, "undefined group %q%s: nobody answers here until there is such a group", group, l.nearGroup(group))
	}
}

// owner checks the shape of user:NAME, group:NAME and manager, which is the
// member's own, and returns the group if it names one.
func (l *loader) owner(s *source, path, owner string) (group string) {
	if owner == "manager" {
		return ""
	}
	kind, name, _ := strings.Cut(owner, ":")
	switch {
	case name == "" || (kind != "user" && kind != "group"):
		l.fault(s, path, "%q is not an owner: write user:NAME, group:NAME or manager", owner)
	case kind == "group":
		return name
	}
	return ""
}

// templateOwners checks owners that may have placeholders; which group one of
// those will name is not known yet.
func (l *loader) templateOwners(s *source, path string, owners []string) {
	for i, owner := range owners {
		if strings.HasPrefix(owner, "group:") && strings.Contains(owner, "{") {
			continue
		}
		l.answers(s, strictyaml.Index(path, i), owner)
	}
}

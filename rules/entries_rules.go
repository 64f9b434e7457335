package rules

import (
	"birthright/internal/dates"
	"birthright/internal/strictyaml"
	"slices"
)

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

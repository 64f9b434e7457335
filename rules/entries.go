package rules

import (
	"slices"
	"time"

	"birthright/identity"
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

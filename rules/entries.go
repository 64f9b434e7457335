package rules

import (
	"slices"

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

package rules

import (
	"birthright/identity"
	"birthright/internal/dates"
	"birthright/internal/strictyaml"
	"slices"

	"go.yaml.in/yaml/v3"
)

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

package moves

import (
	"errors"
	"maps"
	"slices"

	"go.yaml.in/yaml/v3"

	"birthright/internal/strictyaml"
	"birthright/rules"
)

// entry is the shape of one move in a YAML file.
type entry struct {
	User  string               `yaml:"user"`
	Where yaml.Node            `yaml:"where"`
	Set   map[string]yaml.Node `yaml:"set"`
}

// list is a YAML file under way.
type list struct {
	name   string
	data   []byte
	places *strictyaml.Positions
	faults strictyaml.Faults
}

func readYAML(name string, data []byte) ([]Move, strictyaml.Faults) {
	var entries []entry
	l := list{name: name, data: data}
	l.places, l.faults = strictyaml.Decode(name, data, &entries)
	if len(entries) == 0 && len(l.faults) == 0 {
		l.fault("", "no moves are there: write a list such as - {user: ada, set: {department: Payments}}")
	}
	var out []Move
	for i := range entries {
		out = append(out, l.move(strictyaml.Index("", i), &entries[i]))
	}
	return out, l.faults
}

func (l *list) fault(path, format string, args ...any) {
	l.faults = append(l.faults, l.places.Fault(path, format, args...))
}

func (l *list) move(path string, e *entry) Move {
	at, _ := l.places.At(path)
	m := Move{User: e.User, Set: map[string][]string{}, Position: rules.Position{File: l.name, Line: at.Line, Column: at.Column}}
	asks := e.Where.Kind != 0
	switch {
	case asks == (e.User != ""):
		l.fault(path, "say whom it is about: user and a name, or where and a condition")
	case asks:
		m.Where = l.condition(strictyaml.Join(path, "where"), &e.Where)
	}
	if len(e.Set) == 0 {
		l.fault(path, "nothing is set: write set: {attribute: value}")
	}
	for _, name := range slices.Sorted(maps.Keys(e.Set)) {
		node := e.Set[name]
		l.set(m.Set, strictyaml.Join(strictyaml.Join(path, "set"), name), name, &node)
	}
	return m
}

func (l *list) condition(path string, node *yaml.Node) *rules.Question {
	if node.Kind != yaml.ScalarNode {
		l.fault(path, "where must be a condition, such as user.team == \"Ledger\"")
		return nil
	}
	q, err := rules.ConditionAt(l.name, l.data, node)
	var faults strictyaml.Faults
	switch {
	case errors.As(err, &faults):
		l.faults = append(l.faults, faults...)
	case err != nil:
		l.fault(path, "%v", err)
	}
	return q
}

// set reads one attribute: a text, or a list of them.
func (l *list) set(into map[string][]string, path, name string, node *yaml.Node) {
	attribute, err := Attribute(name)
	if err != nil {
		if at, ok := l.places.KeyAt(path); ok {
			l.faults = append(l.faults, strictyaml.Fault{File: l.name, Line: at.Line, Column: at.Column, Path: path, Message: err.Error()})
		} else {
			l.fault(path, "%v", err)
		}
		return
	}
	if node.Kind == yaml.SequenceNode {
		var several []string
		l.faults = append(l.faults, l.places.Decode(path, node, &several)...)
		into[attribute] = several
		return
	}
	var text string
	l.faults = append(l.faults, l.places.Decode(path, node, &text)...)
	into[attribute] = Values(text)
}

package config

import (
	"maps"
	"reflect"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"birthright/internal/strictyaml"
)

// validated is what the Configs of sources and targets have in common.
type validated interface{ Validate() []error }

func (l *loader) sources(nodes []yaml.Node) {
	for i := range nodes {
		var s Source
		path := strictyaml.Index("sources", i)
		s.Settings = element(l, path, &nodes[i], &s, l.kinds.Sources)
		l.overrideElement("sources", path, s.Name, &s, s.Settings)
		l.cfg.Sources = append(l.cfg.Sources, s)
	}
}

func (l *loader) targets(nodes []yaml.Node) {
	for i := range nodes {
		var t Target
		path := strictyaml.Index("targets", i)
		t.Settings = element(l, path, &nodes[i], &t, l.kinds.Targets)
		l.overrideElement("targets", path, t.Name, &t, t.Settings)
		l.cfg.Targets = append(l.cfg.Targets, t)
	}
}

// element decodes one source or target: the common keys into common, the others
// into the Config of its kind, which is returned; nil if the kind is unknown.
func element[C validated](l *loader, path string, n *yaml.Node, common any, kinds map[string]func() C) C {
	var none C
	if n.Kind == 0 {
		return none // an empty list entry, which has its fault
	}
	kind := kindOf(n)
	if makeConfig, ok := kinds[kind]; ok {
		settings := makeConfig()
		l.add(l.positions.Decode(path, n, common, settings))
		return settings
	}
	l.add(l.positions.Decode(path, onlyKeys(n, reflect.TypeOf(common).Elem()), common))
	names := slices.Sorted(maps.Keys(kinds))
	switch near := strictyaml.Nearest(kind, names); {
	case kind == "":
		l.fault(strictyaml.Join(path, "kind"), "missing; the kinds are %s", strings.Join(names, ", "))
	case near != "":
		l.fault(strictyaml.Join(path, "kind"), "unknown kind %q; did you mean %q?", kind, near)
	default:
		l.fault(strictyaml.Join(path, "kind"), "unknown kind %q; the kinds are %s", kind, strings.Join(names, ", "))
	}
	return none
}

// kindOf looks ahead for the kind of an element; "" where it has none.
func kindOf(n *yaml.Node) string {
	var keys map[string]yaml.Node
	strictyaml.DecodeNode("", n, &keys)
	kind := keys["kind"]
	var text string
	strictyaml.DecodeNode("", &kind, &text)
	return text
}

// onlyKeys returns a mapping without the keys that t does not have: what can be
// judged of an element whose kind is unknown.
func onlyKeys(n *yaml.Node, t reflect.Type) *yaml.Node {
	if n.Kind == yaml.AliasNode && n.Alias != nil {
		n = n.Alias
	}
	if n.Kind != yaml.MappingNode {
		return n
	}
	known := map[string]bool{}
	for _, f := range strictyaml.Fields(t) {
		known[f.Name] = true
	}
	kept := *n
	kept.Content = nil
	for i := 0; i+1 < len(n.Content); i += 2 {
		if known[n.Content[i].Value] {
			kept.Content = append(kept.Content, n.Content[i], n.Content[i+1])
		}
	}
	return &kept
}

// overrideElement lets environment variables set the plain keys of an element,
// common and special ones. Its name and kind come from the file: they say which
// variables belong to it.
func (l *loader) overrideElement(list, path, name string, common any, settings validated) {
	if name == "" {
		l.env.uncertain = append(l.env.uncertain, variable(list)+"_")
		return
	}
	if settings == nil {
		l.env.uncertain = append(l.env.uncertain, variable(list, name)+"_")
	}
	for _, root := range []reflect.Value{reflect.ValueOf(common), reflect.ValueOf(settings)} {
		if root.Kind() != reflect.Pointer || root.IsNil() || root.Elem().Kind() != reflect.Struct {
			continue
		}
		for _, leaf := range leaves("", root.Type().Elem()) {
			if leaf.path == "name" || leaf.path == "kind" {
				continue
			}
			parts := append([]string{list, name}, strings.Split(leaf.path, ".")...)
			place := func() reflect.Value { return leaf.in(root, true) }
			_, faults := l.env.override(variable(parts...), path+"."+leaf.path, place)
			l.add(faults)
		}
	}
}

// validate asks an element's Config what is wrong with it. A fault whose text
// begins with a key is placed there.
func (l *loader) validate(path string, settings validated) {
	if settings == nil || l.faulty[path] {
		return
	}
	for _, err := range settings.Validate() {
		text := err.Error()
		key, _, _ := strings.Cut(text, " ")
		key = strings.TrimSuffix(key, ":")
		at, message := path+"."+key, path+"."+text
		if !hasKey(settings, key) {
			at, message = path, path+": "+text
		}
		if !l.spoilt(at) {
			l.faults = append(l.faults, l.remark(at, "%s", message))
		}
	}
}

// hasKey reports whether a path such as users.base_dn or fields[2].from begins
// with a key that settings has.
func hasKey(settings validated, path string) bool {
	t := reflect.TypeOf(settings)
	if t.Kind() != reflect.Pointer || t.Elem().Kind() != reflect.Struct {
		return false
	}
	first := path
	if i := strings.IndexAny(path, ".["); i >= 0 {
		first = path[:i]
	}
	return slices.ContainsFunc(strictyaml.Fields(t.Elem()), func(f strictyaml.Field) bool { return f.Name == first })
}

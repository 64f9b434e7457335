package patchtest

import (
	"maps"
	"slices"

	"birthright/scim/filter"
)

// evaluator is one reading of the rules.
type evaluator struct {
	schema
	strict bool
}

// step is one operation on one place.
type step struct {
	op    string
	path  filter.Path
	value any
}

// PatchUser returns what a body makes of a user, or the scimType of the refusal.
func PatchUser(doc, body map[string]any, strict bool) (map[string]any, string) {
	return evaluator{user(), strict}.patch(doc, body)
}

// PatchGroup does so for a group without members.
func PatchGroup(doc, body map[string]any, strict bool) (map[string]any, string) {
	return evaluator{group(), strict}.patch(doc, body)
}

func (e evaluator) patch(doc, body map[string]any) (map[string]any, string) {
	steps, refusal := e.read(body)
	for _, s := range steps {
		if refusal != "" {
			return nil, refusal
		}
		if doc, refusal = e.step(clone(doc).(map[string]any), s); refusal == "" {
			doc = e.tidy(doc)
		}
	}
	if refusal == "" && !e.onePrimaryEach(doc) {
		refusal = invalidValue
	}
	if refusal != "" {
		return nil, refusal
	}
	return doc, ""
}

// step carries out one operation.
func (e evaluator) step(doc map[string]any, s step) (map[string]any, string) {
	if s.path.Attr == "" && s.path.Schema == "" {
		m, ok := s.value.(map[string]any)
		if !ok {
			return nil, invalidValue
		}
		return e.attributes(doc, s.op, m, true)
	}
	urn, name, refusal := e.place(doc, s)
	if refusal != "" {
		return nil, refusal
	}
	if a, ok := find(e.core, name); ok && urn == "" {
		if a.name == "password" {
			return doc, "" // nobody keeps it
		}
		doc[a.name], refusal = e.attribute(a, doc[a.name], s)
		return doc, refusal
	}
	inside, _ := doc[urn].(map[string]any)
	if name != "" {
		doc[urn], refusal = e.inside(inside, urn, name, s)
		return doc, refusal
	}
	return e.schemaAsAWhole(doc, urn, s)
}

// schemaAsAWhole carries out an operation on all there is of an extension, or of
// the core if urn is "". As with a complex attribute, what is not named stays.
func (e evaluator) schemaAsAWhole(doc map[string]any, urn string, s step) (map[string]any, string) {
	nothing := s.value == nil || s.value == ""
	m, ok := s.value.(map[string]any)
	switch {
	case urn == "" && (s.op == "remove" || s.op == "replace" && nothing):
		return nil, mutability
	case s.op == "remove", s.op == "replace" && nothing:
		delete(doc, urn)
		return doc, ""
	case nothing:
		return doc, ""
	case !ok:
		return nil, invalidValue
	case urn == "":
		return e.attributes(doc, s.op, m, false)
	}
	inside, _ := doc[urn].(map[string]any)
	for _, name := range slices.Sorted(maps.Keys(m)) {
		if name == "" && !e.strict {
			continue
		}
		if name == "" {
			return nil, invalidPath
		}
		var refusal string
		if inside, refusal = e.inside(inside, urn, name, step{op: s.op, value: m[name]}); refusal != "" {
			return nil, refusal
		}
	}
	doc[urn] = inside
	return doc, ""
}

// inside carries out a step on one attribute of an extension.
func (e evaluator) inside(container map[string]any, urn, name string, s step) (map[string]any, string) {
	out, _ := clone(container).(map[string]any)
	if out == nil {
		out = map[string]any{}
	}
	name = keyIn(out, name)
	a, ok := find(e.extensions[urn], name)
	if !ok {
		_, list := out[name].([]any)
		a = attribute{name: name, kind: free, many: list}
	}
	var refusal string
	out[a.name], refusal = e.attribute(a, out[a.name], s)
	return out, refusal
}

// attributes carries out a step on each attribute of a map. Leniently, what
// nobody declares or the provider alone sets is passed over, and names may be
// paths: clients send whole resources and half of them that way.
func (e evaluator) attributes(doc map[string]any, op string, m map[string]any, paths bool) (map[string]any, string) {
	for _, name := range slices.Sorted(maps.Keys(m)) {
		s := step{op: op, path: filter.Path{Attr: name}, value: m[name]}
		if paths {
			var err error
			if s.path, err = filter.ParsePath(name); err != nil {
				continue // or refused when it was read
			}
		}
		urn, attr, refusal := e.place(doc, s)
		if refusal == "" {
			refusal = e.named(urn, attr, s.path)
		}
		isPath := s.path.Sub != "" || s.path.Where != nil || s.path.Schema != "" && (attr != "" || urn == "")
		if refusal != invalidPath && e.strict && isPath {
			refusal = invalidValue
		}
		if !e.strict && refusal != "" {
			continue
		}
		if refusal != "" {
			return nil, refusal
		}
		if doc, refusal = e.step(doc, s); refusal != "" {
			return nil, refusal
		}
		doc = e.tidy(doc)
	}
	return doc, ""
}

// named says why a path in a map cannot be worked on, whatever the value.
func (e evaluator) named(urn, name string, path filter.Path) string {
	declared := e.core
	if urn != "" {
		declared = e.extensions[urn]
	}
	a, ok := find(declared, name)
	sub, known := a.sub(path.Sub)
	switch {
	case ok && path.Where != nil && !a.many, ok && path.Sub != "" && !known:
		return invalidPath
	case a.readOnly || sub.readOnly:
		return mutability
	}
	return ""
}

package patchtest

import (
	"slices"
	"strings"

	"birthright/scim/filter"
)

// read looks at the structure of all operations before any is carried out.
func (e evaluator) read(body map[string]any) ([]step, string) {
	named, _ := field(body, "schemas").([]any)
	if !slices.ContainsFunc(named, func(urn any) bool {
		s, _ := urn.(string)
		return strings.EqualFold(s, "urn:ietf:params:scim:api:messages:2.0:PatchOp")
	}) {
		return nil, invalidSyntax
	}
	list, _ := field(body, "Operations").([]any)
	if len(list) == 0 {
		return nil, invalidSyntax
	}
	var out []step
	for _, one := range list {
		m, _ := one.(map[string]any)
		s, refusal := e.readStep(m)
		if refusal != "" {
			return nil, refusal
		}
		out = append(out, s)
	}
	return out, ""
}

func (e evaluator) readStep(m map[string]any) (step, string) {
	op, _ := field(m, "op").(string)
	s := step{op: strings.ToLower(op), value: field(m, "value")}
	if s.op != "add" && s.op != "replace" && s.op != "remove" {
		return s, invalidSyntax
	}
	written := field(m, "path")
	path, ok := written.(string)
	switch {
	case written != nil && !ok:
		return s, invalidPath
	case path == "" && s.op == "remove":
		return s, noTarget
	case path != "":
		var err error
		if s.path, err = filter.ParsePath(path); err != nil {
			return s, invalidPath
		}
	}
	if _, given := m[keyIn(m, "value")]; !given && s.op != "remove" {
		return s, invalidValue
	}
	if path == "" {
		return s, e.readNames(s.value)
	}
	return s, ""
}

// readNames looks at the names in a map that stands without a path. Leniently, one
// that is no name is passed over like one that nobody declares.
func (e evaluator) readNames(v any) string {
	m, ok := v.(map[string]any)
	if !ok {
		return invalidValue
	}
	for name := range m {
		if _, err := filter.ParsePath(name); err != nil && (e.strict || strings.Contains(name, "[")) {
			return invalidPath
		}
	}
	return ""
}

// place says what a path names: the extension's key in the document, "" for the
// core, and the attribute's name, "" for all there is.
func (e evaluator) place(doc map[string]any, s step) (urn, name, refusal string) {
	p := s.path
	plain := p.Where == nil && p.Sub == ""
	full := p.Schema + ":" + p.Attr
	if p.Attr == "" {
		full = p.Schema
	}
	_, core := find(e.core, p.Attr)
	switch {
	case p.Schema == "" && core:
		return "", p.Attr, ""
	case p.Schema == "":
		return e.unqualified(p.Attr)
	case strings.EqualFold(full, e.urn) && plain:
		return "", "", ""
	case strings.EqualFold(p.Schema, e.urn) && core:
		return "", p.Attr, ""
	case strings.EqualFold(p.Schema, e.urn):
		return "", "", invalidPath
	}
	if urn, ok := e.extension(full); ok && plain {
		return urn, "", ""
	}
	if urn, ok := e.extension(p.Schema); ok {
		return urn, p.Attr, ""
	}
	// Where nobody declares it, "urn:a:b" is an extension if the document has it, or
	// is given an object for it, and otherwise the attribute "b" of one.
	if _, ok := doc[keyIn(doc, full)]; plain && ok || p.Attr == "" {
		return keyIn(doc, full), "", ""
	}
	_, known := doc[keyIn(doc, p.Schema)]
	known = known && strings.Contains(p.Schema, ":")
	if _, ok := s.value.(map[string]any); plain && ok && !known {
		return full, "", ""
	}
	if !strings.Contains(p.Schema, ":") {
		return "", "", invalidPath // no URI
	}
	return keyIn(doc, p.Schema), p.Attr, ""
}

// unqualified finds an attribute of a declared extension by its bare name, which
// the RFC does not allow.
func (e evaluator) unqualified(name string) (urn, attr, refusal string) {
	for urn, attributes := range e.extensions {
		if _, ok := find(attributes, name); ok && !e.strict {
			return urn, name, ""
		}
	}
	return "", "", invalidPath
}

// tidy leaves out what says nothing.
func (e evaluator) tidy(doc map[string]any) map[string]any {
	out := map[string]any{}
	for name, v := range doc {
		if strings.Contains(name, ":") {
			v = strip(v)
		}
		if a, ok := find(e.core, name); ok && a.many {
			list, _ := v.([]any)
			v = slices.DeleteFunc(slices.Clone(list), func(element any) bool { return !says(a, element) })
		}
		if !empty(v) {
			out[name] = v
		}
	}
	return out
}

// onePrimaryEach reports whether each attribute has at most one primary value.
func (e evaluator) onePrimaryEach(doc map[string]any) bool {
	for _, a := range e.core {
		list, _ := doc[a.name].([]any)
		count := 0
		for _, element := range list {
			if isPrimary(element) {
				count++
			}
		}
		if count > 1 {
			return false
		}
	}
	return true
}

// keyIn returns the key that equals name without letter case, or name.
func keyIn(m map[string]any, name string) string {
	if _, ok := m[name]; ok {
		return name
	}
	for key := range m {
		if strings.EqualFold(key, name) {
			return key
		}
	}
	return name
}

func field(m map[string]any, name string) any { return m[keyIn(m, name)] }

func clone(v any) any {
	switch v := v.(type) {
	case map[string]any:
		out := make(map[string]any, len(v))
		for name, value := range v {
			out[name] = clone(value)
		}
		return out
	case []any:
		out := make([]any, len(v))
		for i, value := range v {
			out[i] = clone(value)
		}
		return out
	}
	return v
}

package patchtest

import (
	"maps"
	"reflect"
	"slices"
	"strings"
)

// attribute returns what a step makes of an attribute's value.
func (e evaluator) attribute(a attribute, old any, s step) (any, string) {
	sub, ok := a.sub(s.path.Sub)
	switch {
	case s.path.Where != nil && !a.many && a.kind != free, s.path.Sub != "" && !ok:
		return nil, invalidPath
	case a.readOnly, s.path.Sub != "" && sub.readOnly:
		return nil, mutability
	}
	if s.op == "replace" && (s.value == nil || s.value == "") {
		return e.unassign(a, old, s)
	}
	list, _ := old.([]any)
	switch {
	case a.many:
		return e.list(a, list, s)
	case s.path.Where != nil: // the one value that there is, not declared
		if !empty(old) {
			list = []any{old}
		}
		got, refusal := e.list(a, list, s)
		if out, _ := got.([]any); len(out) == 1 && len(list) == 1 {
			return out[0], refusal
		}
		return got, refusal
	case s.path.Sub != "":
		return e.part(sub, old, step{op: s.op, value: s.value})
	}
	return e.single(a, old, s)
}

// unassign replaces by nothing (RFC 7643 section 2.5), which is a removal; but
// strictly there has to be what is replaced.
func (e evaluator) unassign(a attribute, old any, s step) (any, string) {
	list, ok := old.([]any)
	if !ok && !empty(old) {
		list = []any{old}
	}
	s.op, s.value = "remove", nil
	got, refusal := e.attribute(a, old, s)
	if refusal != "" || s.path.Where == nil || !e.strict {
		return got, refusal
	}
	for _, element := range list {
		if chosen, _ := e.matches(a, element, s.path.Where); chosen {
			return got, ""
		}
	}
	return nil, noTarget
}

// part carries a step out on one part of a complex value.
func (e evaluator) part(sub attribute, old any, s step) (any, string) {
	out, ok := clone(old).(map[string]any)
	if !ok && s.op == "remove" {
		return old, ""
	}
	if out == nil {
		out = map[string]any{}
	}
	name := keyIn(out, sub.name)
	var got any
	var refusal string
	switch {
	case sub.kind != free:
		got, refusal = e.attribute(sub, out[name], s)
	case s.op == "add" && empty(s.value):
		return old, ""
	case s.op != "remove": // parts of what nobody declares are not looked into
		got = s.value
	}
	if out[name] = got; empty(got) {
		delete(out, name)
	}
	switch {
	case len(out) > 0:
		return out, refusal
	case !ok || empty(old): // nothing was there, and nothing came
		return old, refusal
	}
	return nil, refusal
}

// single carries a step out on a single value. Adding nothing adds nothing. The
// parts of a complex value that are not mentioned are left as they are.
func (e evaluator) single(a attribute, old any, s step) (any, string) {
	if s.op == "remove" {
		if a.required {
			return nil, mutability
		}
		return nil, ""
	}
	got, refusal := e.regular(a, s.value)
	if refusal != "" {
		return nil, refusal
	}
	was, complex := old.(map[string]any)
	if list, ok := s.value.([]any); ok && len(list) == 1 && a.kind != free {
		s.value = list[0]
	}
	told, isObject := s.value.(map[string]any)
	if a.kind == object && s.value != nil && s.value != "" {
		told, refusal = e.parts(a, s.value)
		isObject = refusal == ""
	}
	switch {
	case complex && isObject:
		return e.merge(a, was, told, s.op)
	case got == nil && s.op == "add":
		return old, ""
	case got == nil && a.required:
		return nil, mutability
	}
	return got, ""
}

// merge puts parts in the place of those in old. What points elsewhere now keeps
// nothing of what it pointed to: "value" and "$ref" go together.
func (e evaluator) merge(a attribute, old map[string]any, parts map[string]any, op string) (any, string) {
	var out any = old
	if _, ok := a.sub("value"); ok {
		got, _ := e.regular(a, parts)
		now, _ := got.(map[string]any)
		if now["value"] != nil && !reflect.DeepEqual(now["value"], old["value"]) {
			return now, ""
		}
	}
	for _, name := range slices.Sorted(maps.Keys(parts)) {
		sub, ok := a.sub(name)
		if !ok || sub.readOnly {
			continue
		}
		value := parts[name]
		if got, _ := e.regular(sub, value); empty(got) {
			if op == "add" {
				continue
			}
			value = nil
		}
		var refusal string
		if out, refusal = e.part(sub, out, step{op: "replace", value: value}); refusal != "" {
			return nil, refusal
		}
		if out == nil {
			out = map[string]any{}
		}
	}
	return out, ""
}

// sameValue reports whether two values of a multi-valued attribute are one: equal
// "value", and equal "type" where both have one; else equal throughout.
func sameValue(a attribute, x, y any) bool {
	m, ok := x.(map[string]any)
	n, ok2 := y.(map[string]any)
	value, _ := a.sub("value")
	switch {
	case !ok && !ok2:
		return sameText(x, y, value.exact)
	case !ok:
		return sameValue(a, map[string]any{"value": x}, y)
	case !ok2:
		return sameValue(a, x, map[string]any{"value": y})
	case m["value"] == nil || n["value"] == nil:
		return reflect.DeepEqual(m, n)
	case !sameText(m["value"], n["value"], value.exact):
		return false
	}
	return m["type"] == nil || n["type"] == nil || sameText(m["type"], n["type"], false)
}

func sameText(a, b any, exact bool) bool {
	x, ok := a.(string)
	y, ok2 := b.(string)
	if ok && ok2 && !exact {
		return strings.EqualFold(x, y)
	}
	return reflect.DeepEqual(a, b)
}

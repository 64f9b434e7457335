package patchtest

import (
	"maps"
	"slices"
	"strings"

	"birthright/scim/filter"
)

// list carries a step out on the values of a multi-valued attribute.
func (e evaluator) list(a attribute, old []any, s step) (any, string) {
	if s.path.Where == nil && s.path.Sub == "" {
		return e.values(a, old, s)
	}
	if _, refusal := e.matches(a, nil, s.path.Where); refusal != "" {
		return nil, refusal
	}
	var out []any
	var told []bool
	some := false
	for _, element := range old {
		chosen, _ := e.matches(a, element, s.path.Where)
		if _, ok := element.(map[string]any); !ok && s.path.Sub != "" {
			some = some || chosen
			chosen = false // a plain value has no parts
		}
		got := element
		if chosen {
			some = true
			var refusal string
			if got, refusal = e.element(a, element, s); refusal != "" {
				return nil, refusal
			}
		}
		if says(a, got) || !chosen || got != nil && a.kind == free {
			out, told = append(out, got), append(told, chosen && e.claims(a, s))
		}
	}
	if !some && s.op != "remove" {
		return e.make(a, old, s)
	}
	return onceEach(a, demote(out, told)), ""
}

// claims reports whether a step says of the values it works on that they are
// primary.
func (e evaluator) claims(a attribute, s step) bool {
	a.many = false
	got, _ := e.regular(a, s.value)
	return strings.EqualFold(s.path.Sub, "primary") || s.path.Sub == "" && isPrimary(got)
}

// element carries a step out on one chosen value.
func (e evaluator) element(a attribute, old any, s step) (any, string) {
	if s.path.Sub != "" {
		sub, _ := a.sub(s.path.Sub)
		return e.part(sub, old, step{op: s.op, value: s.value})
	}
	if s.op == "remove" {
		return nil, ""
	}
	a.many = false
	got, refusal := e.regular(a, s.value)
	if a.kind == free {
		got = s.value
	}
	if refusal == "" && empty(got) {
		refusal = invalidValue
	}
	return join(e.kept(a, old, s), got), refusal
}

// kept is what stays of a chosen value: all of it where something is added, what
// the path says of it where it is replaced.
func (e evaluator) kept(a attribute, old any, s step) any {
	if s.op == "add" {
		return old
	}
	described, _, _ := e.described(a, s.path.Where)
	return described
}

// join returns old with the parts of more in the place of its own.
func join(old, more any) any {
	x, ok := old.(map[string]any)
	y, ok2 := more.(map[string]any)
	if !ok || !ok2 {
		return more
	}
	out := map[string]any{}
	maps.Copy(out, x)
	for name, part := range y {
		out[keyIn(out, name)] = part
	}
	return out
}

// values carries a step out on the values as a whole.
func (e evaluator) values(a attribute, old []any, s step) (any, string) {
	if s.op == "remove" && s.value == nil {
		return nil, ""
	}
	got, refusal := e.regular(a, s.value)
	if refusal != "" {
		return nil, refusal
	}
	news, _ := got.([]any)
	if a.kind == free { // kept as it is sent
		got = strip(s.value)
		if s.op == "replace" {
			return got, ""
		}
		var isList bool
		if news, isList = got.([]any); !isList && got != nil {
			news = []any{got}
		}
	}
	switch s.op {
	case "remove": // never more than what it names
		return slices.DeleteFunc(slices.Clone(old), func(one any) bool {
			return slices.ContainsFunc(news, func(named any) bool { return sameValue(a, named, one) })
		}), ""
	case "replace":
		return news, ""
	}
	out, told := slices.Clone(old), make([]bool, len(old))
	for _, v := range news {
		if empty(v) {
			continue
		}
		i := slices.IndexFunc(out, func(one any) bool { return sameValue(a, one, v) })
		if i < 0 {
			i, out, told = len(out), append(out, nil), append(told, false)
		}
		out[i], told[i] = join(out[i], v), told[i] || isPrimary(v)
	}
	return onceEach(a, demote(out, told)), ""
}

// demote lets values that are told to be primary take the mark from the others.
func demote(list []any, told []bool) []any {
	taken := false
	for i := range list {
		taken = taken || told[i] && isPrimary(list[i])
	}
	for i := range list {
		if taken && !told[i] && isPrimary(list[i]) {
			list[i] = join(list[i], map[string]any{"primary": false})
		}
	}
	return list
}

func isPrimary(element any) bool {
	m, _ := element.(map[string]any)
	return m["primary"] == true
}

// make adds the value that a path describes and the attribute does not have. An
// addition makes whatever equalities describe. A replacement makes it leniently,
// and only of a part of a value of a kind that the schema knows.
func (e evaluator) make(a attribute, old []any, s step) (any, string) {
	described, kind, ok := e.described(a, s.path.Where)
	if s.path.Where != nil && (!ok || s.op == "replace" && (e.strict || !kind || s.path.Sub == "")) {
		return nil, noTarget
	}
	var got any
	var refusal string
	if s.path.Sub != "" {
		sub, _ := a.sub(s.path.Sub)
		got, refusal = e.part(sub, described, step{op: s.op, value: s.value})
	} else {
		got, refusal = e.element(a, described, step{op: "add", value: s.value})
	}
	if refusal != "" || !says(a, got) {
		return old, refusal
	}
	return onceEach(a, demote(append(slices.Clone(old), got), append(make([]bool, len(old)), true))), ""
}

// described reads a value out of a filter that leaves no choice: equalities, all
// of which hold. kind reports whether they say nothing but what kind of value it
// is: a type that the schema names, or being primary.
func (e evaluator) described(a attribute, where filter.Expr) (m map[string]any, kind, ok bool) {
	m = map[string]any{}
	switch x := where.(type) {
	case filter.And:
		kind = true
		for _, term := range x {
			more, known, ok := e.described(a, term)
			if !ok {
				return nil, false, false
			}
			kind = kind && known
			m = join(m, more).(map[string]any)
		}
		return m, kind, true
	case filter.Compare:
		sub, _ := a.sub(x.Path.Attr)
		v, refusal := evaluator{e.schema, false}.one(sub, x.Value)
		if x.Op != filter.Eq || refusal != "" || v == nil {
			return nil, false, false
		}
		kind = sub.name == "primary" && v == true || strings.EqualFold(sub.name, "type") && (a.types == nil ||
			slices.ContainsFunc(a.types, func(t string) bool { s, _ := v.(string); return strings.EqualFold(t, s) }))
		return map[string]any{sub.name: v}, kind, true
	}
	return nil, false, false
}

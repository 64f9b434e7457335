package patchtest

import (
	"encoding/json"
	"slices"
	"strings"

	"birthright/internal/casefold"
	"birthright/scim/filter"
)

// matches reports whether a value passes a value filter; none lets all pass.
func (e evaluator) matches(a attribute, element any, where filter.Expr) (bool, string) {
	switch x := where.(type) {
	case nil:
		return true, ""
	case filter.Not:
		ok, refusal := e.matches(a, element, x.X)
		return !ok, refusal
	case filter.And:
		all := true
		for _, term := range x {
			ok, refusal := e.matches(a, element, term)
			if refusal != "" {
				return false, refusal
			}
			all = all && ok
		}
		return all, ""
	case filter.Or:
		some := false
		for _, term := range x {
			ok, refusal := e.matches(a, element, term)
			if refusal != "" {
				return false, refusal
			}
			some = some || ok
		}
		return some, ""
	}
	c, _ := where.(filter.Compare)
	sub, ok := a.sub(c.Path.Attr)
	if !ok || c.Path.Sub != "" || c.Path.Schema != "" || c.Path.Where != nil {
		return false, invalidFilter
	}
	m, isObject := element.(map[string]any)
	v := m[keyIn(m, sub.name)]
	list, isList := v.([]any)
	if !isList {
		list = []any{v}
	}
	if !isObject && strings.EqualFold(sub.name, "value") {
		v, list = element, []any{element} // a plain value is its own
	}
	if sub.kind == free {
		return compareFree(list, c)
	}
	return compare(sub, v, c)
}

// compareFree compares what nobody declares: the filter's value says what it is.
func compareFree(list []any, c filter.Compare) (bool, string) {
	list = slices.DeleteFunc(slices.Clone(list), empty)
	a := attribute{kind: text}
	switch c.Value.(type) {
	case bool:
		a.kind = truth
	case json.Number:
		a.kind = number
	}
	_, refusal := compare(a, nil, c)
	if len(list) == 0 {
		return compare(a, nil, c)
	}
	for _, one := range list {
		if ok, _ := compare(a, one, c); ok {
			return true, ""
		}
	}
	return false, refusal
}

// compare is RFC 7644 table 3 for one value, nil for none.
func compare(a attribute, v any, c filter.Compare) (bool, string) {
	there := !empty(v)
	switch {
	case c.Op == filter.Pr:
		return there, ""
	case c.Value == nil && c.Op == filter.Eq:
		return !there, ""
	case c.Value == nil && c.Op == filter.Ne:
		return there, ""
	case c.Value == nil:
		return false, invalidFilter
	case c.Op == filter.Ne:
		c.Op = filter.Eq
		equal, refusal := compare(a, v, c)
		return !equal, refusal
	}
	if a.kind == number {
		return compareNumbers(v, c)
	}
	want, got := asText(c.Value), asText(v)
	if _, ok := v.(string); !ok && a.kind == text {
		there = false // it is no text
	}
	if a.kind == truth && !strings.EqualFold(want, "true") && !strings.EqualFold(want, "false") ||
		(a.kind == truth || a.kind == base64) && c.Op != filter.Eq {
		return false, invalidFilter
	}
	if !a.exact {
		want, got = casefold.Fold(want), casefold.Fold(got)
	}
	if !there {
		return false, ""
	}
	switch c.Op {
	case filter.Eq:
		return got == want, ""
	case filter.Co:
		return strings.Contains(got, want), ""
	case filter.Sw:
		return strings.HasPrefix(got, want), ""
	case filter.Ew:
		return strings.HasSuffix(got, want), ""
	case filter.Gt:
		return got > want, ""
	case filter.Ge:
		return got >= want, ""
	case filter.Lt:
		return got < want, ""
	}
	return got <= want, ""
}

// compareNumbers compares as far as a double goes.
func compareNumbers(v any, c filter.Compare) (bool, string) {
	if !slices.Contains([]filter.Op{filter.Eq, filter.Gt, filter.Ge, filter.Lt, filter.Le}, c.Op) {
		return false, invalidFilter
	}
	n, ok := v.(json.Number)
	got, err := n.Float64()
	want, _ := c.Value.(json.Number).Float64()
	if !ok || err != nil {
		return false, ""
	}
	return c.Op == filter.Eq && got == want || c.Op == filter.Gt && got > want || c.Op == filter.Ge && got >= want ||
		c.Op == filter.Lt && got < want || c.Op == filter.Le && got <= want, ""
}

func asText(v any) string {
	switch v := v.(type) {
	case string:
		return v
	case json.Number:
		return v.String()
	case bool:
		if v {
			return "true"
		}
		return "false"
	}
	return ""
}

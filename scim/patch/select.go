package patch

import (
	"reflect"
	"slices"
	"strings"

	"birthright/scim/fault"
	"birthright/scim/filter"
	"birthright/scim/resource"
)

// selected works on the values that a value filter selects.
func (e edit) selected() error {
	matches, err := resource.CompileElement(e.target.Attr, e.target.Where)
	if err != nil {
		return err
	}
	list := slices.Clone(e.list())
	if !slices.ContainsFunc(list, matches) {
		return e.missing(list)
	}
	switch {
	case e.target.SubName != "":
		return e.change(list, matches)
	case e.step.Op == Remove:
		return e.put(slices.DeleteFunc(list, matches), nil)
	}
	return e.overwrite(list, matches)
}

// change works on the sub-attribute of each selected value. One of which nothing
// is left is dropped.
func (e edit) change(list []any, selected func(any) bool) error {
	kept := make([]any, 0, len(list))
	var claims []int
	for _, element := range list {
		object, ok := element.(map[string]any)
		if ok && selected(element) {
			some := len(object) > 0
			if err := e.setSub(object); err != nil {
				return err
			}
			if some && len(object) == 0 {
				continue
			}
			if strings.EqualFold(e.target.SubName, "primary") {
				claims = append(claims, len(kept))
			}
		}
		kept = append(kept, element)
	}
	return e.settle(kept, claims)
}

// settle stores values of which some changed, those at claims to be primary. One
// of which nothing but its kind is left is dropped.
func (e edit) settle(list []any, claims []int) error {
	if e.target.Attr == nil {
		return e.put(list, claims)
	}
	claims = slices.DeleteFunc(claims, func(i int) bool { return e.target.Attr.Hollow(list[i]) })
	demote(list, claims) // while the claims are where they say
	regular, err := e.target.Attr.Value(list, e.reading)
	if err != nil {
		return err
	}
	kept, _ := regular.([]any)
	return e.put(kept, nil)
}

// overwrite gives each selected value a new content (replace) or more of it
// (add). What the filter says of a value stays true unless the new content says
// otherwise.
func (e edit) overwrite(list []any, selected func(any) bool) error {
	var claims []int
	for i, element := range list {
		if !selected(element) {
			continue
		}
		value, err := e.one(clone(e.step.Value))
		if err != nil {
			return err
		}
		if e.step.Op == Replace {
			described := map[string]any{}
			if e.describe(e.target.Where, described); len(described) > 0 {
				element = described
			} else {
				element = value
			}
		}
		if list[i] = join(element, value); isPrimary(value) {
			claims = append(claims, i)
		}
	}
	return e.settle(list, claims)
}

// join returns old with what more says of it; a plain value is replaced.
func join(old, more any) any {
	object, ok := old.(map[string]any)
	parts, ok2 := more.(map[string]any)
	if !ok || !ok2 {
		return more
	}
	for name, part := range parts {
		object[resource.Key(object, name)] = part
	}
	return object
}

// one makes a single value of a multi-valued attribute regular.
func (e edit) one(v any) (any, error) {
	value, err := v, error(nil)
	if e.target.Attr != nil {
		value, err = e.target.Attr.Element(v, e.reading)
	}
	if err == nil && resource.Empty(value) {
		err = fault.InvalidValue("%s takes one value.", e.step.Path)
	}
	return value, err
}

// missing is what happens where a value filter selects nothing. A removal is
// done already. An addition makes the value that the filter describes; so does
// the replacement of a sub-attribute where the filter names a kind of value, as
// in emails[type eq "work"].value: that is how providers write a first address.
// Any other replacement has no target.
func (e edit) missing(list []any) error {
	if e.step.Op == Remove && (!e.cleared || e.reading.MakesValues()) {
		return nil
	}
	element := map[string]any{}
	kindOnly := e.describe(e.target.Where, element)
	makes := e.step.Op == Add || kindOnly && e.target.SubName != "" && e.reading.MakesValues()
	if len(element) == 0 || !makes {
		return fault.NoTarget("%s selects nothing.", e.step.Path)
	}
	if e.step.Op == Replace {
		e.reading.Note("%s: there was no such value; it was made", e.step.Path)
	}
	at := []int{len(list)}
	if e.target.SubName != "" {
		if err := e.setSub(element); err != nil {
			return err
		}
		return e.settle(append(list, element), at)
	}
	value, err := e.one(clone(e.step.Value))
	if err != nil {
		return err
	}
	return e.settle(append(list, join(element, value)), at)
}

// describe fills element with what a filter made of "eq" and "and" says of it,
// and reports whether that is a kind of value: a known type, or being primary.
// For any other filter element is left empty.
func (e edit) describe(where filter.Expr, element map[string]any) bool {
	kind, ok := e.describeTerm(where, element)
	if !ok {
		clear(element)
	}
	return kind && ok
}

func (e edit) describeTerm(where filter.Expr, element map[string]any) (kind, ok bool) {
	switch x := where.(type) {
	case filter.And:
		kind = true
		for _, term := range x {
			known, ok := e.describeTerm(term, element)
			if !ok {
				return false, false
			}
			kind = kind && known
		}
		return kind, true
	case filter.Compare:
		if x.Op != filter.Eq || x.Value == nil {
			return false, false
		}
		name, value, kind := e.subValue(x)
		if value != nil {
			element[resource.Key(element, name)] = value
		}
		return kind, value != nil
	}
	return false, false
}

// subValue reads one "eq" of a value filter.
func (e edit) subValue(c filter.Compare) (name string, value any, isKind bool) {
	if e.target.Attr == nil {
		return c.Path.Attr, c.Value, strings.EqualFold(c.Path.Attr, "type")
	}
	for _, sub := range e.target.Attr.Sub {
		if !strings.EqualFold(sub.Name, c.Path.Attr) {
			continue
		}
		value, err := sub.Value(c.Value, nil)
		if err != nil {
			return "", nil, false
		}
		known := sub.Name == "primary" && value == true
		if text, ok := value.(string); ok && sub.Name == "type" {
			known = len(sub.Canonical) == 0 ||
				slices.ContainsFunc(sub.Canonical, func(c string) bool { return strings.EqualFold(c, text) })
		}
		return sub.Name, value, known
	}
	return "", nil, false
}

// same reports whether two values of a multi-valued attribute mean the same:
// equal "value", and equal "type" where both have one; else equal throughout. Letter
// case counts in a "value" if exact is set.
func same(a, b any, exact bool) bool {
	x, ok := a.(map[string]any)
	y, ok2 := b.(map[string]any)
	switch {
	case !ok && !ok2:
		return sameText(a, b, exact)
	case !ok:
		x = map[string]any{"value": a}
	case !ok2:
		y = map[string]any{"value": b}
	}
	if x["value"] == nil || y["value"] == nil {
		return reflect.DeepEqual(x, y)
	}
	if !sameText(x["value"], y["value"], exact) {
		return false
	}
	return x["type"] == nil || y["type"] == nil || sameText(x["type"], y["type"], false)
}

// exact reports whether letter case counts in the "value" of the attribute.
func (e edit) exact() bool {
	if e.target.Attr == nil {
		return false
	}
	for _, sub := range e.target.Attr.Sub {
		if sub.Name == "value" {
			return sub.CaseExact || sub.Type == "binary"
		}
	}
	return false
}

// sameText compares as filters do: without letter case, unless it counts.
func sameText(a, b any, exact bool) bool {
	x, ok := a.(string)
	y, ok2 := b.(string)
	if ok && ok2 && !exact {
		return strings.EqualFold(x, y)
	}
	return reflect.DeepEqual(a, b)
}

// clone copies a value of JSON, so that two places do not share it.
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

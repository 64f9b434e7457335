package patch

import (
	"maps"
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

// change works on the sub-attribute of each selected value.
func (e edit) change(list []any, selected func(any) bool) error {
	var changed []int
	for i, element := range list {
		object, ok := element.(map[string]any)
		if !ok || !selected(element) {
			continue
		}
		if err := e.setSub(object); err != nil {
			return err
		}
		changed = append(changed, i)
	}
	return e.settle(list, changed)
}

// settle stores values of which some changed. One of which nothing but its kind
// is left is dropped.
func (e edit) settle(list []any, changed []int) error {
	if e.target.Attr == nil {
		return e.put(list, changed)
	}
	regular, err := e.target.Attr.Value(list, e.reading)
	if err != nil {
		return err
	}
	kept, _ := regular.([]any)
	if len(kept) != len(list) {
		changed = nil // their places moved
	}
	return e.put(kept, changed)
}

// overwrite gives each selected value a new content (replace) or more of it
// (add). What the filter says of a value stays true unless the new content says
// otherwise.
func (e edit) overwrite(list []any, selected func(any) bool) error {
	var changed []int
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
		list[i] = join(element, value)
		changed = append(changed, i)
	}
	return e.settle(list, changed)
}

// join returns old with what more says of it; a plain value is replaced.
func join(old, more any) any {
	object, ok := old.(map[string]any)
	parts, ok2 := more.(map[string]any)
	if !ok || !ok2 {
		return more
	}
	maps.Copy(object, parts)
	return object
}

// one makes a single value of a multi-valued attribute regular.
func (e edit) one(v any) (any, error) {
	if e.target.Attr == nil {
		return v, nil
	}
	value, err := e.target.Attr.Element(v, e.reading)
	if err == nil && value == nil {
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
	if e.step.Op == Remove {
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
	value, err := e.one(e.step.Value)
	if err != nil {
		return err
	}
	return e.settle(append(list, join(element, value)), at)
}

// describe fills element with what a filter made of "eq" and "and" says of it,
// and reports whether that is a kind of value: a known type, or being primary.
// For any other filter element is left empty.
func (e edit) describe(where filter.Expr, element map[string]any) bool {
	terms := filter.And{where}
	if and, ok := where.(filter.And); ok {
		terms = and
	}
	kindOnly := true
	for _, term := range terms {
		c, ok := term.(filter.Compare)
		if !ok || c.Op != filter.Eq || c.Value == nil {
			clear(element)
			return false
		}
		name, value, isKind := e.subValue(c)
		if value == nil {
			clear(element)
			return false
		}
		element[name] = value
		kindOnly = kindOnly && isKind
	}
	return kindOnly
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
		known := sub.Name == "primary"
		if text, ok := value.(string); ok && sub.Name == "type" {
			known = len(sub.Canonical) == 0 ||
				slices.ContainsFunc(sub.Canonical, func(c string) bool { return strings.EqualFold(c, text) })
		}
		return sub.Name, value, known
	}
	return "", nil, false
}

// same reports whether two values of a multi-valued attribute mean the same:
// equal "value", and equal "type" where both have one; else equal throughout.
func same(a, b any) bool {
	x, ok := a.(map[string]any)
	y, ok2 := b.(map[string]any)
	if !ok {
		return sameScalar(a, b) || ok2 && sameScalar(a, y["value"])
	}
	if !ok2 {
		return x["value"] != nil && sameScalar(x["value"], b)
	}
	if x["value"] == nil || y["value"] == nil {
		return reflect.DeepEqual(x, y)
	}
	if !sameScalar(x["value"], y["value"]) {
		return false
	}
	return x["type"] == nil || y["type"] == nil || sameScalar(x["type"], y["type"])
}

func sameScalar(a, b any) bool {
	x, ok := a.(string)
	y, ok2 := b.(string)
	if ok && ok2 {
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

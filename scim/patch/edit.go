package patch

import (
	"maps"
	"slices"

	"birthright/scim/fault"
	"birthright/scim/resource"
)

// edit is one step on one attribute.
type edit struct {
	target    resource.Target
	step      Step
	reading   *resource.Reading
	container map[string]any // nil only for a removal where there is nothing
	key       string         // of the attribute in container
}

func (e edit) run() error {
	switch {
	case e.target.Where != nil:
		return e.selected()
	case e.target.SubName != "":
		return e.sub()
	case e.step.Op == Remove:
		return e.remove()
	}
	value, err := e.regular(e.step.Value)
	if err != nil {
		return err
	}
	if raw, ok := e.step.Value.(map[string]any); ok && !e.multi() {
		if old, ok := e.container[e.key].(map[string]any); ok {
			return e.merge(old, raw, value)
		}
	}
	switch {
	case value == nil && e.step.Op == Add:
		return nil
	case value == nil:
		return e.unset()
	}
	return e.set(value)
}

// regular makes a value fit the attribute; undeclared ones take any.
func (e edit) regular(v any) (any, error) {
	if e.target.Attr != nil {
		return e.target.Attr.Value(v, e.reading)
	}
	if object, ok := v.(map[string]any); ok {
		maps.DeleteFunc(object, func(_ string, part any) bool { return resource.Empty(part) })
	}
	if resource.Empty(v) {
		return nil, nil
	}
	return v, nil
}

// multi reports whether the attribute has a list of values.
func (e edit) multi() bool {
	if e.target.Attr != nil {
		return e.target.Attr.Multi
	}
	_, list := e.container[e.key].([]any)
	return list
}

// list returns the current values of a multi-valued attribute.
func (e edit) list() []any {
	list, _ := e.container[e.key].([]any)
	return list
}

// put stores the values of a multi-valued attribute. Where one of the changed
// elements became primary, the others are no longer.
func (e edit) put(list []any, changed []int) error {
	if len(list) == 0 {
		return e.unset()
	}
	if len(list) > resource.MaxValues {
		return fault.InvalidValue("%s would have %d values; at most %d are kept.", e.target.Name, len(list), resource.MaxValues)
	}
	if slices.ContainsFunc(changed, func(i int) bool { return isPrimary(list[i]) }) {
		for i, element := range list {
			if isPrimary(element) && !slices.Contains(changed, i) {
				element.(map[string]any)["primary"] = false
			}
		}
	}
	e.container[e.key] = list
	return nil
}

func isPrimary(element any) bool {
	object, ok := element.(map[string]any)
	return ok && object["primary"] == true
}

// unset removes the attribute as a whole.
func (e edit) unset() error {
	if e.target.Attr != nil && e.target.Attr.Required {
		return fault.Mutability("%s is required and cannot be removed.", e.target.Name)
	}
	delete(e.container, e.key)
	return nil
}

// set adds or replaces the attribute as a whole.
func (e edit) set(value any) error {
	if e.multi() {
		if e.step.Op == Add {
			return e.append(value)
		}
		if list, ok := value.([]any); ok {
			return e.put(list, nil)
		}
	}
	e.container[e.key] = value
	return nil
}

// merge changes the named parts of a complex value and leaves the others alone.
// A reference (a value with a "value", such as manager) that now points
// elsewhere keeps nothing of the old one.
func (e edit) merge(old, raw map[string]any, value any) error {
	object, _ := value.(map[string]any)
	if refersTo, ok := object["value"]; ok && refersTo != old["value"] {
		e.container[e.key] = object
		return nil
	}
	maps.Copy(old, object)
	if e.step.Op == Replace {
		for name, part := range raw { // parts that are null or empty are unassigned
			if resource.Empty(part) {
				delete(old, resource.Key(old, name))
			}
		}
	}
	if len(old) == 0 {
		return e.unset()
	}
	return nil
}

// append adds values that are not there yet; one that is there takes over what
// else is said about it.
func (e edit) append(value any) error {
	more, ok := value.([]any)
	if !ok {
		more = []any{value}
	}
	list := e.list()
	var changed []int
	for _, element := range more {
		i := slices.IndexFunc(list, func(old any) bool { return same(old, element) })
		if i < 0 {
			i = len(list)
			list = append(list, element)
		} else {
			list[i] = join(list[i], element)
		}
		changed = append(changed, i)
		if len(list) > resource.MaxValues {
			break // put tells
		}
	}
	return e.put(list, changed)
}

// remove removes the attribute, or of a multi-valued one the values that the
// step carries.
func (e edit) remove() error {
	if e.step.Value == nil || !e.multi() {
		return e.unset()
	}
	unwanted, ok := e.step.Value.([]any)
	if !ok {
		unwanted = []any{e.step.Value}
	}
	list := slices.DeleteFunc(slices.Clone(e.list()), func(element any) bool {
		return slices.ContainsFunc(unwanted, func(u any) bool { return same(element, u) })
	})
	return e.put(list, nil)
}

// sub works on a sub-attribute of the attribute's only value, or of all values.
func (e edit) sub() error {
	if e.multi() {
		list := e.list()
		if len(list) == 0 && e.step.Op != Remove {
			list = []any{map[string]any{}}
		}
		return e.change(list, func(any) bool { return true })
	}
	object, ok := e.container[e.key].(map[string]any)
	switch {
	case !ok && e.step.Op == Remove:
		return nil
	case !ok:
		object = map[string]any{}
	}
	if err := e.setSub(object); err != nil {
		return err
	}
	if len(object) == 0 {
		return e.unset()
	}
	e.container[e.key] = object
	return nil
}

// setSub sets or removes the sub-attribute in one value.
func (e edit) setSub(object map[string]any) error {
	key := resource.Key(object, e.target.SubName)
	if e.step.Op == Remove {
		delete(object, key)
		return nil
	}
	value := clone(e.step.Value)
	if e.target.Sub != nil {
		var err error
		if value, err = e.target.Sub.Value(value, e.reading); err != nil {
			return err
		}
	}
	if value == nil {
		if e.step.Op == Replace {
			delete(object, key)
		}
		return nil
	}
	object[key] = value
	return nil
}

package patch

import (
	"maps"
	"reflect"
	"slices"
	"strings"

	"birthright/scim/fault"
	"birthright/scim/resource"
)

// edit is one step on one attribute.
type edit struct {
	target    resource.Target
	step      Step
	reading   *resource.Reading
	cleared   bool           // a removal that was written as a replacement by nothing
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
	if parts := e.parts(); parts != nil {
		if old, ok := e.container[e.key].(map[string]any); ok {
			return e.merge(old, parts, value)
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
	v = clone(v) // the document must not share it with the step
	if object, ok := v.(map[string]any); ok {
		maps.DeleteFunc(object, func(_ string, part any) bool { return resource.Empty(part) })
	}
	if resource.Empty(v) {
		return nil, nil
	}
	return v, nil
}

// parts returns the parts of a complex value as they were sent, nil for any other.
func (e edit) parts() map[string]any {
	if e.target.Attr != nil {
		return e.target.Attr.Parts(e.step.Value)
	}
	parts, _ := e.step.Value.(map[string]any)
	return parts
}

// multi reports whether the attribute has a list of values.
func (e edit) multi() bool {
	if e.target.Attr != nil {
		return e.target.Attr.Multi
	}
	_, list := e.container[e.key].([]any)
	return list
}

// list returns the current values of a multi-valued attribute. One that nobody
// declares may have a single value, which is then one of a list.
func (e edit) list() []any {
	list, _ := e.container[e.key].([]any)
	if e.single() {
		list = []any{e.container[e.key]}
	}
	return list
}

// single reports whether nobody declares the attribute and it has one value,
// which is no list.
func (e edit) single() bool {
	value := e.container[e.key]
	_, list := value.([]any)
	return e.target.Attr == nil && value != nil && !list
}

// put stores the values of a multi-valued attribute. Where the step says of some
// that they are primary, the others are no longer; claims are the places of those.
func (e edit) put(list []any, claims []int) error {
	if len(list) == 0 {
		return e.unset()
	}
	if len(list) > resource.MaxValues {
		return fault.InvalidValue("%s would have %d values; at most %d are kept.", e.target.Name, len(list), resource.MaxValues)
	}
	demote(list, claims)
	if e.target.Attr != nil {
		list = resource.Distinct(list)
	}
	if e.single() && len(list) == 1 {
		e.container[e.key] = list[0]
		return nil
	}
	e.container[e.key] = list
	return nil
}

// demote lets the values that are told to be primary, those at claims, take the
// mark from the others.
func demote(list []any, claims []int) {
	if !slices.ContainsFunc(claims, func(i int) bool { return isPrimary(list[i]) }) {
		return
	}
	for i, element := range list {
		if isPrimary(element) && !slices.Contains(claims, i) {
			element.(map[string]any)["primary"] = false
		}
	}
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
func (e edit) merge(old, parts map[string]any, value any) error {
	object, _ := value.(map[string]any)
	if refersTo, ok := object["value"]; ok && !reflect.DeepEqual(refersTo, old["value"]) {
		e.container[e.key] = object
		return nil
	}
	join(old, object)
	if e.step.Op == Replace {
		for name := range parts { // those that are null or empty are unassigned
			if key, ok := e.told(name); ok && resource.Empty(object[resource.Key(object, key)]) {
				delete(old, resource.Key(old, key))
			}
		}
	}
	if len(old) == 0 {
		return e.unset()
	}
	return nil
}

// told returns the name of a part as the schema spells it; ok is false for one that
// the schema does not have.
func (e edit) told(name string) (spelt string, ok bool) {
	if e.target.Attr == nil {
		return name, true
	}
	for _, sub := range e.target.Attr.Sub {
		if strings.EqualFold(sub.Name, name) {
			return sub.Name, true
		}
	}
	return "", false
}

// append adds values that are not there yet; one that is there takes over what
// else is said about it.
func (e edit) append(value any) error {
	more, ok := value.([]any)
	if !ok {
		more = []any{value}
	}
	list, exact := e.list(), e.exact()
	var claims []int
	for _, element := range more {
		if resource.Empty(element) {
			continue
		}
		i := slices.IndexFunc(list, func(old any) bool { return same(old, element, exact) })
		if i < 0 {
			i = len(list)
			list = append(list, element)
		} else {
			list[i] = join(list[i], element)
		}
		if isPrimary(element) {
			claims = append(claims, i)
		}
		if len(list) > resource.MaxValues {
			break // put tells
		}
	}
	return e.put(list, claims)
}

// remove removes the attribute, or of a multi-valued one the values that the
// step carries.
func (e edit) remove() error {
	if e.step.Value == nil || !e.multi() {
		return e.unset()
	}
	value, err := e.regular(e.step.Value)
	if err != nil {
		return err
	}
	unwanted, ok := value.([]any)
	if !ok && value != nil {
		unwanted = []any{value}
	}
	exact := e.exact()
	list := slices.DeleteFunc(slices.Clone(e.list()), func(element any) bool {
		return slices.ContainsFunc(unwanted, func(u any) bool { return same(element, u, exact) })
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
	switch {
	case len(object) > 0:
	case ok:
		return e.unset()
	default:
		return nil // nothing was added to nothing
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
	if resource.Empty(value) {
		if e.step.Op == Replace {
			delete(object, key)
		}
		return nil
	}
	object[key] = value
	return nil
}

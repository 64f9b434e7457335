package rules

import (
	"fmt"
	"reflect"
	"slices"

	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/common/types/ref"
	"cel.dev/cel-go/common/types/traits"

	"birthright/rules/population"
)

// groupList is user.groups: a list that finds a name by binary search, as the
// names are sorted.
type groupList struct {
	traits.Lister
	names []string
}

func newGroupList(names []string) ref.Val {
	if !slices.IsSorted(names) {
		names = slices.Sorted(slices.Values(names))
	}
	return &groupList{types.NewStringList(types.DefaultTypeAdapter, names), names}
}

// Contains answers "name" in user.groups.
func (l *groupList) Contains(value ref.Val) ref.Val {
	name, ok := value.(types.String)
	if !ok {
		return types.False
	}
	_, found := slices.BinarySearch(l.names, string(name))
	return types.Bool(found)
}

// attributeMap is user.attributes and user.values: every key has a value; the
// empty string or the empty list where the user has no such attribute.
type attributeMap struct {
	person person
	lists  bool // the values are lists
}

func (m *attributeMap) value(name string) ref.Val {
	if m.lists {
		return types.NewStringList(types.DefaultTypeAdapter, m.person.List(population.Reading{Kind: population.All, Attribute: name}))
	}
	return types.String(m.person.Text(population.Reading{Attribute: name}))
}

// Find returns the value of key; a missing key is not an error.
func (m *attributeMap) Find(key ref.Val) (ref.Val, bool) {
	name, ok := key.(types.String)
	if !ok {
		return types.NewErr("attribute names are strings, not %s", key.Type().TypeName()), false
	}
	return m.value(string(name)), true
}

// Get returns the value of key.
func (m *attributeMap) Get(key ref.Val) ref.Val {
	value, _ := m.Find(key)
	return value
}

// Contains reports whether the user has a value for key.
func (m *attributeMap) Contains(key ref.Val) ref.Val {
	name, ok := key.(types.String)
	return types.Bool(ok && m.person.Text(population.Reading{Attribute: string(name)}) != "")
}

// Size counts the attributes that have a value.
func (m *attributeMap) Size() ref.Val { return types.Int(len(m.person.Whole())) }

// Iterator goes over the names, sorted.
func (m *attributeMap) Iterator() traits.Iterator {
	return types.NewStringList(types.DefaultTypeAdapter, m.person.Whole().Names()).Iterator()
}

// whole is an ordinary CEL map with the same entries.
func (m *attributeMap) whole() traits.Mapper {
	attributes := m.person.Whole()
	entries := make(map[ref.Val]ref.Val, len(attributes))
	for name := range attributes {
		entries[types.String(name)] = m.value(name)
	}
	return types.NewRefValMap(types.DefaultTypeAdapter, entries)
}

// Equal compares the attributes that have a value.
func (m *attributeMap) Equal(other ref.Val) ref.Val { return m.whole().Equal(other) }

// ConvertToNative converts as an ordinary map does.
func (m *attributeMap) ConvertToNative(t reflect.Type) (any, error) {
	native, err := m.whole().ConvertToNative(t)
	if err != nil {
		return nil, fmt.Errorf("user attributes: %w", err)
	}
	return native, nil
}

// ConvertToType converts as an ordinary map does.
func (m *attributeMap) ConvertToType(t ref.Type) ref.Val { return m.whole().ConvertToType(t) }

// Type is CEL's map.
func (m *attributeMap) Type() ref.Type { return types.MapType }

// Value is the attributes themselves.
func (m *attributeMap) Value() any { return m.person.Whole() }

package ldapapp

import (
	"slices"
	"time"
)

// attribute is a name as written with its values in order.
type attribute struct {
	name   string
	values []string
	keys   map[string]int // valueKey → index in values
}

func newAttribute(name string) *attribute { return &attribute{name: name, keys: map[string]int{}} }

// add appends a value; false where it is there.
func (a *attribute) add(value string) bool {
	key := valueKey(attrKey(a.name), value)
	if _, there := a.keys[key]; there {
		return false
	}
	a.keys[key] = len(a.values)
	a.values = append(a.values, value)
	return true
}

// drop takes a value out; false where it is not there.
func (a *attribute) drop(value string) bool {
	key := valueKey(attrKey(a.name), value)
	at, there := a.keys[key]
	if !there {
		return false
	}
	delete(a.keys, key)
	last := len(a.values) - 1
	if at != last { // the last one takes its place: order means nothing in LDAP
		a.values[at] = a.values[last]
		a.keys[valueKey(attrKey(a.name), a.values[at])] = at
	}
	a.values = a.values[:last]
	return true
}

func (a *attribute) has(value string) bool {
	_, there := a.keys[valueKey(attrKey(a.name), value)]
	return there
}

func (a *attribute) clone() *attribute {
	out := newAttribute(a.name)
	for _, v := range a.values {
		out.add(v)
	}
	return out
}

// entry is a node of the tree.
type entry struct {
	rdn               rdn // the whole DN for a suffix
	parent            *entry
	children          []*entry
	attrs             map[string]*attribute
	order             []string // keys of attrs as they were added
	uuid              string
	created, modified time.Time
	gone              bool
	// In a domain: its number there, 0 for none, and whether it has a password.
	domain, password bool
	rid              int
}

// dn is the entry's name as written.
func (e *entry) dn() string {
	if e.parent == nil {
		return e.rdn.text
	}
	return e.rdn.text + "," + e.parent.dn()
}

// values returns an attribute's values, operational ones too.
func (e *entry) values(key string) []string {
	switch key {
	case "entryuuid":
		return []string{e.uuid}
	case "entrydn":
		return []string{e.dn()}
	case "createtimestamp":
		return []string{generalized(e.created)}
	case "modifytimestamp":
		return []string{generalized(e.modified)}
	}
	if e.domain {
		if v, ok := e.computed(key); ok {
			return v
		}
	}
	if a := e.attrs[key]; a != nil {
		return a.values
	}
	return nil
}

// holds reports whether the entry has the value.
func (e *entry) holds(key, value string) bool {
	if key == "objectclass" {
		for _, class := range e.values(key) {
			if foldText(class) == foldText(value) || slices.Contains(supers(class), foldText(value)) {
				return true
			}
		}
		return false
	}
	if a := e.attrs[key]; a != nil {
		return a.has(value)
	}
	for _, v := range e.values(key) {
		if valueKey(key, v) == valueKey(key, value) {
			return true
		}
	}
	return false
}

// put stores an attribute, or takes it away where it has no values.
func (e *entry) put(key string, a *attribute) {
	_, there := e.attrs[key]
	switch {
	case len(a.values) == 0:
		delete(e.attrs, key)
		e.order = slices.DeleteFunc(e.order, func(k string) bool { return k == key })
		return
	case !there:
		e.order = append(e.order, key)
	}
	e.attrs[key] = a
}

func generalized(t time.Time) string { return t.UTC().Format("20060102150405Z") }

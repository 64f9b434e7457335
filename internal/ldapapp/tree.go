package ldapapp

import (
	"fmt"
	"slices"
	"sync"
	"time"
)

// tree is the directory. Writers hold mu; readers hold it shared.
type tree struct {
	mu       sync.RWMutex
	now      func() time.Time
	suffixes map[string]bool // keys of the names that may stand without a parent
	entries  map[string]*entry
	roots    []*entry
	lastID   int
	domain   *Domain // nil: not Active Directory
	lastRID  int
	changes  int
	known    known
}

func newTree(suffixes []string, now func() time.Time) (*tree, error) {
	t := &tree{now: now, suffixes: map[string]bool{}, entries: map[string]*entry{}, known: newKnown()}
	for _, s := range suffixes {
		key, ok := dnKey(s)
		if !ok || key == "" {
			return nil, fmt.Errorf("%q is not a distinguished name", s)
		}
		t.suffixes[key] = true
	}
	return t, nil
}

// newAttr is one attribute of a request.
type newAttr struct {
	name   string
	values []string
}

// find returns the entry called dn.
func (t *tree) find(dn string) (*entry, []rdn, *refusal) {
	if e, special := t.special(dn); special {
		if e == nil {
			return nil, nil, refuse(noSuchObject, "no such object")
		}
		dn = e.dn()
	}
	parts, ok := parseDN(dn)
	if !ok {
		return nil, nil, refuse(invalidDNSyntax, "%q is not a distinguished name", dn)
	}
	if e := t.entries[keyOf(parts)]; e != nil {
		return e, parts, nil
	}
	r := refuse(noSuchObject, "no such object")
	for i := range parts {
		if e := t.entries[keyOf(parts[i:])]; e != nil {
			r.matched = e.dn()
			break
		}
	}
	return nil, parts, r
}

func (t *tree) add(dn string, attrs []newAttr) *refusal {
	t.mu.Lock()
	defer t.mu.Unlock()
	existing, parts, missing := t.find(dn)
	switch {
	case existing != nil:
		return refuse(entryAlreadyExists, "%s is there already", dn)
	case missing.code != noSuchObject:
		return missing
	case len(parts) == 0:
		return refuse(namingViolation, "the root cannot be added")
	}
	parent, r := t.parentFor(parts)
	if r != nil {
		return r
	}
	e := &entry{rdn: parts[0], parent: parent, attrs: map[string]*attribute{}}
	if parent == nil {
		e.rdn.text = textOf(parts)
	}
	e.uuid, e.domain = uuidOf(t.lastID+1), t.domain != nil
	if r := t.furnish(e, attrs); r != nil {
		return r
	}
	t.lastID++
	t.plant(e, parts)
	return nil
}

// uuidOf is the identifier of the n-th entry.
func uuidOf(n int) string { return fmt.Sprintf("b1a7f00d-0000-4000-8000-%012x", n) }

// furnish gives a new entry its attributes and holds it against the rules.
func (t *tree) furnish(e *entry, attrs []newAttr) *refusal {
	for _, a := range attrs {
		if t.domain != nil && attrKey(a.name) == "unicodepwd" {
			e.password = true
			continue
		}
		in, r := t.inward(e, a)
		if r == nil {
			r = e.load(in)
		}
		if r != nil {
			return r
		}
	}
	if r := t.complete(e); r != nil {
		return r
	}
	return e.check()
}

// plant puts a new entry in its place.
func (t *tree) plant(e *entry, parts []rdn) {
	e.created = t.now()
	e.modified = e.created
	t.entries[keyOf(parts)] = e
	if e.parent == nil {
		t.roots = append(t.roots, e)
	} else {
		e.parent.children = append(e.parent.children, e)
	}
	t.enrol(e)
}

// parentFor finds where an entry of this name hangs; nil for a suffix.
func (t *tree) parentFor(parts []rdn) (*entry, *refusal) {
	if t.suffixes[keyOf(parts)] {
		return nil, nil
	}
	if parent := t.entries[keyOf(parts[1:])]; parent != nil {
		return parent, nil
	}
	_, _, r := t.find(textOf(parts[1:]))
	if r == nil {
		r = refuse(noSuchObject, "there is no such part of the tree")
	}
	return nil, r
}

// load takes over an attribute of a new entry.
func (e *entry) load(in newAttr) *refusal {
	key := attrKey(in.name)
	if operational(key) {
		return refuse(constraintViolation, "%s is for the server to write", in.name)
	}
	if len(in.values) == 0 {
		return refuse(protocolError, "%s has no values", in.name)
	}
	a := newAttribute(in.name)
	if held := e.attrs[key]; held != nil {
		a = held
	}
	for _, v := range in.values {
		if !a.add(v) {
			return refuse(attributeOrValueExists, "%s: a value is given twice", in.name)
		}
	}
	e.put(key, a)
	return nil
}

// check holds the entry against its classes and its own name.
func (e *entry) check() *refusal {
	classes := e.values("objectclass")
	if len(classes) == 0 {
		return refuse(objectClassViolation, "no objectClass attribute")
	}
	for _, class := range classes {
		for _, needed := range needs(class) {
			if e.domain && needed == "sn" {
				continue // people of a domain need none
			}
			if len(e.values(needed)) == 0 {
				return refuse(objectClassViolation, "object class %q requires attribute %q", class, needed)
			}
		}
	}
	for _, part := range e.rdn.parts {
		if !e.holds(attrKey(part.attr), part.value) {
			return refuse(namingViolation, "value of naming attribute %q is not present in entry", part.attr)
		}
	}
	return nil
}

func (t *tree) remove(dn string) *refusal {
	t.mu.Lock()
	defer t.mu.Unlock()
	e, parts, r := t.find(dn)
	switch {
	case r != nil:
		return r
	case len(e.children) > 0:
		return refuse(notAllowedOnNonLeaf, "subordinate objects must be deleted first")
	}
	t.unlink(e)
	t.strike(e)
	t.cut(e)
	e.gone = true
	delete(t.entries, keyOf(parts))
	return nil
}

// cut takes e out of its parent's children.
func (t *tree) cut(e *entry) {
	same := func(o *entry) bool { return o == e }
	if e.parent == nil {
		t.roots = slices.DeleteFunc(t.roots, same)
		return
	}
	e.parent.children = slices.DeleteFunc(e.parent.children, same)
}

// rename gives an entry another relative name and perhaps another parent.
func (t *tree) rename(dn, newRDN string, dropOld bool, superior *string) *refusal {
	t.mu.Lock()
	defer t.mu.Unlock()
	e, parts, r := t.find(dn)
	if r != nil {
		return r
	}
	name, ok := parseDN(newRDN)
	if !ok || len(name) != 1 {
		return refuse(invalidDNSyntax, "%q is not a relative name", newRDN)
	}
	if e.parent == nil {
		return refuse(unwillingToPerform, "a suffix cannot be renamed")
	}
	parent, rest := e.parent, parts[1:]
	if superior != nil {
		if parent, rest, r = t.find(*superior); r != nil {
			return r
		}
	}
	if other := t.entries[keyOf(append(name, rest...))]; other != nil && other != e {
		return refuse(entryAlreadyExists, "the new name is taken")
	}
	for up := parent; up != nil; up = up.parent {
		if up == e {
			return refuse(unwillingToPerform, "an entry cannot go below itself")
		}
	}
	t.move(e, keyOf(parts), name[0], parent, keyOf(append(name, rest...)), dropOld)
	return nil
}

func (t *tree) move(e *entry, oldKey string, name rdn, parent *entry, newKey string, dropOld bool) {
	t.cut(e)
	parent.children = append(parent.children, e)
	old := e.rdn
	e.parent, e.rdn, e.modified = parent, name, t.now()
	if dropOld {
		for _, p := range old.parts {
			if a := e.attrs[attrKey(p.attr)]; a != nil {
				a.drop(p.value)
				e.put(attrKey(p.attr), a)
			}
		}
	}
	for _, p := range name.parts {
		key := attrKey(p.attr)
		a := e.attrs[key]
		if a == nil {
			a = newAttribute(p.attr)
		}
		a.add(p.value)
		e.put(key, a)
	}
	t.rekey(e, oldKey, newKey)
}

// rekey moves e and all below it to their new keys.
func (t *tree) rekey(e *entry, oldKey, newKey string) {
	delete(t.entries, oldKey)
	t.entries[newKey] = e
	for _, child := range e.children {
		name := child.rdn.key()
		t.rekey(child, name+","+oldKey, name+","+newKey)
	}
}

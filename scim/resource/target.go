package resource

import (
	"strings"

	"birthright/scim/fault"
	"birthright/scim/filter"
)

// Target is what a path names, resolved against the schemas of a Type.
type Target struct {
	// Extension is the key of the extension's object in a Document, "" for the
	// core attributes.
	Extension string
	// Name is the attribute's key there; "" names the extension, or the core
	// attributes, as a whole.
	Name string
	// Attr is its declaration, nil inside an extension that does not declare it.
	Attr *Attribute
	// Where is the value filter as it was written, nil for none.
	Where filter.Expr
	// SubName is the sub-attribute's key, "" for none; Sub its declaration, nil
	// if Attr is nil.
	SubName string
	Sub     *Attribute
}

// Resolve finds what a path names in a document of type t. Doc and object settle
// what "urn:example:2.0:User" is where no schema of ours declares it: an extension
// of the document or of the request (if the value is an object), or an attribute
// "User".
func (t *Type) Resolve(path filter.Path, doc Document, object bool) (Target, error) {
	full := path.Schema
	if path.Attr != "" {
		full += ":" + path.Attr
	}
	if path.Schema == "" {
		return t.plainTarget(path)
	}
	if strings.EqualFold(path.Schema, t.URN) && path.Attr != "" {
		return coreTarget(t.Attributes, path)
	}
	if path.Sub == "" && path.Where == nil {
		if strings.EqualFold(full, t.URN) {
			return Target{}, nil
		}
		if x := t.extension(full); x != nil {
			return Target{Extension: x.URN}, nil
		}
		if key, ok := doc.extensionKey(full); ok || path.Attr == "" {
			return Target{Extension: key}, nil
		}
	}
	if x := t.extension(path.Schema); x != nil {
		return extensionTarget(x.URN, lookup(x.Attributes, path.Attr), path)
	}
	key, known := doc.extensionKey(path.Schema)
	if object && !known && path.Sub == "" && path.Where == nil {
		return Target{Extension: full}, nil
	}
	if !strings.Contains(key, ":") { // it would be the key of a core attribute
		return Target{}, fault.InvalidPath("%q is not the URI of a schema.", key)
	}
	return extensionTarget(key, nil, path)
}

// plainTarget resolves a name without a schema: of a core attribute, or of an
// attribute of a declared extension, as in Entra's manager eq "ID".
func (t *Type) plainTarget(path filter.Path) (Target, error) {
	if lookup(t.Attributes, path.Attr) == nil {
		for _, x := range t.Extensions {
			if a := lookup(x.Attributes, path.Attr); a != nil {
				return extensionTarget(x.URN, a, path)
			}
		}
	}
	return coreTarget(t.Attributes, path)
}

// coreTarget resolves an attribute that must be declared.
func coreTarget(attributes []*Attribute, path filter.Path) (Target, error) {
	a := lookup(attributes, path.Attr)
	if a == nil {
		return Target{}, fault.InvalidPath("There is no attribute %q.", path.Attr)
	}
	return extensionTarget("", a, path)
}

// extensionTarget fills in the declaration a, which may be nil.
func extensionTarget(key string, a *Attribute, path filter.Path) (Target, error) {
	target := Target{Extension: key, Name: path.Attr, Attr: a, Where: path.Where, SubName: path.Sub}
	if a == nil {
		return target, nil
	}
	target.Name = a.Name
	if path.Where != nil && !a.Multi {
		return Target{}, fault.InvalidPath("%s has one value; a value filter cannot select from it.", a.Name)
	}
	if path.Sub != "" {
		if target.Sub = lookup(a.Sub, path.Sub); target.Sub == nil {
			return Target{}, fault.InvalidPath("%s has no sub-attribute %q.", a.Name, path.Sub)
		}
		target.SubName = target.Sub.Name
	}
	return target, nil
}

// Container returns the object in doc that holds the target's attribute. Where
// an extension is absent it is nil, or made if create is set.
func (t Target) Container(doc Document, create bool) map[string]any {
	if t.Extension == "" {
		return doc
	}
	object, ok := doc[t.Extension].(map[string]any)
	if !ok && create {
		object = map[string]any{}
		doc[t.Extension] = object
	}
	return object
}

// Key returns the key in container that equals name without letter case, or name.
// Only undeclared attributes can be spelt in more than one way.
func Key(container map[string]any, name string) string {
	if _, ok := container[name]; ok {
		return name
	}
	for key := range container {
		if strings.EqualFold(key, name) {
			return key
		}
	}
	return name
}

// Reader checks a path once and returns a function that reads the values it
// names in a document: those of all elements of a multi-valued attribute.
func (t *Type) Reader(path filter.Path) (func(Document) []any, error) {
	target, err := t.Resolve(path, nil, false)
	if err != nil {
		return nil, err
	}
	selected := func(any) bool { return true }
	if target.Where != nil {
		if selected, err = CompileElement(target.Attr, target.Where); err != nil {
			return nil, err
		}
	}
	return func(doc Document) []any {
		target, err := t.Resolve(path, doc, false) // doc may have the extension
		if err != nil {
			return nil
		}
		return target.values(doc, selected)
	}, nil
}

// values reads the selected values.
func (t Target) values(doc Document, selected func(any) bool) []any {
	container := t.Container(doc, false)
	if t.Name == "" {
		return elements(container)
	}
	var values []any
	for _, element := range elements(container[Key(container, t.Name)]) {
		if !selected(element) {
			continue
		}
		if t.SubName == "" {
			values = append(values, element)
			continue
		}
		object, ok := element.(map[string]any)
		if !ok && strings.EqualFold(t.SubName, "value") {
			values = append(values, element) // a plain value is its own
			continue
		}
		values = append(values, elements(object[Key(object, t.SubName)])...)
	}
	return values
}

// elements returns the values of an attribute, be it single or multi-valued.
func elements(v any) []any {
	switch v := v.(type) {
	case nil:
		return nil
	case map[string]any:
		if v == nil {
			return nil
		}
	case []any:
		return v
	}
	return []any{v}
}

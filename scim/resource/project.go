package resource

import (
	"birthright/scim/fault"
	"birthright/scim/filter"
)

// Projection says which attributes of a resource an answer carries (RFC 7644
// section 3.9). The zero value carries all.
type Projection struct {
	of           *Type
	only, except []filter.Path
}

// Projection reads the two parameters; each may name core attributes,
// sub-attributes, attributes of an extension, or an extension. Names that nothing
// declares are ignored.
func (t *Type) Projection(attributes, excluded []string) (Projection, error) {
	if len(attributes) > 0 && len(excluded) > 0 {
		return Projection{}, fault.InvalidValue("Give attributes or excludedAttributes, not both.")
	}
	p := Projection{of: t}
	var err error
	if p.only, err = paths(attributes); err != nil {
		return Projection{}, err
	}
	p.except, err = paths(excluded)
	return p, err
}

func paths(names []string) ([]filter.Path, error) {
	var out []filter.Path
	for _, name := range names {
		path, err := filter.ParsePath(name)
		if err != nil || path.Where != nil {
			return nil, fault.InvalidValue("%q is not the name of an attribute.", name)
		}
		out = append(out, path)
	}
	return out, nil
}

// targets resolves what is declared, or there in doc.
func (p Projection) targets(paths []filter.Path, doc Document) []Target {
	var out []Target
	for _, path := range paths {
		if target, err := p.of.Resolve(path, doc, false); err == nil {
			out = append(out, target)
		}
	}
	return out
}

// Limited reports whether the client asked for certain attributes only.
func (p Projection) Limited() bool { return len(p.only) > 0 }

// Given reports whether the client said anything about attributes at all.
func (p Projection) Given() bool { return p.Limited() || len(p.except) > 0 }

// Wants reports whether an answer can carry something of a core attribute; what
// it cannot carry need not be read.
func (p Projection) Wants(name string) bool {
	for _, target := range p.targets(p.except, nil) {
		if target.Extension == "" && target.Name == name && target.SubName == "" {
			return false
		}
	}
	if !p.Limited() {
		return true
	}
	for _, target := range p.targets(p.only, nil) {
		if target.Extension == "" && target.Name == name {
			return true
		}
	}
	return false
}

// Asks reports whether the client asked for a core attribute's sub-attribute by
// name, as it must for what is returned on request only (RFC 7643 section 2.4).
func (p Projection) Asks(name, sub string) bool {
	for _, target := range p.targets(p.only, nil) {
		if target.Extension == "" && target.Name == name && target.SubName == sub {
			return true
		}
	}
	return false
}

// Apply returns what an answer carries of doc. "id" and "schemas" are always
// there. It may change doc.
func (p Projection) Apply(doc Document) Document {
	if !p.Limited() {
		for _, target := range p.targets(p.except, doc) {
			if target.Name != "id" && target.Name != "schemas" {
				drop(doc, target)
			}
		}
		return doc
	}
	out := Document{}
	for _, always := range []string{"id", "schemas"} {
		if v, ok := doc[always]; ok {
			out[always] = v
		}
	}
	for _, target := range p.targets(p.only, doc) {
		keep(out, doc, target)
	}
	return out
}

// keep copies what target names from doc to out.
func keep(out, doc Document, target Target) {
	if target.Name == "" {
		if v, ok := doc[target.Extension]; ok {
			out[target.Extension] = v
		}
		return
	}
	from := target.Container(doc, false)
	name := Key(from, target.Name)
	value, ok := from[name]
	if !ok {
		return
	}
	to := target.Container(out, true)
	if target.SubName == "" {
		to[name] = value
		return
	}
	to[name] = merge(to[name], part(value, target.SubName))
}

// part reduces a complex value, or each of several, to one sub-attribute.
func part(value any, sub string) any {
	switch v := value.(type) {
	case map[string]any:
		out := map[string]any{}
		if got, ok := v[Key(v, sub)]; ok {
			out[Key(v, sub)] = got
		}
		return out
	case []any:
		out := make([]any, len(v))
		for i, element := range v {
			out[i] = part(element, sub)
		}
		return out
	}
	return value
}

// merge joins two parts of the same value.
func merge(old, more any) any {
	switch old := old.(type) {
	case map[string]any:
		if more, ok := more.(map[string]any); ok {
			for name, value := range more {
				old[name] = value
			}
		}
		return old
	case []any:
		if more, ok := more.([]any); ok && len(more) == len(old) {
			for i := range old {
				old[i] = merge(old[i], more[i])
			}
		}
		return old
	}
	return more
}

// drop removes what target names from doc.
func drop(doc Document, target Target) {
	if target.Name == "" {
		delete(doc, target.Extension)
		return
	}
	container := target.Container(doc, false)
	name := Key(container, target.Name)
	if target.SubName == "" {
		delete(container, name)
		return
	}
	for _, element := range elements(container[name]) {
		if object, ok := element.(map[string]any); ok {
			delete(object, Key(object, target.SubName))
		}
	}
}

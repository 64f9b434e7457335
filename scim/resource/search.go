package resource

import (
	"encoding/json"
	"strings"

	"birthright/internal/searchdoc"
)

// Search returns what filters can be asked of a document. Groups, members and
// what the provider says itself (id, meta) are no part of it: the store has them.
func (t *Type) Search(doc Document) searchdoc.Doc {
	out := searchdoc.Doc{}
	for name, value := range doc {
		if object, ok := value.(map[string]any); ok && strings.Contains(name, ":") {
			t.searchExtension(out, name, object)
			continue
		}
		a := lookup(t.Attributes, name)
		if a == nil || a.ReadOnly() || a.Name == "schemas" || a.Name == "members" {
			continue
		}
		addSearch(out, a.key, a, value)
	}
	for _, urn := range t.URNs(doc) {
		addSearch(out, "schemas", lookup(t.Attributes, "schemas"), urn)
	}
	return out
}

// searchExtension adds an extension: that it is there, and its attributes.
func (t *Type) searchExtension(out searchdoc.Doc, urn string, object map[string]any) {
	out[searchdoc.Key(urn, "")] = []searchdoc.Element{{}}
	var attributes []*Attribute
	if x := t.extension(urn); x != nil {
		attributes = x.Attributes
	}
	for name, value := range object {
		if a := lookup(attributes, name); a != nil {
			addSearch(out, a.key, a, value)
		} else {
			addSearch(out, searchdoc.Key(urn, name), nil, value)
		}
	}
}

// addSearch adds the values of one attribute; a is nil where nothing declares it.
func addSearch(out searchdoc.Doc, key string, a *Attribute, value any) {
	list := out[key]
	for _, v := range elements(value) {
		if !Empty(v) {
			list = append(list, searchElement(a, v))
		}
	}
	if len(list) > 0 {
		searchdoc.Primary(list)
		out[key] = list
	}
}

func searchElement(a *Attribute, value any) searchdoc.Element {
	object, ok := value.(map[string]any)
	if !ok {
		return searchdoc.Element{searchdoc.Value: {searchValue(a, value)}}
	}
	e := searchdoc.Element{}
	for name, part := range object {
		var sub *Attribute
		if a != nil {
			sub = lookup(a.Sub, name)
		}
		key := ""
		if sub != nil {
			key = sub.key
		} else {
			key = searchdoc.SubKey(name)
		}
		for _, one := range elements(part) {
			if !Empty(one) {
				e[key] = append(e[key], searchValue(sub, one))
			}
		}
	}
	return e
}

// searchValue returns one value as it is compared; nil for what is there and
// equals nothing.
func searchValue(a *Attribute, value any) any {
	switch v := value.(type) {
	case bool:
		return v
	case json.Number:
		if n, ok := searchdoc.Number(v); ok {
			return n
		}
	case string:
		if a == nil || a.Type != "dateTime" {
			return searchdoc.Text(v, a != nil && a.CaseExact)
		}
		if at, err := parseTime(v); err == nil {
			return searchdoc.Time(at)
		}
	}
	return nil
}

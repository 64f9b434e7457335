package resource

import (
	"slices"
	"strings"

	"birthright/scim/fault"
)

// Document is a resource as JSON has it: strings, booleans, json.Numbers, maps
// and slices, the names spelt as the schemas spell them. An extension's
// attributes stand in a map under its URI. What is unassigned is not there.
type Document map[string]any

// Read makes what a client sent for a POST or PUT regular, and refuses what the
// schemas do not allow. Attributes that a client cannot set are left out, and
// so is a password, which the hub has no use for.
func (t *Type) Read(body map[string]any, r *Reading) (Document, error) {
	if err := t.checkSchemas(body); err != nil {
		return nil, err
	}
	doc := Document{}
	for name, value := range body {
		if err := t.take(doc, name, value, r); err != nil {
			return nil, err
		}
	}
	return doc, t.Check(doc)
}

// take puts one attribute or extension of a body into doc.
func (t *Type) take(doc Document, name string, value any, r *Reading) error {
	if a := lookup(t.Attributes, name); a != nil {
		if a.ReadOnly() || a.Name == "schemas" {
			return nil
		}
		regular, err := a.Value(value, r)
		if err == nil && regular != nil && a.Returned == "never" {
			r.Note("the %s is not kept", a.Name)
			return nil
		}
		if err == nil && regular != nil {
			doc[a.Name] = regular
		}
		return err
	}
	if !strings.Contains(name, ":") || value == nil || strings.EqualFold(name, t.URN) {
		r.Note("%q: no schema has such an attribute; it was left out", name)
		return nil
	}
	urn, attributes := name, []*Attribute(nil)
	if x := t.extension(name); x != nil {
		urn, attributes = x.URN, x.Attributes
	}
	object, ok := value.(map[string]any)
	if !ok {
		return fault.InvalidValue("%s must be an object.", name)
	}
	regular, err := readObject(attributes, object, r)
	if err == nil && len(regular) > 0 {
		doc[urn] = regular
	}
	return err
}

// checkSchemas requires that a body says what it is.
func (t *Type) checkSchemas(body map[string]any) error {
	for name, value := range body {
		if !strings.EqualFold(name, "schemas") {
			continue
		}
		list, ok := value.([]any)
		if !ok {
			return fault.InvalidSyntax("schemas must be an array of URIs.")
		}
		for _, urn := range list {
			if s, ok := urn.(string); ok && strings.EqualFold(s, t.URN) {
				return nil
			}
		}
	}
	return fault.InvalidSyntax("schemas must contain %q.", t.URN)
}

// Check refuses a document that lacks what is required or breaks a rule between
// values. The last word is the library's: its declarations are what we publish.
func (t *Type) Check(doc Document) error {
	for _, a := range t.Attributes {
		if a.Required && !a.ReadOnly() && a.Name != "schemas" && doc[a.Name] == nil {
			return fault.InvalidValue("%s is required and may not be empty.", a.Name)
		}
		if a.Multi && countPrimary(doc[a.Name]) > 1 {
			return fault.InvalidValue("%s has more than one primary value.", a.Name)
		}
	}
	core := make(map[string]any, len(doc)+1)
	for name, value := range doc {
		// Checked by Value already: members, of which there may be very many, and
		// certificates, whose padding the library insists on.
		if name != "members" && name != "x509Certificates" {
			core[name] = value
		}
	}
	core["schemas"] = []any{t.URN}
	if _, err := t.schema.Validate(core); err != nil {
		return *err
	}
	for _, x := range t.Extensions {
		if object, ok := doc[x.URN].(map[string]any); ok {
			if _, err := x.schema.ValidateExtension(x.withoutDates(object)); err != nil {
				return *err
			}
		}
	}
	return nil
}

// withoutDates leaves out times: they were checked, and the library takes no plain
// dates.
func (x Extension) withoutDates(object map[string]any) map[string]any {
	out := make(map[string]any, len(object))
	for name, value := range object {
		if a := lookup(x.Attributes, name); a == nil || a.Type != "dateTime" {
			out[name] = value
		}
	}
	return out
}

func countPrimary(values any) int {
	list, _ := values.([]any)
	n := 0
	for _, element := range list {
		if object, ok := element.(map[string]any); ok && object["primary"] == true {
			n++
		}
	}
	return n
}

// URNs lists the schemas that doc makes use of, core first: the value of its
// "schemas" attribute.
func (t *Type) URNs(doc Document) []string {
	urns := []string{}
	for name := range doc {
		if strings.Contains(name, ":") {
			urns = append(urns, name)
		}
	}
	slices.Sort(urns)
	return append([]string{t.URN}, urns...)
}

// extensionKey returns the key in doc that equals urn without letter case.
func (d Document) extensionKey(urn string) (string, bool) {
	if !strings.Contains(urn, ":") {
		return urn, false // a core attribute at most
	}
	if _, ok := d[urn]; ok {
		return urn, true
	}
	for name := range d {
		if strings.EqualFold(name, urn) {
			return name, true
		}
	}
	return urn, false
}

package google

import (
	"fmt"
	"slices"
	"strings"

	"birthright/identity"
	"birthright/targets"
)

// field is one mapped attribute: the hub's name, and the place in a user. inner is a
// field of an object (name.givenName), of the primary entry (organizations.title), or
// the type of an entry that has a value (externalIds.organization).
type field struct{ hub, outer, inner string }

// shapes are the fields of a user that may be written, by what they are.
var shapes = map[string]string{
	"name": "object", "organizations": "primary", "externalIds": "typed", "relations": "typed", "phones": "typed",
	"recoveryEmail": "plain", "recoveryPhone": "plain", "orgUnitPath": "plain",
}

func defaultMap() []targets.Mapping {
	return []targets.Mapping{
		{To: "name.givenName", From: identity.AttrGivenName},
		{To: "name.familyName", From: identity.AttrFamilyName},
		{To: "organizations.title", From: identity.AttrTitle},
		{To: "organizations.department", From: identity.AttrDepartment},
		{To: "externalIds.organization", From: identity.AttrEmployeeNumber},
	}
}

// unmapped says why a mapping cannot write to a field, nil where it can.
func unmapped(to string) error {
	outer, inner, _ := strings.Cut(to, ".")
	if shape := shapes[outer]; shape == "" || (shape == "plain") != (inner == "") {
		return fmt.Errorf("%q is not a field that is written: see the page of the kind", to)
	}
	return nil
}

// parseMap turns a mapping into fields and returns every fault in it.
func parseMap(mapping []targets.Mapping) ([]field, error) {
	mapped, err := targets.ParseMap(mapping, defaultMap(), unmapped)
	fields := make([]field, len(mapped))
	for i, m := range mapped {
		outer, inner, _ := strings.Cut(m.To, ".")
		fields[i] = field{m.From, outer, inner}
	}
	return fields, err
}

func hubNames(fields []field) []string {
	var out []string
	for _, f := range fields {
		out = append(out, f.hub)
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// get reads the field of a user; "" where it is not there.
func (f field) get(u user) string {
	switch shapes[f.outer] {
	case "plain":
		if value := text(u, f.outer); value != "/" || f.outer != "orgUnitPath" {
			return value
		}
		return "" // the top unit is where everybody is whom nobody put elsewhere
	case "object":
		inner, _ := u[f.outer].(map[string]any)
		return text(inner, f.inner)
	case "primary":
		if e := f.entry(u); e != nil {
			return text(e, f.inner)
		}
	case "typed":
		if e := f.entry(u); e != nil {
			return text(e, "value")
		}
	}
	return ""
}

// entries returns the objects of a list.
func entries(u user, name string) []map[string]any {
	var out []map[string]any
	list, _ := u[name].([]any)
	for _, e := range list {
		if o, ok := e.(map[string]any); ok {
			out = append(out, o)
		}
	}
	return out
}

// entry returns the list's entry that the field is in, nil where there is none.
func (f field) entry(u user) map[string]any {
	all := entries(u, f.outer)
	for _, e := range all {
		if primary, _ := e["primary"].(bool); shapes[f.outer] == "primary" && primary || shapes[f.outer] == "typed" && text(e, "type") == f.inner {
			return e
		}
	}
	if shapes[f.outer] == "primary" && len(all) > 0 {
		return all[0]
	}
	return nil
}

// wanted is the value that an account is to have. Google wants both names of a user:
// where one is not known, what stands before the @ takes its place.
func (f field) wanted(a targets.Account) string {
	value := a.Attributes.First(f.hub)
	if value == "" && f.outer == "name" && (f.inner == "givenName" || f.inner == "familyName") {
		value, _, _ = strings.Cut(fold(a.Name), "@")
	}
	return value
}

// set writes the field into u, and "" takes it out.
func (f field) set(u user, value string) {
	switch shapes[f.outer] {
	case "plain":
		if value == "" && f.outer == "orgUnitPath" {
			value = "/"
		}
		u[f.outer] = value
	case "object":
		inner, _ := u[f.outer].(map[string]any)
		if inner == nil {
			inner = map[string]any{}
		}
		inner[f.inner] = value
		u[f.outer] = inner
	default:
		f.setEntry(u, value)
	}
}

// setEntry changes one entry of a list, makes it, or drops what is left empty.
func (f field) setEntry(u user, value string) {
	key, e := f.inner, f.entry(u)
	fresh := map[string]any{"primary": true}
	if shapes[f.outer] == "typed" {
		key, fresh = "value", map[string]any{"type": f.inner}
	}
	list := entries(u, f.outer)
	if e == nil {
		if value == "" {
			return
		}
		e = fresh
		list = append(list, e)
	}
	e[key] = value
	if value == "" {
		delete(e, key)
	}
	kept := []any{}
	for _, o := range list {
		if !hollow(o) {
			kept = append(kept, o)
		}
	}
	u[f.outer] = kept
}

// hollow reports whether an entry says nothing but which one it is.
func hollow(e map[string]any) bool {
	for name := range e {
		if name != "primary" && name != "type" && name != "customType" {
			return false
		}
	}
	return true
}

package scim

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"birthright/identity"
	"birthright/targets"
)

// The schemas of users and groups.
const (
	schemaUser       = "urn:ietf:params:scim:schemas:core:2.0:User"
	schemaGroup      = "urn:ietf:params:scim:schemas:core:2.0:Group"
	schemaEnterprise = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"
	schemaPatch      = "urn:ietf:params:scim:api:messages:2.0:PatchOp"
)

// resource is a SCIM resource as it came, so that what is not ours goes back
// unchanged.
type resource = map[string]any

// field is one mapped attribute: the hub's name and the place in a resource,
// [container:]attr[.sub] or attr[type eq "kind"].sub.
type field struct {
	hub       string
	container string // extension URN, "" for the core
	attr, sub string
	kind      string // type of the wanted value of a multi-valued attribute
}

// defaultMap is the mapping that holds where none is configured. The manager is
// not in it: SCIM wants the manager's id on the same server there, which the
// hub's value seldom is.
func defaultMap() []targets.Mapping {
	return []targets.Mapping{
		{To: "displayName", From: identity.AttrDisplayName},
		{To: "name.givenName", From: identity.AttrGivenName},
		{To: "name.familyName", From: identity.AttrFamilyName},
		{To: `emails[type eq "work"].value`, From: identity.AttrEmail},
		{To: "title", From: identity.AttrTitle},
		{To: schemaEnterprise + ":department", From: identity.AttrDepartment},
		{To: schemaEnterprise + ":employeeNumber", From: identity.AttrEmployeeNumber},
	}
}

// parseMap turns a mapping into fields and returns every fault in it.
func parseMap(mapping []targets.Mapping) ([]field, error) {
	if len(mapping) == 0 {
		mapping = defaultMap()
	}
	var fields []field
	var faults []error
	seen := map[string]bool{}
	for i, m := range mapping {
		f, err := parseField(m)
		switch place := strings.ToLower(f.path()); {
		case err != nil:
			faults = append(faults, fmt.Errorf("map[%d]: %w", i, err))
		case seen[place]:
			faults = append(faults, fmt.Errorf("map[%d]: to: %s is written twice", i, m.To))
		default:
			seen[place] = true
			fields = append(fields, f)
		}
	}
	return fields, errors.Join(faults...)
}

func parseField(m targets.Mapping) (field, error) {
	f := field{hub: identity.CanonicalAttribute(m.From)}
	if m.From == "" || m.To == "" {
		return f, errors.New("to and from are both needed")
	}
	rest := m.To
	if strings.HasPrefix(strings.ToLower(rest), "urn:") {
		colon := strings.LastIndexByte(rest, ':')
		f.container, rest = rest[:colon], rest[colon+1:]
		if strings.EqualFold(f.container, schemaUser) {
			f.container = ""
		}
	}
	if name, filter, ok := strings.Cut(rest, "["); ok {
		kind, sub, ok := strings.Cut(filter, "]")
		kind, quoted := strings.CutPrefix(kind, `type eq "`)
		kind, closed := strings.CutSuffix(kind, `"`)
		if !ok || !quoted || !closed || kind == "" || !strings.HasPrefix(sub, ".") {
			return f, fmt.Errorf(`to: %q: write it like emails[type eq "work"].value`, m.To)
		}
		f.kind, rest = kind, name+sub
	}
	f.attr, f.sub, _ = strings.Cut(rest, ".")
	f.shorthand()
	if !isName(f.attr) || f.sub != "" && !isName(f.sub) {
		return f, fmt.Errorf("to: %q is not the path of an attribute", m.To)
	}
	if slices.ContainsFunc([]string{"id", "userName", "active", "groups", "meta", "schemas", "password"}, func(n string) bool {
		return strings.EqualFold(n, f.attr)
	}) {
		return f, fmt.Errorf("to: %s is not for a mapping to write", f.attr)
	}
	return f, nil
}

// shorthand completes the attributes that are objects.
func (f *field) shorthand() {
	switch strings.ToLower(f.attr) {
	case "emails", "phonenumbers":
		if f.kind == "" {
			f.kind = "work"
		}
	case "manager":
	default:
		return
	}
	if f.sub == "" {
		f.sub = "value"
	}
}

func isName(s string) bool {
	return s != "" && !strings.ContainsFunc(s, func(r rune) bool {
		return r != '$' && r != '-' && r != '_' && (r < '0' || r > '9') && (r < 'A' || r > 'Z') && (r < 'a' || r > 'z')
	})
}

// path is the field as a PATCH path.
func (f field) path() string {
	path := f.attr
	if f.kind != "" {
		path += "[type eq " + quote(f.kind) + "]"
	}
	if f.sub != "" {
		path += "." + f.sub
	}
	return f.qualify(path)
}

func (f field) qualify(path string) string {
	if f.container == "" {
		return path
	}
	return f.container + ":" + path
}

// hubNames returns the hub's names of fields, sorted, each once.
func hubNames(fields []field) []string {
	var out []string
	for _, f := range fields {
		out = append(out, f.hub)
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// quote writes text as a string of a SCIM filter, which is a JSON string; no
// text can end it early.
func quote(text string) string {
	out, _ := json.Marshal(text) // a string always can be
	unescape := strings.NewReplacer(`\u003c`, "<", `\u003e`, ">", `\u0026`, "&")
	return unescape.Replace(string(out))
}

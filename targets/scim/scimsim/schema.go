package scimsim

import (
	"slices"
	"strings"
)

// The URNs of RFC 7643, RFC 7644 and of the hub's own extension.
const (
	schemaUser       = "urn:ietf:params:scim:schemas:core:2.0:User"
	schemaGroup      = "urn:ietf:params:scim:schemas:core:2.0:Group"
	schemaEnterprise = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"
	schemaConfig     = "urn:ietf:params:scim:schemas:core:2.0:ServiceProviderConfig"
	schemaList       = "urn:ietf:params:scim:api:messages:2.0:ListResponse"
	schemaPatch      = "urn:ietf:params:scim:api:messages:2.0:PatchOp"
	schemaError      = "urn:ietf:params:scim:api:messages:2.0:Error"
)

// kind is the type of an attribute.
type kind int

const (
	text kind = iota
	boolean
	complex
)

// attribute describes one attribute or sub-attribute.
type attribute struct {
	name     string
	kind     kind
	many     bool
	readOnly bool // ignored in a resource, refused in a PATCH
	required bool
	subs     []attribute
}

// find returns the attribute called name; names compare without letter case
// (RFC 7643 section 2.1).
func find(attributes []attribute, name string) (attribute, bool) {
	for _, a := range attributes {
		if strings.EqualFold(a.name, name) {
			return a, true
		}
	}
	return attribute{}, false
}

func texts(names ...string) []attribute {
	out := make([]attribute, len(names))
	for i, n := range names {
		out[i] = attribute{name: n}
	}
	return out
}

// plural is the usual shape of a multi-valued attribute.
func plural(name string) attribute {
	subs := append(texts("value", "type", "display"), attribute{name: "primary", kind: boolean})
	return attribute{name: name, kind: complex, many: true, subs: subs}
}

// common are the attributes that every resource has and no client writes.
func common() []attribute {
	return []attribute{
		{name: "id", readOnly: true},
		{name: "meta", kind: complex, readOnly: true},
	}
}

func userSchema() []attribute {
	name := attribute{name: "name", kind: complex,
		subs: texts("formatted", "givenName", "familyName", "middleName", "honorificPrefix", "honorificSuffix")}
	manager := attribute{name: "manager", kind: complex,
		subs: append(texts("value", "$ref"), attribute{name: "displayName", readOnly: true})}
	enterprise := attribute{name: schemaEnterprise, kind: complex,
		subs: append(texts("employeeNumber", "costCenter", "organization", "division", "department"), manager)}
	out := append(common(), attribute{name: "userName", required: true}, name)
	out = append(out, texts("externalId", "displayName", "nickName", "profileUrl", "title", "userType",
		"preferredLanguage", "locale", "timezone", "password")...)
	out = append(out, attribute{name: "active", kind: boolean}, plural("emails"), plural("phoneNumbers"), plural("entitlements"))
	return append(out, attribute{name: "groups", kind: complex, many: true, readOnly: true}, enterprise)
}

func groupSchema() []attribute {
	members := attribute{name: "members", kind: complex, many: true, subs: texts("value", "type", "display", "$ref")}
	return append(common(), attribute{name: "displayName", required: true}, attribute{name: "externalId"}, members)
}

// checkSchemas wants the resource's own URN and that of every extension used.
func checkSchemas(in object, core string) *fault {
	list, ok := in["schemas"].([]any)
	if !ok || !slices.Contains(list, any(core)) {
		return bad(invalidSyntax, "schemas must list %s", core)
	}
	for name := range in {
		if strings.HasPrefix(strings.ToLower(name), "urn:") && !slices.Contains(list, any(name)) {
			return bad(invalidSyntax, "%s is used but not listed in schemas", name)
		}
	}
	return nil
}

// normalise checks in against attributes and returns it with canonical names,
// without read-only and unassigned attributes.
func normalise(in object, attributes []attribute) (object, *fault) {
	out := make(object, len(in))
	for name, value := range in {
		if name == "schemas" {
			continue
		}
		a, ok := find(attributes, name)
		if !ok {
			return nil, bad(invalidSyntax, "%q is not an attribute here", name)
		}
		if a.readOnly {
			continue
		}
		checked, f := normaliseValue(a, value)
		if f != nil {
			return nil, f
		}
		if checked != nil {
			out[a.name] = checked
		}
	}
	return out, nil
}

// normaliseValue returns nil for a value that means "unassigned".
func normaliseValue(a attribute, value any) (any, *fault) {
	if value == nil {
		return nil, nil
	}
	if !a.many {
		return normaliseOne(a, value)
	}
	items, ok := value.([]any)
	if !ok {
		return nil, bad(invalidValue, "%s must be an array", a.name)
	}
	out, primary := make([]any, 0, len(items)), 0
	for _, item := range items {
		one, f := normaliseOne(a, item)
		if f != nil {
			return nil, f
		}
		if o, ok := one.(object); ok && o["primary"] == true {
			primary++
		}
		if one != nil {
			out = append(out, one)
		}
	}
	if primary > 1 {
		return nil, bad(invalidValue, "%s has more than one primary value", a.name)
	}
	if len(out) == 0 {
		return nil, nil
	}
	return out, nil
}

func normaliseOne(a attribute, value any) (any, *fault) {
	switch a.kind {
	case boolean:
		if b, ok := value.(bool); ok {
			return b, nil
		}
		return nil, bad(invalidValue, "%s must be true or false", a.name)
	case complex:
		in, ok := value.(object)
		if !ok {
			return nil, bad(invalidValue, "%s must be an object", a.name)
		}
		out, f := normalise(in, a.subs)
		if f != nil || len(out) == 0 {
			return nil, f
		}
		return out, nil
	}
	if s, ok := value.(string); ok {
		return s, nil
	}
	return nil, bad(invalidValue, "%s must be a string", a.name)
}

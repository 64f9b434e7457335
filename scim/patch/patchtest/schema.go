package patchtest

import "strings"

// The URIs of the schemas that have one attribute or more here.
const (
	UserURN       = "urn:ietf:params:scim:schemas:core:2.0:User"
	GroupURN      = "urn:ietf:params:scim:schemas:core:2.0:Group"
	EnterpriseURN = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"
	BirthrightURN = "urn:birthright:params:scim:schemas:extension:1.0:User"
)

// The kinds of values.
const (
	text   = "text"
	truth  = "truth"
	moment = "moment"
	number = "number"
	base64 = "base64"
	object = "object"
	free   = "free" // not declared: whatever it is
)

// attribute is one declaration.
type attribute struct {
	name, kind               string
	many, readOnly, required bool
	exact                    bool     // letter case counts in filters
	types                    []string // what its type may be
	subs                     []attribute
}

// schema is what is declared for one type of resource.
type schema struct {
	urn        string
	core       []attribute
	extensions map[string][]attribute
}

// user is RFC 7643 section 4.1 and 4.3, and the hub's own extension. Groups are
// what others say of a user, and a password is taken and forgotten.
func user() schema {
	core := append(texts("externalId", "displayName", "nickName", "profileUrl", "title", "userType", "preferredLanguage", "locale", "timezone", "password"),
		attribute{name: "userName", kind: text, required: true},
		attribute{name: "active", kind: truth},
		attribute{name: "name", kind: object, subs: texts("formatted", "familyName", "givenName", "middleName", "honorificPrefix", "honorificSuffix")},
		values("emails", text, "work", "home", "other"),
		values("phoneNumbers", text, "work", "home", "mobile", "fax", "pager", "other"),
		values("ims", text, "aim", "gtalk", "icq", "xmpp", "msn", "skype", "qq", "yahoo"),
		values("photos", text, "photo", "thumbnail"),
		attribute{name: "addresses", kind: object, many: true, types: []string{"work", "home", "other"},
			subs: append(texts("formatted", "streetAddress", "locality", "region", "postalCode", "country", "type"), attribute{name: "primary", kind: truth})},
		values("entitlements", text), values("roles", text), values("x509Certificates", base64),
		attribute{name: "groups", kind: object, many: true, readOnly: true, subs: texts("value", "$ref", "display", "type")},
	)
	return schema{UserURN, common(core), map[string][]attribute{
		EnterpriseURN: append(texts("employeeNumber", "costCenter", "organization", "division", "department"),
			attribute{name: "manager", kind: object, subs: append(texts("value", "$ref"), attribute{name: "displayName", kind: text, readOnly: true})}),
		BirthrightURN: append(texts("team", "location", "employeeType"),
			attribute{name: "startDate", kind: moment}, attribute{name: "endDate", kind: moment}, attribute{name: "onLeave", kind: truth}),
	}}
}

// group is RFC 7643 section 4.2 without members, which are a set of their own.
func group() schema {
	return schema{GroupURN, common([]attribute{{name: "externalId", kind: text}, {name: "displayName", kind: text, required: true}}), nil}
}

// common adds what the provider alone says.
func common(core []attribute) []attribute {
	return append(core, attribute{name: "id", kind: text, readOnly: true}, attribute{name: "schemas", kind: text, many: true, readOnly: true},
		attribute{name: "meta", kind: object, readOnly: true, subs: texts("resourceType", "created", "lastModified", "location", "version")})
}

func texts(names ...string) []attribute {
	var out []attribute
	for _, name := range names {
		out = append(out, attribute{name: name, kind: text, exact: name == "externalId" || name == "id" || name == "$ref"})
	}
	return out
}

// values declares a multi-valued attribute in the form of RFC 7643 section 2.4.
func values(name, of string, types ...string) attribute {
	return attribute{name: name, kind: object, many: true, types: types,
		subs: append(texts("display", "type"), attribute{name: "value", kind: of, exact: name == "photos" || of == base64}, attribute{name: "primary", kind: truth})}
}

// find looks a declaration up without letter case.
func find(in []attribute, name string) (attribute, bool) {
	for _, a := range in {
		if strings.EqualFold(a.name, name) {
			return a, true
		}
	}
	return attribute{}, false
}

// sub finds the declaration of a part.
func (a attribute) sub(name string) (attribute, bool) {
	if a.kind == free {
		return attribute{name: name, kind: free}, true
	}
	return find(a.subs, name)
}

// extension returns the declared URI that equals urn without letter case.
func (s schema) extension(urn string) (string, bool) {
	for declared := range s.extensions {
		if strings.EqualFold(declared, urn) {
			return declared, true
		}
	}
	return "", false
}

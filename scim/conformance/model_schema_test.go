package conformance

import (
	"maps"
	"slices"
	"strings"
	"sync"
)

// modelAttribute is the definition of an attribute, as /Schemas shows it.
type modelAttribute struct {
	name, kind                       string
	multi, required, exact           bool
	mutability, returned, uniqueness string
	canonical, refers                []string
	parts                            []*modelAttribute
}

// modelSchema is a named list of attributes.
type modelSchema struct {
	urn, name  string
	attributes []*modelAttribute
}

// modelType is a type of resource.
type modelType struct {
	name, endpoint string
	core           *modelSchema
	extensions     []*modelSchema
}

func attribute(name, kind string, change ...func(*modelAttribute)) *modelAttribute {
	a := &modelAttribute{name: name, kind: kind, mutability: "readWrite", returned: "default", uniqueness: "none"}
	for _, f := range change {
		f(a)
	}
	return a
}

func texts(names string) []*modelAttribute {
	var out []*modelAttribute
	for name := range strings.FieldsSeq(names) {
		out = append(out, attribute(name, "string"))
	}
	return out
}

func readOnly(a *modelAttribute)  { a.mutability = "readOnly" }
func immutable(a *modelAttribute) { a.mutability = "immutable" }
func required(a *modelAttribute)  { a.required = true }
func exact(a *modelAttribute)     { a.exact = true }
func unique(a *modelAttribute)    { a.uniqueness = "server" }
func secret(a *modelAttribute)    { a.mutability, a.returned = "writeOnly", "never" }
func many(a *modelAttribute)      { a.multi = true }

func refers(to ...string) func(*modelAttribute) {
	return func(a *modelAttribute) { a.refers = to }
}

func suggests(values string) func(*modelAttribute) {
	return func(a *modelAttribute) { a.canonical = strings.Fields(values) }
}

func of(parts ...*modelAttribute) func(*modelAttribute) {
	return func(a *modelAttribute) { a.parts = parts }
}

// plural is a list with the usual parts; value has the given kind.
func plural(name, kind, types string, more ...func(*modelAttribute)) *modelAttribute {
	value := attribute("value", kind, refersIf(kind == "reference"))
	return attribute(name, "complex", many, of(value, attribute("display", "string"), attribute("type", "string", suggests(types)), attribute("primary", "boolean")), all(more))
}

func refersIf(yes bool) func(*modelAttribute) {
	return func(a *modelAttribute) {
		if yes {
			a.refers = []string{"external"}
		}
	}
}

func all(changes []func(*modelAttribute)) func(*modelAttribute) {
	return func(a *modelAttribute) {
		for _, f := range changes {
			f(a)
		}
	}
}

// common are the attributes of every resource.
func common() []*modelAttribute {
	return []*modelAttribute{
		attribute("schemas", "reference", many, exact, refers("uri")), attribute("id", "string", readOnly, exact), attribute("externalId", "string", exact),
		attribute("meta", "complex", readOnly, of(attribute("resourceType", "string", exact), attribute("created", "dateTime"), attribute("lastModified", "dateTime"),
			attribute("location", "reference", exact), attribute("version", "string", exact))),
	}
}

var modelTypes = sync.OnceValue(func() map[string]*modelType {
	user := &modelSchema{coreUser, "User", slices.Concat(
		[]*modelAttribute{attribute("userName", "string", required, unique), attribute("name", "complex", of(texts("formatted familyName givenName middleName honorificPrefix honorificSuffix")...))},
		texts("displayName nickName title userType preferredLanguage locale timezone"),
		[]*modelAttribute{
			attribute("profileUrl", "reference", refers("external")), attribute("active", "boolean"), attribute("password", "string", secret),
			plural("emails", "string", "work home other"), plural("phoneNumbers", "string", "work home mobile fax pager other"),
			plural("ims", "string", "aim xmpp skype"), plural("photos", "reference", "photo thumbnail"), plural("entitlements", "string", ""),
			plural("roles", "string", ""), plural("x509Certificates", "binary", ""),
			attribute("addresses", "complex", many, of(append(texts("formatted streetAddress locality region postalCode country"),
				attribute("type", "string", suggests("work home other")), attribute("primary", "boolean"))...)),
			attribute("groups", "complex", many, readOnly, of(attribute("value", "string", readOnly), attribute("$ref", "reference", readOnly, refers("Group")),
				attribute("display", "string", readOnly), attribute("type", "string", readOnly, suggests("direct indirect")))),
		})}
	staff := &modelSchema{enterprise, "EnterpriseUser", append(texts("employeeNumber costCenter organization division department"),
		attribute("manager", "complex", of(attribute("value", "string"), attribute("$ref", "reference", refers("User")), attribute("displayName", "string", readOnly))))}
	group := &modelSchema{coreGroup, "Group", []*modelAttribute{attribute("displayName", "string", required),
		attribute("members", "complex", many, of(attribute("value", "string", immutable), attribute("$ref", "reference", immutable, refers("User", "Group")),
			attribute("type", "string", immutable, suggests("User Group")), attribute("display", "string", immutable)))}}
	return map[string]*modelType{"Users": {"User", "/Users", user, []*modelSchema{staff}}, "Groups": {"Group", "/Groups", group, nil}}
})

// definitions returns the attributes of a type, the common ones first.
func (t *modelType) definitions() []*modelAttribute { return append(common(), t.core.attributes...) }

func find(list []*modelAttribute, name string) *modelAttribute {
	for _, a := range list {
		if strings.EqualFold(a.name, name) {
			return a
		}
	}
	return nil
}

func (t *modelType) extension(urn string) *modelSchema {
	for _, x := range t.extensions {
		if strings.EqualFold(x.urn, urn) {
			return x
		}
	}
	return nil
}

// show is an attribute as /Schemas shows it.
func (a *modelAttribute) show() map[string]any {
	out := map[string]any{
		"name": a.name, "type": a.kind, "multiValued": a.multi, "required": a.required, "caseExact": a.exact, "description": a.name,
		"mutability": a.mutability, "returned": a.returned, "uniqueness": a.uniqueness,
	}
	for name, list := range map[string][]string{"canonicalValues": a.canonical, "referenceTypes": a.refers} {
		if len(list) > 0 {
			out[name] = list
		}
	}
	var parts []any
	for _, p := range a.parts {
		parts = append(parts, p.show())
	}
	if parts != nil {
		out["subAttributes"] = parts
	}
	return out
}

func (m *model) discovery(what, id string) handler {
	return func(r modelRequest) (reply, error) {
		if r.query["filter"] != nil {
			return reply{}, refuse(403, "", "this cannot be filtered")
		}
		var entries []any
		kinds := modelTypes()
		switch what {
		case "ServiceProviderConfig":
			if id != "" {
				return reply{}, refuse(404, "", "there is one")
			}
			return reply{status: 200, body: m.config()}, nil
		case "ResourceTypes":
			for _, name := range slices.Sorted(maps.Keys(kinds)) {
				entries = append(entries, m.resourceType(kinds[name]))
			}
		case "Schemas":
			for _, s := range []*modelSchema{kinds["Users"].core, kinds["Groups"].core, kinds["Users"].extensions[0]} {
				entries = append(entries, m.schema(s))
			}
		}
		if id == "" {
			return reply{status: 200, body: map[string]any{"schemas": []any{listMessage}, "totalResults": len(entries), "startIndex": 1, "itemsPerPage": len(entries), "Resources": entries}}, nil
		}
		for _, e := range entries {
			if e.(map[string]any)["id"] == id {
				return reply{status: 200, body: e}, nil
			}
		}
		return reply{}, refuse(404, "", "there is no %s", id)
	}
}

func (m *model) schema(s *modelSchema) map[string]any {
	var list []any
	for _, a := range s.attributes {
		list = append(list, a.show())
	}
	return map[string]any{
		"id": s.urn, "name": s.name, "description": s.name, "schemas": []any{"urn:ietf:params:scim:schemas:core:2.0:Schema"}, "attributes": list,
		"meta": map[string]any{"resourceType": "Schema", "location": m.base + "/Schemas/" + s.urn},
	}
}

func (m *model) resourceType(t *modelType) map[string]any {
	extensions := []any{}
	for _, x := range t.extensions {
		extensions = append(extensions, map[string]any{"schema": x.urn, "required": false})
	}
	return map[string]any{
		"id": t.name, "name": t.name, "endpoint": t.endpoint, "description": t.name, "schema": t.core.urn, "schemaExtensions": extensions,
		"schemas": []any{"urn:ietf:params:scim:schemas:core:2.0:ResourceType"},
		"meta":    map[string]any{"resourceType": "ResourceType", "location": m.base + "/ResourceTypes/" + t.name},
	}
}

func (m *model) config() map[string]any {
	yes := map[string]any{"supported": true}
	return map[string]any{
		"schemas": []any{"urn:ietf:params:scim:schemas:core:2.0:ServiceProviderConfig"},
		"patch":   yes, "sort": yes, "etag": yes, "changePassword": map[string]any{"supported": false},
		"filter":     map[string]any{"supported": true, "maxResults": modelPage},
		"bulk":       map[string]any{"supported": true, "maxOperations": modelOperations, "maxPayloadSize": modelBulkBody},
		"pagination": map[string]any{"cursor": true, "index": true, "defaultPaginationMethod": "index"},
		"authenticationSchemes": []any{map[string]any{
			"type": "oauthbearertoken", "name": "Bearer token", "description": "The token of the model",
		}},
		"meta": map[string]any{"resourceType": "ServiceProviderConfig", "location": m.base + "/ServiceProviderConfig"},
	}
}

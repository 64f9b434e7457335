package conformance

import (
	"slices"
	"strings"

	"birthright/scim/shape"
)

// schemaCases are about the documents that describe schemas.
func schemaCases() []Case {
	var cases []Case
	for _, urn := range []string{coreUser, coreGroup, enterprise} {
		name := urn[strings.LastIndex(urn, ":")+1:]
		if urn == enterprise {
			name = "EnterpriseUser"
		}
		cases = append(cases, Case{Name: name + " is described", Why: "Entra ID and others map attributes by what stands here",
			Run: func(c *Client) {
				a := c.get("/Schemas/" + urn).status(200).isJSON().has(`{"id":"` + urn + `","schemas":["urn:ietf:params:scim:schemas:core:2.0:Schema"],
					"meta":{"resourceType":"Schema","location":"` + c.suite.server.Base + `/Schemas/` + urn + `"}}`)
				if a.text("$.name") == "" || a.text("$.description") == "" {
					a.wrong("a schema without a name or a description")
				}
				list := c.get("/Schemas").status(200).has(`{"schemas":["` + listMessage + `"]}`)
				if !slices.ContainsFunc(list.resources(), func(r any) bool { return len(shape.Differences(a.body, r, "$")) == 0 }) {
					list.wrong("the schema alone and the schema in the list are not the same")
				}
			}},
			Case{Name: name + " has whole attributes", Why: "an attribute without its characteristics is left out by mapping tools, or crashes them",
				Run: func(c *Client) {
					a := c.get("/Schemas/" + urn).status(200)
					list, _ := a.at("$.attributes").([]any)
					if len(list) == 0 {
						a.wrong("the schema has no attributes")
					}
					for _, attribute := range list {
						if complaint := incomplete(attribute, true); complaint != "" {
							a.c.fail("%s: attribute %s", urn, complaint)
						}
					}
				}})
	}
	return in("RFC 7643 §7", append(cases,
		Case{Name: "an unknown schema is not found", Why: "an empty schema would be believed",
			Run: func(c *Client) { c.get("/Schemas/urn:example:nothing").refused(404) }},
		Case{Name: "messages are no schemas", Why: "section 3.1 of RFC 7644: they are fixed, and cannot be discovered",
			Run: func(c *Client) {
				for _, urn := range []string{listMessage, patchMessage, errorMessage} {
					c.get("/Schemas/" + urn).refused(404)
				}
				for _, r := range c.get("/Schemas").status(200).resources() {
					if id, _ := shape.At(r, "$.id").(string); strings.HasPrefix(id, "urn:ietf:params:scim:api:") {
						c.fail("%s is in the list of schemas", id)
					}
				}
			}},
	)...)
}

// incomplete tells what an attribute's definition lacks.
func incomplete(attribute any, top bool) string {
	name, _ := shape.At(attribute, "$.name").(string)
	for _, flag := range []string{"multiValued", "required"} {
		if _, ok := shape.At(attribute, "$."+flag).(bool); !ok {
			return name + " has no " + flag
		}
	}
	for _, word := range []struct {
		member string
		legal  []string
	}{
		{"type", []string{"string", "boolean", "decimal", "integer", "dateTime", "binary", "reference", "complex"}},
		{"mutability", []string{"readOnly", "readWrite", "immutable", "writeOnly"}},
		{"returned", []string{"always", "never", "default", "request"}},
	} {
		if got, _ := shape.At(attribute, "$."+word.member).(string); !slices.Contains(word.legal, got) {
			return name + " has " + word.member + " " + shape.Encode(shape.At(attribute, "$."+word.member))
		}
	}
	kind := shape.At(attribute, "$.type")
	parts, _ := shape.At(attribute, "$.subAttributes").([]any)
	references, _ := shape.At(attribute, "$.referenceTypes").([]any)
	switch {
	case name == "":
		return "without a name"
	case kind == "complex" && (len(parts) == 0 || !top):
		return name + " is complex and has no parts, or is itself a part"
	case kind != "complex" && len(parts) > 0:
		return name + " has parts and is not complex"
	case kind == "reference" && len(references) == 0:
		return name + " does not say what it refers to"
	}
	for _, part := range parts {
		if complaint := incomplete(part, false); complaint != "" {
			return name + "." + complaint
		}
	}
	return ""
}

// schemaAttributeCases are about what the schemas say of single attributes.
func schemaAttributeCases() []Case {
	var cases []Case
	for _, row := range []struct{ urn, path, shape, why string }{
		{coreUser, "userName", `{"required":true,"uniqueness":"server","caseExact":false,"multiValued":false}`, "clients learn that it must be there, and be unique"},
		{coreUser, "name", `{"type":"complex","multiValued":false}`, "it is mapped by its parts"},
		{coreUser, "name.familyName", `{"type":"string","mutability":"readWrite"}`, "it is what most rules about names use"},
		{coreUser, "active", `{"type":"boolean"}`, "a text here makes Entra ID send texts"},
		{coreUser, "password", `{"mutability":"writeOnly","returned":"never"}`, "clients must not wait for it to come back"},
		{coreUser, "profileUrl", `{"type":"reference"}`, "it is a link"},
		{coreUser, "emails", `{"type":"complex","multiValued":true}`, "an address that is not in a list would overwrite the others"},
		{coreUser, "emails.type", `{"canonicalValues":["work","home","other"]}`, "mapping tools offer these"},
		{coreUser, "emails.primary", `{"type":"boolean"}`, "it decides which address is used"},
		{coreUser, "phoneNumbers.type", `{"canonicalValues":["work","home","mobile","fax","pager","other"]}`, "mapping tools offer these"},
		{coreUser, "photos.value", `{"type":"reference"}`, "it is a link"},
		{coreUser, "x509Certificates.value", `{"type":"binary"}`, "a certificate is no text to be trimmed"},
		{coreUser, "groups", `{"mutability":"readOnly","multiValued":true}`, "clients must change groups, not users"},
		{coreUser, "groups.type", `{"canonicalValues":["direct","indirect"],"mutability":"readOnly"}`, "they tell what can be changed"},
		{coreGroup, "displayName", `{"type":"string","multiValued":false}`, "it is what groups are matched by"},
		{coreGroup, "members", `{"type":"complex","multiValued":true}`, "they are added one by one"},
		{coreGroup, "members.value", `{"mutability":"immutable"}`, "a member is added or removed, and not turned into another"},
		{coreGroup, "members.$ref", `{"type":"reference","mutability":"immutable"}`, "it says what can be a member"},
		{enterprise, "employeeNumber", `{"type":"string","multiValued":false}`, "numbers with leading zeros are no numbers"},
		{enterprise, "manager", `{"type":"complex","multiValued":false}`, "a manager is a reference"},
		{enterprise, "manager.displayName", `{"mutability":"readOnly"}`, "it follows from the manager"},
	} {
		cases = append(cases, Case{Name: row.path + " as the RFC defines it", Why: row.why, Run: func(c *Client) {
			a := c.get("/Schemas/" + row.urn).status(200)
			want, err := shape.Decode(row.shape)
			if err != nil {
				c.fatal("the case is broken: %v", err)
			}
			if complaints := shape.Differences(want, definition(a.at("$.attributes"), row.path), row.path); len(complaints) > 0 {
				c.fail("%s: %s", row.urn, strings.Join(complaints, "; "))
			}
		}})
	}
	return in("RFC 7643 §8.7.1", cases...)
}

// definition finds an attribute, or a part of one, in a list of definitions.
func definition(list any, path string) any {
	name, rest, deeper := strings.Cut(path, ".")
	attributes, _ := list.([]any)
	for _, a := range attributes {
		if shape.At(a, "$.name") != name {
			continue
		}
		if deeper {
			return definition(shape.At(a, "$.subAttributes"), rest)
		}
		return a
	}
	return nil
}

package conformance

import (
	"encoding/json"
	"slices"

	"birthright/scim/shape"
)

// configCases are about ServiceProviderConfig.
func configCases() []Case {
	const section, path = "RFC 7643 §5", "/ServiceProviderConfig"
	var cases []Case
	for _, feature := range []string{"patch", "bulk", "filter", "changePassword", "sort", "etag"} {
		cases = append(cases, Case{Name: feature + " says whether it is supported",
			Why: "clients read this document before anything else, and fall back to the least where a part is missing",
			Run: func(c *Client) {
				a := c.get(path).status(200)
				if _, ok := a.at("$." + feature + ".supported").(bool); !ok {
					a.wrong("%s.supported is no boolean", feature)
				}
			}})
	}
	for _, number := range []string{"bulk.maxOperations", "bulk.maxPayloadSize", "filter.maxResults"} {
		cases = append(cases, Case{Name: number + " is a number", Why: "clients cut their requests by it",
			Run: func(c *Client) {
				a := c.get(path).status(200)
				n, _ := a.at("$." + number).(json.Number)
				if limit, err := n.Int64(); err != nil || limit < 0 {
					a.wrong("%s is no whole number", number)
				}
			}})
	}
	for _, f := range Features() {
		if f == Root || f == Cursor {
			continue // told elsewhere, or not at all
		}
		cases = append(cases, Case{Name: "it offers " + string(f), Needs: []Feature{f}, Why: "a feature that is there and not told is not used",
			Run: func(c *Client) { c.get(path).status(200).is("$."+string(f)+".supported", true) }})
	}
	return in(section, append(cases, configDocumentCases(path)...)...)
}

func configDocumentCases(path string) []Case {
	return []Case{
		{Name: "it is one object with its schema", Why: "a list here makes clients believe that nothing is supported",
			Run: func(c *Client) {
				c.get(path).status(200).isJSON().has(`{"schemas":["urn:ietf:params:scim:schemas:core:2.0:ServiceProviderConfig"],
					"meta":{"resourceType":"ServiceProviderConfig","location":"` + c.suite.server.Base + path + `"}}`)
			}},
		{Name: "authentication schemes are described", Why: "clients choose how to authenticate by it",
			Run: func(c *Client) {
				a := c.get(path).status(200)
				schemes, _ := a.at("$.authenticationSchemes").([]any)
				if len(schemes) == 0 {
					a.wrong("there is no authentication scheme")
				}
				for _, s := range schemes {
					kind, _ := shape.At(s, "$.type").(string)
					known := slices.Contains([]string{"oauth", "oauth2", "oauthbearertoken", "httpbasic", "httpdigest"}, kind)
					name, _ := shape.At(s, "$.name").(string)
					description, _ := shape.At(s, "$.description").(string)
					if !known || name == "" || description == "" {
						a.wrong("an authentication scheme lacks a known type, a name or a description")
					}
				}
			}},
		{Name: "a bearer token is among the authentication schemes", Why: "it is what this client came in with",
			Run: func(c *Client) {
				a := c.get(path).status(200)
				schemes, _ := a.at("$.authenticationSchemes").([]any)
				if !slices.ContainsFunc(schemes, func(s any) bool { return shape.At(s, "$.type") == "oauthbearertoken" }) {
					a.wrong("no scheme has the type oauthbearertoken")
				}
			}},
		{Name: "lists keep to filter.maxResults", Needs: []Feature{Filter}, Why: "a client that asks for more has to know what it gets",
			Run: func(c *Client) {
				c.casting()
				n, _ := c.get(path).status(200).at("$.filter.maxResults").(json.Number)
				most, _ := n.Int64()
				if a := c.get("/Users?count=100000").status(200); int64(len(a.resources())) > most {
					a.wrong("%d resources in one page, though the most is said to be %d", len(a.resources()), most)
				}
			}},
	}
}

// resourceTypeCases are about the list of types.
func resourceTypeCases() []Case {
	var cases []Case
	for _, row := range []struct{ name, endpoint, schema string }{{"User", "/Users", coreUser}, {"Group", "/Groups", coreGroup}} {
		cases = append(cases, Case{Name: row.name + " is a type", Why: "clients find endpoints and schemas here",
			Run: func(c *Client) {
				a := c.get("/ResourceTypes/" + row.name).status(200).isJSON().has(`{"schemas":["urn:ietf:params:scim:schemas:core:2.0:ResourceType"],
					"name":"` + row.name + `","endpoint":"` + row.endpoint + `","schema":"` + row.schema + `",
					"meta":{"resourceType":"ResourceType","location":"` + c.suite.server.Base + `/ResourceTypes/` + row.name + `"}}`)
				list := c.get("/ResourceTypes").status(200)
				if !slices.ContainsFunc(list.resources(), func(r any) bool { return len(shape.Differences(a.body, r, "$")) == 0 }) {
					list.wrong("the type alone and the type in the list are not the same: %s", shape.Brief(string(a.raw)))
				}
				c.get(row.endpoint + "?count=1").status(200)
			}})
	}
	return in("RFC 7643 §6", append(cases,
		Case{Name: "the schemas of a type exist", Why: "a schema that is named and cannot be read stops discovery",
			Run: func(c *Client) {
				for _, r := range c.get("/ResourceTypes").status(200).resources() {
					schema, _ := shape.At(r, "$.schema").(string)
					c.get("/Schemas/"+schema).status(200).is("$.id", schema)
					extensions, _ := shape.At(r, "$.schemaExtensions").([]any)
					for _, x := range extensions {
						urn, _ := shape.At(x, "$.schema").(string)
						c.get("/Schemas/"+urn).status(200).is("$.id", urn)
					}
				}
			}},
		Case{Name: "extensions say whether they are required", Why: "a client must know what it has to send",
			Run: func(c *Client) {
				a := c.get("/ResourceTypes/User").status(200)
				extensions, _ := a.at("$.schemaExtensions").([]any)
				if !slices.ContainsFunc(extensions, func(x any) bool { return shape.At(x, "$.schema") == enterprise }) {
					a.wrong("the enterprise extension is not among the extensions")
				}
				for _, x := range extensions {
					if _, ok := shape.At(x, "$.required").(bool); !ok {
						a.wrong("an extension does not say whether it is required")
					}
				}
			}},
		Case{Name: "an unknown type is not found", Why: "an empty answer would be taken for a type without attributes",
			Run: func(c *Client) { c.get("/ResourceTypes/Spaceship").refused(404) }},
	)...)
}

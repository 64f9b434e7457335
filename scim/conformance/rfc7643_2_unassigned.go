package conformance

import "birthright/scim/shape"

// unassignedCases are about the many ways to say that there is no value.
func unassignedCases() []Case {
	cases := unassignedAtCreation()
	for _, row := range []struct{ name, before, after string }{
		{"null for a text", `{"title":"x"}`, `{"title":null}`},
		{"null for a boolean", `{"active":true}`, `{"active":null}`},
		{"null for a complex value", `{"name":{"givenName":"Ada"}}`, `{"name":null}`},
		{"null for a list", `{"emails":[{"value":"a@x.example"}]}`, `{"emails":null}`},
		{"an empty list", `{"emails":[{"value":"a@x.example"}]}`, `{"emails":[]}`},
		{"null for an extension", `{"` + enterprise + `":{"department":"Research"}}`, `{"` + enterprise + `":null}`},
		{"null within an extension", `{"` + enterprise + `":{"department":"Research"}}`, `{"` + enterprise + `":{"department":null}}`},
	} {
		cases = append(cases, Case{Name: "PUT: " + row.name,
			Why: "this is how a client says that a value is gone; one that stays keeps somebody in a department he left",
			Run: func(c *Client) {
				u := c.user(row.before)
				u.put(row.after).status(200)
				u.get().has(emptied(row.before))
			}})
	}
	for _, row := range []struct{ name, before, path, value string }{
		{"null for a text", `{"title":"x"}`, "title", `null`},
		{"null for a complex value", `{"name":{"givenName":"Ada"}}`, "name", `null`},
		{"null for a list", `{"emails":[{"value":"a@x.example"}]}`, "emails", `null`},
		{"an empty list", `{"emails":[{"value":"a@x.example"}]}`, "emails", `[]`},
		{"null for part of a name", `{"name":{"givenName":"Ada"}}`, "name.givenName", `null`},
		{"null within an extension", `{"` + enterprise + `":{"department":"Research"}}`, enterprise + ":department", `null`},
	} {
		cases = append(cases, Case{Name: "PATCH: " + row.name, Needs: []Feature{Patch},
			Why: "null and the empty list are the same state as absent, also when they are assigned one at a time",
			Run: func(c *Client) {
				u := c.user(row.before)
				u.patch(`[{"op":"replace","path":"` + row.path + `","value":` + row.value + `}]`)
				u.get().has(emptied(row.before))
			}})
	}
	return in("RFC 7643 §2.5", cases...)
}

func unassignedAtCreation() []Case {
	var cases []Case
	for _, row := range []struct{ name, attributes string }{
		{"null for a text", `{"title":null}`},
		{"null for a complex value", `{"name":null}`},
		{"null for part of a name", `{"name":{"givenName":null}}`},
		{"null for a list", `{"emails":null}`},
		{"an empty list", `{"emails":[]}`},
		{"null for an extension", `{"` + enterprise + `":null}`},
		{"null within an extension", `{"` + enterprise + `":{"department":null}}`},
	} {
		cases = append(cases, Case{Name: "POST: " + row.name,
			Why: "providers send every attribute that they know of, null where there is nothing",
			Run: func(c *Client) {
				a := c.user(row.attributes).get()
				a.has(emptied(row.attributes))
				if schemas, _ := a.at("$.schemas").([]any); len(schemas) != 1 {
					a.wrong("the resource has %d schemas, want the core schema alone", len(schemas))
				}
			}})
	}
	return cases
}

// emptied is the shape of a resource in which none of these attributes has a value.
func emptied(attributes string) string {
	v, err := shape.Decode(attributes)
	object, ok := v.(map[string]any)
	if err != nil || !ok {
		return attributes
	}
	for name := range object {
		object[name] = nil
	}
	return shape.Encode(object)
}

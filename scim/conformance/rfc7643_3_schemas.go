package conformance

import "fmt"

// schemasCases are about the list that says what a resource is.
func schemasCases() []Case {
	var cases []Case
	for _, row := range []struct{ name, schemas string }{
		{"left out", ``}, {"empty", `"schemas":[],`}, {"null", `"schemas":null,`}, {"a text", fmt.Sprintf(`"schemas":%q,`, coreUser)},
		{"of something else", `"schemas":["` + coreGroup + `"],`}, {"of a message", `"schemas":["` + patchMessage + `"],`},
		{"of numbers", `"schemas":[1],`},
	} {
		cases = append(cases, Case{Name: "schemas " + row.name,
			Why: "without the schemas nobody can say what the attributes mean",
			Run: func(c *Client) {
				body := `{` + row.schemas + `"userName":"` + c.name("user") + `"}`
				a := c.post("/Users", body)
				c.adopt("/Users", a)
				a.refused(400, "invalidSyntax", "invalidValue")
				u := c.user("")
				c.put(u.path, `{`+row.schemas+`"userName":"`+u.userName()+`"}`).refused(400, "invalidSyntax", "invalidValue")
			}})
	}
	return append(in("RFC 7643 §3", append(cases, schemasAnswerCases()...)...), extensionCases()...)
}

func schemasAnswerCases() []Case {
	return []Case{
		{Name: "the order of schemas means nothing",
			Why: "JSON libraries sort lists of constants as they like",
			Run: func(c *Client) {
				u := c.user(`{"schemas":["` + enterprise + `","` + coreUser + `"],"` + enterprise + `":{"department":"Research"}}`)
				u.get().has(`{"schemas":["` + coreUser + `","` + enterprise + `"]}`)
			}},
		{Name: "a schema is named once",
			Why: "clients keep schemas in a set, and compare",
			Run: func(c *Client) {
				a := c.post("/Users", c.userBody(`{"schemas":["`+coreUser+`","`+coreUser+`"]}`))
				if a.code == 400 {
					a.refused(400)
					return
				}
				c.adopt("/Users", a.status(201)).get().has(`{"schemas":["` + coreUser + `"]}`)
			}},
		{Name: "every resource names its schemas",
			Why: "a body without schemas cannot be read by a client that was written by the RFC",
			Run: func(c *Client) {
				u, g := c.user(""), c.group()
				for _, a := range []*Answer{u.made, u.get(), u.put("").status(200)} {
					a.has(`{"schemas":["` + coreUser + `"]}`)
				}
				g.made.has(`{"schemas":["` + coreGroup + `"]}`)
				g.get().has(`{"schemas":["` + coreGroup + `"]}`)
			}},
		{Name: "resources in a list name their schemas",
			Why:   "some importers refuse resources of a list that do not",
			Needs: []Feature{Filter},
			Run: func(c *Client) {
				u := c.user("")
				c.search("/Users", "filter", `userName eq "`+u.userName()+`"`).status(200).has(`{"Resources":[{"schemas":["` + coreUser + `"]}]}`)
			}},
	}
}

// extensionCases are about schemas beside the core one.
func extensionCases() []Case {
	return in("RFC 7643 §3.3",
		Case{Name: "an extension's attributes stand under its URI",
			Why: "two schemas may have an attribute of one name",
			Run: func(c *Client) {
				a := c.user(`{"` + enterprise + `":{"department":"Research"}}`).get()
				a.is("$['"+enterprise+"']", map[string]any{"department": "Research"}).is("$.department", nil)
				a.has(`{"schemas":["` + coreUser + `","` + enterprise + `"]}`)
			}},
		Case{Name: "an extension that is not used is not named",
			Why: "the list says what is in the resource, and not what could be",
			Run: func(c *Client) { c.user(`{"title":"x"}`).get().has(`{"schemas":["` + coreUser + `"]}`) }},
		Case{Name: "an extension that loses its last value is not named any more",
			Needs: []Feature{Patch},
			Why:   "an empty extension looks like one whose values the server withholds",
			Run: func(c *Client) {
				u := c.user(`{"` + enterprise + `":{"department":"Research"}}`)
				u.patch(`[{"op":"remove","path":"` + enterprise + `:department"}]`)
				u.get().is("$['"+enterprise+"']", nil).has(`{"schemas":["` + coreUser + `"]}`)
			}},
		Case{Name: "named in schemas without a value",
			Why: "providers name the extension of their template on every user",
			Run: func(c *Client) {
				u := c.user(`{"schemas":["` + coreUser + `","` + enterprise + `"]}`)
				u.get().is("$['"+enterprise+"']", nil)
			}},
		Case{Name: "a PUT without the extension ends it",
			Why: "a replacement is the whole resource, extensions included",
			Run: func(c *Client) {
				u := c.user(`{"` + enterprise + `":{"department":"Research"}}`)
				u.put("").status(200).is("$['"+enterprise+"']", nil)
			}},
	)
}

package conformance

import "birthright/scim/shape"

// multiValuedCases are about lists of values.
func multiValuedCases() []Case {
	return in("RFC 7643 §2.4",
		Case{Name: "at most one value is primary",
			Why: "with two primary addresses, which one mail goes to is a matter of luck",
			Run: func(c *Client) {
				a := c.post("/Users", c.userBody(`{"emails":[{"value":"a@x.example","primary":true},{"value":"b@x.example","primary":true}]}`))
				if a.code == 400 {
					a.refused(400, "invalidValue", "invalidSyntax")
					return
				}
				c.adopt("/Users", a.status(201))
				if n := primaries(a, "emails"); n > 1 {
					a.wrong("%d values are primary", n)
				}
			}},
		Case{Name: "one value with two types is two values",
			Why: "the same address may serve at work and at home",
			Run: func(c *Client) {
				c.user(`{"emails":[{"value":"a@x.example","type":"work"},{"value":"a@x.example","type":"home"}]}`).get().
					has(`{"emails":[{"value":"a@x.example","type":"work"},{"value":"a@x.example","type":"home"}]}`)
			}},
		Case{Name: "the same value and type come back once",
			Why: "a client that compares lists would send the difference for ever",
			Run: func(c *Client) {
				a := c.post("/Users", c.userBody(`{"emails":[{"value":"a@x.example","type":"work"},{"value":"a@x.example","type":"work"}]}`))
				if a.code == 400 {
					a.refused(400)
					return
				}
				c.adopt("/Users", a.status(201)).get().has(`{"emails":[{"value":"a@x.example","type":"work"}]}`)
			}},
		Case{Name: "no value is primary unless one says so",
			Why: "primary is false where it is not given; a server that promotes the first address overrules the client",
			Run: func(c *Client) {
				a := c.user(`{"phoneNumbers":[{"value":"tel:+1-201-555-0123","type":"work"},{"value":"tel:+1-201-555-0124","type":"home"}]}`).get()
				if n := primaries(a, "phoneNumbers"); n != 0 {
					a.wrong("%d values are primary, and the client named none", n)
				}
			}},
		Case{Name: "all parts of a value are kept",
			Why: "type, display and primary decide which value is used for what",
			Run: func(c *Client) {
				expected := `{"emails":[{"value":"a@x.example","type":"work","display":"Ada at work","primary":true},{"value":"b@x.example","type":"other"}]}`
				c.user(expected).get().has(expected)
			}},
		Case{Name: "a type that nobody suggested is a type",
			Why: "canonical values are suggestions; companies have addresses of types of their own",
			Run: func(c *Client) {
				expected := `{"emails":[{"value":"a@x.example","type":"oncall"}]}`
				a := c.post("/Users", c.userBody(expected))
				if a.code == 400 {
					a.refused(400, "invalidValue")
					return
				}
				c.adopt("/Users", a.status(201)).get().has(expected)
			}},
		Case{Name: "many values",
			Why: "distribution lists and role collections grow beyond what a form shows",
			Run: func(c *Client) {
				var roles []any
				for i := range 50 {
					roles = append(roles, map[string]any{"value": "role-" + string(rune('a'+i%26)) + string(rune('a'+i/26))})
				}
				c.user(`{"roles":`+shape.Encode(roles)+`}`).get().is("$.roles", roles)
			}},
	)
}

// primaries counts the primary values of an attribute.
func primaries(a *Answer, attribute string) int {
	list, _ := a.at("$." + attribute).([]any)
	n := 0
	for _, element := range list {
		if shape.At(element, "$.primary") == true {
			n++
		}
	}
	return n
}

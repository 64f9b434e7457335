package conformance

// attributeCases are about how attributes are named.
func attributeCases() []Case {
	return in("RFC 7643 §2.1",
		Case{Name: "names of attributes in any letter case",
			Why: "providers let administrators type attribute names, and their letter case differs from the schema's",
			Run: func(c *Client) {
				name := c.name("user")
				a := c.post("/Users", `{"SCHEMAS":["`+coreUser+`"],"USERNAME":"`+name+`","displayname":"Ada","Name":{"GIVENNAME":"Ada"}}`).status(201)
				c.adopt("/Users", a)
				a.has(`{"userName":"` + name + `","displayName":"Ada","name":{"givenName":"Ada"}}`)
			}},
		Case{Name: "names within an extension in any letter case",
			Why: "a department that arrives as Department would be lost without a word",
			Run: func(c *Client) {
				u := c.user(`{"` + enterprise + `":{"DEPARTMENT":"Research","costcenter":"7"}}`)
				u.get().is("$['"+enterprise+"'].department", "Research").is("$['"+enterprise+"'].costCenter", "7")
			}},
		Case{Name: "names in a PUT in any letter case",
			Why: "a replacement that knows only one spelling would clear what it does not recognise",
			Run: func(c *Client) {
				u := c.user(`{"title":"old"}`)
				u.put(`{"TITLE":"new","NickName":"Ada"}`).status(200).has(`{"title":"new","nickName":"Ada"}`)
			}},
		Case{Name: "the URN of an extension in any letter case",
			Why: "section 3.10 of RFC 7644 calls all parts of a name case insensitive, and clients lower-case URNs",
			Run: func(c *Client) {
				u := c.user(`{"URN:ietf:params:scim:schemas:extension:enterprise:2.0:user":{"department":"Research"}}`)
				u.get().is("$['"+enterprise+"'].department", "Research")
			}},
		Case{Name: "what no schema declares is no attribute",
			Why: "a typing error must not turn into an attribute that nobody defined",
			Run: func(c *Client) {
				a := c.post("/Users", c.userBody(`{"nonsense":"x"}`))
				if a.code == 400 {
					a.refused(400)
					return
				}
				a.status(201).is("$.nonsense", nil)
				c.adopt("/Users", a).get().is("$.nonsense", nil)
			}},
	)
}

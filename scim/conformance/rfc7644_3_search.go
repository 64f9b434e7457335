package conformance

import "strings"

// searchCases are about queries by POST.
func searchCases() []Case {
	const section = "RFC 7644 §3.4.3"
	var cases []Case
	for _, row := range []struct{ name, endpoint, body, finds string }{
		{"users", "/Users", `"filter":"externalId sw \"{u}-\""`, "ada bob cyd dan"},
		{"groups", "/Groups", `"filter":"externalId sw \"{u}-\""`, "crew fleet idle"},
		{"a value path", "/Users", `"filter":"emails[type eq \"work\" and value sw \"bob.{u}\"]"`, "bob"},
		{"names in other letters", "/Users", `"FILTER":"title eq \"manager {u}\"","Attributes":["title"]`, "dan"},
		{"what is not known", "/Users", `"filter":"title eq \"manager {u}\"","nonsense":1`, "dan"},
	} {
		cases = append(cases, Case{Name: row.name, Why: "personal data does not belong into addresses, which are logged",
			Run: func(c *Client) {
				m := c.casting()
				m.finds(c.post(row.endpoint+"/.search", c.fill(`{"schemas":["`+searchMessage+`"],`+row.body+`}`)), strings.Fields(row.finds)...)
			}})
	}
	for _, row := range []struct{ name, body, scimType string }{
		{"without schemas", `{"filter":"title pr"}`, "invalidSyntax"},
		{"with other schemas", `{"schemas":["` + coreUser + `"],"filter":"title pr"}`, "invalidSyntax"},
		{"with a bad filter", `{"schemas":["` + searchMessage + `"],"filter":"title regex \"x\""}`, "invalidFilter"},
		{"with a filter that is no text", `{"schemas":["` + searchMessage + `"],"filter":5}`, "invalidFilter"},
		{"with a count that is no number", `{"schemas":["` + searchMessage + `"],"count":"many"}`, "invalidValue"},
		{"without a body", ``, "invalidSyntax"},
		{"of a list", `[]`, "invalidSyntax"},
	} {
		cases = append(cases, Case{Name: "refused: " + row.name, Why: "a question that was not understood must not be answered with everybody",
			Run: func(c *Client) {
				c.post("/Users/.search", row.body, "Content-Type", mediaType).refused(400, row.scimType, "invalidSyntax", "invalidValue")
			}})
	}
	return needing(Filter, in(section, append(cases, searchFormCases()...)...))
}

func searchFormCases() []Case {
	return []Case{
		{Name: "pages", Why: "the parameters are those of a GET",
			Run: func(c *Client) {
				m := c.casting()
				a := c.post("/Users/.search", c.fill(`{"schemas":["`+searchMessage+`"],"filter":"externalId sw \"{u}-\"","startIndex":2,"count":2}`)).status(200)
				a.has(`{"schemas":["` + listMessage + `"],"totalResults":4,"startIndex":2,"itemsPerPage":2}`)
				if len(m.who(a)) != 2 {
					a.wrong("%d resources, want 2", len(a.resources()))
				}
			}},
		{Name: "attributes", Why: "the parameters are those of a GET",
			Run: func(c *Client) {
				c.casting()
				a := c.post("/Users/.search", c.fill(`{"schemas":["`+searchMessage+`"],"filter":"title eq \"manager {u}\"","attributes":["title","emails.value"]}`)).status(200)
				a.has(c.fill(`{"Resources":[{"title":"Manager {u}","userName":null,"emails":[{"type":null},{"type":null}]}]}`))
			}},
		{Name: "excludedAttributes", Why: "the parameters are those of a GET",
			Run: func(c *Client) {
				c.casting()
				a := c.post("/Groups/.search", c.fill(`{"schemas":["`+searchMessage+`"],"filter":"displayName eq \"crew {u}\"","excludedAttributes":["members"]}`)).status(200)
				a.has(c.fill(`{"Resources":[{"displayName":"Crew {u}","members":null}]}`))
			}},
		{Name: "nothing found", Why: "it is a success, as with GET",
			Run: func(c *Client) {
				c.post("/Users/.search", `{"schemas":["`+searchMessage+`"],"filter":"userName eq \"nobody\""}`).status(200).is("$.totalResults", 0)
			}},
	}
}

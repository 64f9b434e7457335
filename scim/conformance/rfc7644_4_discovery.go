package conformance

import "birthright/scim/shape"

// discoveryCases are about the endpoints that describe the server.
func discoveryCases() []Case {
	var cases []Case
	for _, path := range []string{"/ServiceProviderConfig", "/ResourceTypes", "/Schemas"} {
		cases = append(cases, Case{Name: path + " cannot be filtered", Why: "a client must not believe that the answer was filtered",
			Run: func(c *Client) {
				c.get(path + "?filter=name%20eq%20%22User%22").refused(403)
			}})
	}
	for _, path := range []string{"/ResourceTypes", "/Schemas"} {
		cases = append(cases,
			Case{Name: path + " is a list of all", Why: "the document is read once, and whole",
				Run: func(c *Client) {
					a := c.get(path).status(200).isJSON().has(`{"schemas":["` + listMessage + `"]}`)
					if len(a.resources()) < 2 {
						a.wrong("%d entries, want at least those of users and groups", len(a.resources()))
					}
					a.is("$.totalResults", len(a.resources()))
					seen := map[string]bool{}
					for _, r := range a.resources() {
						id, _ := shape.At(r, "$.id").(string)
						if id == "" || seen[id] {
							a.wrong("an entry has no id, or one that another has: %s", shape.Brief(shape.Encode(r)))
						}
						seen[id] = true
					}
				}},
			Case{Name: path + " passes over other parameters", Why: "the section: they shall be ignored",
				Run: func(c *Client) {
					whole := c.get(path).status(200)
					c.get(path+"?startIndex=2&count=1&sortBy=id&attributes=id").status(200).is("$.totalResults", whole.at("$.totalResults")).is("$.Resources", whole.at("$.Resources"))
				}})
	}
	return in("RFC 7644 §4", append(cases,
		Case{Name: "a schema's name may be escaped", Why: "libraries escape the colons of a URN",
			Run: func(c *Client) {
				c.get("/Schemas/urn%3Aietf%3Aparams%3Ascim%3Aschemas%3Acore%3A2.0%3AUser").status(200).is("$.id", coreUser)
			}},
		Case{Name: "what resources use is described", Why: "a mapping tool must find every schema that it meets",
			Run: func(c *Client) {
				u := c.user(`{"` + enterprise + `":{"department":"Research"}}`)
				schemas, _ := u.get().at("$.schemas").([]any)
				for _, schema := range schemas {
					urn, _ := schema.(string)
					c.get("/Schemas/"+urn).status(200).is("$.id", urn)
				}
			}},
	)...)
}

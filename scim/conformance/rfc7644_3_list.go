package conformance

import (
	"encoding/json"

	"birthright/scim/shape"
)

// everyone is a filter for the whole cast.
const everyone = `externalId sw "{u}-"`

// listCases are about the form of lists.
func listCases() []Case {
	return in("RFC 7644 §3.4.2",
		Case{Name: "a list has its form", Why: "a client that pages reads these members and nothing else",
			Run: func(c *Client) {
				for _, path := range []string{"/Users", "/Groups"} {
					c.casting()
					a := c.get(path).status(200).isJSON().has(`{"schemas":["` + listMessage + `"]}`)
					total, ok := a.at("$.totalResults").(json.Number)
					if n, err := total.Int64(); !ok || err != nil || n < int64(len(a.resources())) || len(a.resources()) == 0 {
						a.wrong("totalResults is %v with %d resources", a.at("$.totalResults"), len(a.resources()))
					}
					a.is("$.itemsPerPage", len(a.resources())).is("$.startIndex", 1)
				}
			}},
		Case{Name: "nothing found is a success", Needs: []Feature{Filter}, Why: "Okta and Entra ID ask for a person before they create one; an error stops them",
			Run: func(c *Client) {
				for _, path := range []string{"/Users?filter=userName%20eq%20%22nobody%22", "/Groups?filter=displayName%20eq%20%22nothing%22"} {
					c.get(path).status(200).has(`{"schemas":["` + listMessage + `"],"totalResults":0,"Resources":null}`)
				}
			}},
		Case{Name: "a new resource is in the list", Needs: []Feature{Filter}, Why: "a list that lags makes a provider create somebody twice",
			Run: func(c *Client) {
				u := c.user("")
				c.search("/Users", "filter", `userName eq "`+u.userName()+`"`).status(200).has(`{"totalResults":1,"Resources":[{"id":"` + u.id + `"}]}`)
			}},
		Case{Name: "a list shows resources as they are alone", Needs: []Feature{Filter}, Why: "an import reads lists, and compares them with single reads",
			Run: func(c *Client) {
				u := c.user(`{"title":"x","emails":[{"value":"a@x.example","type":"work"}],"` + enterprise + `":{"department":"Research"}}`)
				g := c.group(u.id)
				c.search("/Users", "filter", `id eq "`+u.id+`"`).status(200).has(`{"Resources":[` + string(u.get().raw) + `]}`)
				c.search("/Groups", "filter", `id eq "`+g.id+`"`).status(200).has(`{"Resources":[` + string(g.get().raw) + `]}`)
			}},
		Case{Name: "unknown parameters are passed over", Why: "Entra ID's flag is appended to every address",
			Run: func(c *Client) { c.get("/Users?aadOptscim062020&nonsense=1&count=1").status(200) }},
	)
}

// rootCases are about queries over all types.
func rootCases() []Case {
	return append(needing(Root, needing(Filter, in("RFC 7644 §3.4.2.1",
		Case{Name: "users and groups in one list", Why: "who keeps a copy of everything reads it in one go",
			Run: func(c *Client) {
				m := c.casting()
				m.finds(c.search("/", "filter", c.fill(everyone)), "ada", "bob", "cyd", "dan", "crew", "fleet", "idle")
			}},
		Case{Name: "without the slash", Why: "the base address is typed without one",
			Run: func(c *Client) {
				m := c.casting()
				m.finds(c.search("", "filter", c.fill(`displayName eq "Crew {u}"`)), "crew")
			}},
		Case{Name: "only one type", Why: "meta.resourceType is how the section restricts a query",
			Run: func(c *Client) {
				m := c.casting()
				m.finds(c.search("/", "filter", c.fill(everyone+` and meta.resourceType eq "Group"`)), "crew", "fleet", "idle")
				m.finds(c.search("/", "filter", c.fill(everyone+` and meta.resourceType eq "User"`)), "ada", "bob", "cyd", "dan")
			}},
		Case{Name: "an attribute of one type is absent on the other", Why: "presence of an attribute that a type does not have is false, and no error",
			Run: func(c *Client) {
				m := c.casting()
				m.finds(c.search("/", "filter", c.fill(everyone+` and userName pr`)), "ada", "bob", "cyd", "dan")
				m.finds(c.search("/", "filter", c.fill(everyone+` and members pr`)), "crew", "fleet")
				m.finds(c.search("/", "filter", c.fill(everyone+` and not (userName pr)`)), "crew", "fleet", "idle")
			}},
		Case{Name: "an attribute of both types", Why: "displayName is what both have",
			Run: func(c *Client) {
				m := c.casting()
				m.finds(c.search("/", "filter", c.fill(`displayName eq "Ada {u}" or displayName eq "Idle {u}"`)), "ada", "idle")
			}},
		Case{Name: "attributes of different types in one filter", Why: "each type sees its own, and the other as absent",
			Run: func(c *Client) {
				m := c.casting()
				m.finds(c.search("/", "filter", c.fill(`title eq "Manager {u}" or members.value eq "{dan}"`, m.pairs()...)), "dan", "fleet")
			}},
		Case{Name: "pages over all types", Why: "a page may end in the middle of a type",
			Run: func(c *Client) {
				m := c.casting()
				walkIndex(c, m, "/", 3, "ada", "bob", "cyd", "dan", "crew", "fleet", "idle")
			}},
		Case{Name: "attributes over all types", Why: "a short list is read more often than a long one",
			Run: func(c *Client) {
				m := c.casting()
				a := c.search("/", "filter", c.fill(everyone), "attributes", "displayName")
				m.finds(a, "ada", "bob", "cyd", "dan", "crew", "fleet", "idle")
				for _, r := range a.resources() {
					if shape.At(r, "$.members") != nil || shape.At(r, "$.userName") != nil || shape.At(r, "$.id") == nil {
						a.wrong("a resource has more or less than displayName, id and schemas: %s", shape.Brief(shape.Encode(r)))
					}
				}
			}},
	))), rootSearchCases()...)
}

func rootSearchCases() []Case {
	return needing(Root, needing(Filter, in("RFC 7644 §3.4.3",
		Case{Name: "search over all types", Why: "the example of the section asks the root",
			Run: func(c *Client) {
				m := c.casting()
				a := c.post("/.search", c.fill(`{"schemas":["`+searchMessage+`"],"filter":"externalId sw \"{u}-\" and meta.resourceType eq \"Group\"","attributes":["displayName"]}`))
				m.finds(a, "crew", "fleet", "idle")
			}},
	)))
}

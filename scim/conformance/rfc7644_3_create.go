package conformance

import (
	"fmt"
	"strings"

	"birthright/scim/shape"
)

// createCases are about POST.
func createCases() []Case {
	const section = "RFC 7644 §3.3"
	cases := in(section,
		Case{Name: "201 with Location and the resource", Why: "the client stores the id from here; without it, every later change is lost",
			Run: func(c *Client) {
				u := c.user(`{"title":"x"}`)
				u.made.isJSON().has(`{"title":"x","id":"` + u.id + `"}`)
				for _, r := range []*resource{u, c.group()} {
					location := r.made.header.Get("Location")
					if location == "" || location != r.made.text("$.meta.location") {
						r.made.wrong("Location is %q, meta.location %q; want the same address", location, r.made.text("$.meta.location"))
					}
					if path, ok := strings.CutPrefix(location, c.suite.server.Base); ok {
						c.get(path).status(200).is("$.id", r.id)
					} else {
						r.made.wrong("Location %q is not under %s", location, c.suite.server.Base)
					}
				}
			}},
		Case{Name: "what is created is what is read", Why: "a server that answers with what it was sent, and stores something else, is found out too late",
			Run: func(c *Client) {
				u := c.user(`{"title":"x","emails":[{"value":"a@x.example","type":"work"}],"` + enterprise + `":{"department":"Research"}}`)
				u.get().has(shape.Encode(u.made.body))
			}},
		Case{Name: "a conflict changes nothing", Why: "a retry after a lost answer must not disturb what is there",
			Run: func(c *Client) {
				u := c.user(`{"title":"first"}`)
				c.post("/Users", c.userBody(`{"userName":"`+u.userName()+`","title":"second"}`)).refused(409, "uniqueness")
				u.get().is("$.title", "first")
			}},
		Case{Name: "a group with members", Why: "providers create groups whole",
			Run: func(c *Client) {
				ada, bob := c.user(""), c.user("")
				c.group(ada.id, bob.id).hasMembers(ada.id, bob.id)
			}},
		Case{Name: "resourceType follows from the endpoint", Why: "section 3.3.1: the server sets it",
			Run: func(c *Client) {
				c.user(`{"meta":{"resourceType":"Group"}}`).made.is("$.meta.resourceType", "User")
				c.group().made.is("$.meta.resourceType", "Group")
			}},
	)
	for _, row := range []struct{ name, body string }{
		{"nothing", ``}, {"no JSON", `userName=ada`}, {"half an object", `{"schemas":["` + coreUser + `"],"userName":"ada"`},
		{"an array", `[{"schemas":["` + coreUser + `"],"userName":"ada"}]`}, {"a text", `"ada"`}, {"null", `null`},
		{"something after the object", `{"schemas":["` + coreUser + `"],"userName":"ada"} and more`},
	} {
		cases = append(cases, Case{Section: section, Name: "a body of " + row.name, Why: "a body that cannot be read must not be guessed at",
			Run: func(c *Client) {
				u := c.user("")
				name := c.name("user")
				body := strings.ReplaceAll(row.body, `"ada"`, `"`+name+`"`)
				a := c.post("/Users", body, "Content-Type", mediaType)
				c.adopt("/Users", a)
				a.refused(400, "invalidSyntax", "invalidValue")
				c.put(u.path, body, "Content-Type", mediaType).refused(400, "invalidSyntax", "invalidValue")
			}})
	}
	return cases
}

// readCases are about GET of one resource.
func readCases() []Case {
	var cases []Case
	for _, row := range []struct{ name, id string }{
		{"an unknown id", "00000000-0000-4000-8000-000000000000"}, {"a word", "nobody"}, {"a long id", longText(2000)},
		{"an id with a slash", "a%2Fb"}, {"an id with a percent sign", "100%25"}, {"an id in another script", "%E6%9D%B1"},
		{"an id with a quote", "%22%20or%20%221%22%3D%221"},
	} {
		cases = append(cases, Case{Name: row.name, Why: "a provider that gets 404 matches again; with any other status it retries for ever",
			Run: func(c *Client) {
				for _, endpoint := range []string{"/Users/", "/Groups/"} {
					c.get(endpoint + row.id).refused(404)
				}
			}})
	}
	return in("RFC 7644 §3.4.1", append(cases,
		Case{Name: "a user is no group", Why: "an id is of one type, and the other endpoint does not have it",
			Run: func(c *Client) {
				c.get("/Groups/" + c.user("").id).refused(404)
				c.get("/Users/" + c.group().id).refused(404)
			}},
		Case{Name: "an id may be escaped", Why: "libraries escape what they need not",
			Run: func(c *Client) {
				u := c.user("")
				c.get(fmt.Sprintf("/Users/%%%02X%s", u.id[0], u.id[1:])).status(200).is("$.id", u.id)
			}},
		Case{Name: "unknown parameters are passed over", Why: "section 3.4.2: for the sake of later versions",
			Run: func(c *Client) {
				u := c.user("")
				c.get(u.path+"?nonsense=1&aadOptscim062020").status(200).is("$.id", u.id)
			}},
	)...)
}

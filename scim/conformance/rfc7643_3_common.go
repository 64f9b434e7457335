package conformance

import (
	"strings"
	"time"

	"birthright/scim/shape"
)

// commonCases are about the attributes that every resource has.
func commonCases() []Case {
	return in("RFC 7643 §3.1", append(append(idCases(), externalIDCases()...), metaCases()...)...)
}

func idCases() []Case {
	return []Case{
		{Name: "id is given by the server", Why: "every later request names the resource by it",
			Run: func(c *Client) {
				u, g := c.user(""), c.group()
				if u.id == g.id {
					u.made.wrong("a user and a group have the same id")
				}
				u.get().is("$.id", u.id)
				g.get().is("$.id", g.id)
			}},
		{Name: "id from the client is passed over in a POST", Why: "a client that copies a resource would take over the other one's identity",
			Run: func(c *Client) {
				other := c.user("")
				u := c.user(`{"id":"` + other.id + `"}`)
				if u.id == other.id {
					u.made.wrong("the new user has the id of another")
				}
			}},
		{Name: "id cannot be changed by a PUT", Why: "an id that moves loses everything that refers to it",
			Run: func(c *Client) {
				u := c.user("")
				a := u.put(`{"id":"another"}`)
				if a.code == 400 {
					a.refused(400, "mutability", "invalidValue")
				} else {
					a.status(200).is("$.id", u.id)
				}
				u.get().is("$.id", u.id)
			}},
		{Name: "id never holds the word bulkId", Why: "it is how bulk requests refer to what has no id yet",
			Run: func(c *Client) {
				if u := c.user(`{"externalId":"bulkId:1"}`); strings.Contains(strings.ToLower(u.id), "bulkid") {
					u.made.wrong("the id %q holds the reserved word", u.id)
				}
			}},
		{Name: "id is case exact", Why: "with ids in any letter case two clients can work on one resource and not know it",
			Run: func(c *Client) {
				u := c.user("")
				if swapped := swapCase(u.id); swapped != u.id {
					c.get("/Users/" + swapped).refused(404)
				}
			}},
	}
}

// swapCase turns small letters into capitals and the other way round.
func swapCase(s string) string {
	return strings.Map(func(r rune) rune {
		if 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' {
			return r ^ 0x20
		}
		return r
	}, s)
}

func externalIDCases() []Case {
	return []Case{
		{Name: "externalId is kept as it was sent", Why: "the provider finds its people by it",
			Run: func(c *Client) {
				c.user(`{"externalId":"Ext-{u}-É"}`).get().is("$.externalId", c.fill("Ext-{u}-É"))
			}},
		{Name: "externalId may be the same on two users", Why: "its uniqueness is the client's business",
			Run: func(c *Client) {
				first, second := c.user(`{"externalId":"same-{u}"}`), c.user(`{"externalId":"same-{u}"}`)
				first.get().is("$.externalId", second.get().at("$.externalId"))
			}},
		{Name: "externalId of a group", Why: "groups are matched by it too",
			Run: func(c *Client) {
				g := c.create("/Groups", shape.Encode(map[string]any{"schemas": []any{coreGroup}, "displayName": c.name("group"), "externalId": "G 1"}))
				g.get().is("$.externalId", "G 1")
			}},
		{Name: "externalId is never made up", Why: "a value that the client did not send would be matched by mistake",
			Run: func(c *Client) { c.user("").get().is("$.externalId", nil) }},
	}
}

func metaCases() []Case {
	return []Case{
		{Name: "meta from the client is passed over", Why: "Entra ID sends meta with every user",
			Run: func(c *Client) {
				u := c.user(`{"meta":{"resourceType":"Cat","created":"2001-01-01T00:00:00Z","location":"https://x.example/1","version":"W/\"x\""}}`)
				a := u.get().is("$.meta.resourceType", "User")
				if strings.HasPrefix(a.text("$.meta.created"), "2001") || a.text("$.meta.location") == "https://x.example/1" || a.text("$.meta.version") == `W/"x"` {
					a.wrong("the client decided over meta")
				}
			}},
		{Name: "created and lastModified are times", Why: "incremental reads compare them",
			Run: func(c *Client) {
				a := c.user("").get()
				for _, path := range []string{"$.meta.created", "$.meta.lastModified"} {
					if _, err := time.Parse(time.RFC3339Nano, a.text(path)); err != nil {
						a.wrong("%s is %q, want a date and time with a zone", path, a.text(path))
					}
				}
			}},
		{Name: "a new resource was last modified when it was created", Why: "the section says that the two values are the same",
			Run: func(c *Client) {
				a := c.user("").get()
				a.is("$.meta.lastModified", a.at("$.meta.created"))
			}},
		{Name: "a change moves lastModified and not created", Why: "who reads what changed since yesterday misses it otherwise",
			Run: func(c *Client) {
				u := c.user("")
				before := u.get()
				u.put(`{"title":"x"}`).status(200)
				after := u.get().is("$.meta.created", before.at("$.meta.created"))
				was, _ := time.Parse(time.RFC3339Nano, before.text("$.meta.lastModified"))
				is, _ := time.Parse(time.RFC3339Nano, after.text("$.meta.lastModified"))
				if !is.After(was) {
					after.wrong("lastModified went from %v to %v", was, is)
				}
			}},
		{Name: "location is where the resource is", Why: "clients follow it",
			Run: func(c *Client) {
				for _, r := range []*resource{c.user(""), c.group()} {
					location := r.get().text("$.meta.location")
					path, ok := strings.CutPrefix(location, c.suite.server.Base)
					if !ok {
						r.made.wrong("the location %q is not under %s", location, c.suite.server.Base)
						continue
					}
					c.get(path).status(200).is("$.id", r.id)
				}
			}},
		{Name: "resourceType is the type's name", Why: "a list of several types can be told apart by it alone",
			Run: func(c *Client) {
				c.user("").get().is("$.meta.resourceType", "User")
				c.group().get().is("$.meta.resourceType", "Group")
			}},
	}
}

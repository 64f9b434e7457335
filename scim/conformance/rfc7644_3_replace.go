package conformance

import "birthright/scim/shape"

// replaceCases are about PUT.
func replaceCases() []Case {
	return in("RFC 7644 §3.5.1",
		Case{Name: "200 with the whole resource", Why: "the client stores what the server made of its request",
			Run: func(c *Client) {
				u := c.user(`{"title":"old"}`)
				a := u.put(`{"title":"new","displayName":"Ada"}`).status(200).isJSON()
				a.has(`{"id":"` + u.id + `","title":"new","displayName":"Ada"}`)
				u.get().has(shape.Encode(a.body))
			}},
		Case{Name: "what is left out is cleared", Why: "a title that stays after the client dropped it is a title that nobody can remove",
			Run: func(c *Client) {
				u := c.user(`{"title":"x","nickName":"Ada","name":{"givenName":"Ada","familyName":"Byron"},"emails":[{"value":"a@x.example"}],"` + enterprise + `":{"department":"Research"}}`)
				u.put(`{"name":{"familyName":"King"}}`).status(200)
				u.get().has(`{"title":null,"nickName":null,"emails":null,"name":{"familyName":"King","givenName":null},"` + enterprise + `":null}`)
			}},
		Case{Name: "what was read can be put back", Why: "Okta reads a user, changes one value, and puts all of it back with id, meta and groups",
			Run: func(c *Client) {
				u := c.user(`{"title":"x","emails":[{"value":"a@x.example","type":"work","primary":true}],"` + enterprise + `":{"department":"Research"}}`)
				c.group(u.id)
				before := u.get()
				c.put(u.path, string(before.raw)).status(200)
				after := u.get()
				after.is("$.title", "x").is("$.emails", before.at("$.emails")).is("$.groups", before.at("$.groups")).is("$['"+enterprise+"']", before.at("$['"+enterprise+"']"))
			}},
		Case{Name: "twice is once", Why: "a client repeats a request whose answer was lost",
			Run: func(c *Client) {
				u := c.user("")
				first := u.put(`{"title":"x"}`).status(200)
				second := u.put(`{"title":"x"}`).status(200)
				second.is("$.title", "x").is("$.id", first.at("$.id"))
			}},
		Case{Name: "a PUT that changes nothing leaves lastModified", Why: "an incremental read would see everybody as changed after every sync",
			Run: func(c *Client) {
				u := c.user(`{"title":"x"}`)
				before := u.get()
				u.put(`{"title":"x"}`).status(200)
				u.get().is("$.meta.lastModified", before.at("$.meta.lastModified"))
			}},
		Case{Name: "it never creates", Why: "ids are given by the server",
			Run: func(c *Client) {
				name := c.name("user")
				a := c.put("/Users/00000000-0000-4000-8000-000000000000", c.userBody(`{"userName":"`+name+`"}`))
				c.adopt("/Users", a)
				a.refused(404)
				c.put("/Groups/00000000-0000-4000-8000-000000000000", c.groupBody()).refused(404)
			}},
		Case{Name: "read-only attributes are passed over", Why: "clients need not know what is read only to put a resource back",
			Run: func(c *Client) {
				u := c.user("")
				before := u.get()
				u.put(`{"meta":{"created":"2001-01-01T00:00:00Z","resourceType":"Cat"},"groups":[{"value":"x"}]}`).status(200)
				u.get().is("$.meta.created", before.at("$.meta.created")).is("$.meta.resourceType", "User").is("$.groups", nil)
			}},
		Case{Name: "a refused PUT changes nothing", Why: "half a replacement is neither the old nor the new",
			Run: func(c *Client) {
				u := c.user(`{"title":"old"}`)
				u.put(`{"title":"new","active":"perhaps"}`).refused(400, "invalidValue", "invalidSyntax")
				u.get().is("$.title", "old")
			}},
		Case{Name: "a group's members are replaced", Why: "some providers push groups by PUT alone",
			Run: func(c *Client) {
				ada, bob, cyd := c.user(""), c.user(""), c.user("")
				g := c.group(ada.id, bob.id)
				name := g.made.text("$.displayName")
				c.put(g.path, `{"schemas":["`+coreGroup+`"],"displayName":"`+name+`","members":[{"value":"`+bob.id+`"},{"value":"`+cyd.id+`"}]}`).status(200)
				g.hasMembers(bob.id, cyd.id)
			}},
		Case{Name: "a group's name is replaced", Why: "some providers push groups by PUT alone",
			Run: func(c *Client) {
				ada := c.user("")
				g, name := c.group(ada.id), c.name("renamed")
				c.put(g.path, `{"schemas":["`+coreGroup+`"],"displayName":"`+name+`","members":[{"value":"`+ada.id+`"}]}`).status(200).is("$.displayName", name)
				g.hasMembers(ada.id)
			}},
		Case{Name: "a group without members", Why: "an empty list is how a provider says that everybody left",
			Run: func(c *Client) {
				g := c.group(c.user("").id)
				c.put(g.path, shape.Encode(map[string]any{"schemas": []any{coreGroup}, "displayName": g.made.text("$.displayName"), "members": []any{}})).status(200)
				g.hasMembers()
			}},
		Case{Name: "a group's own answer can be put back", Why: "with $ref, type and display in every member",
			Run: func(c *Client) {
				ada := c.user(`{"displayName":"Ada"}`)
				g := c.group(ada.id, c.group().id)
				before := g.members()
				c.put(g.path, string(g.get().raw)).status(200)
				g.hasMembers(before...)
			}},
	)
}

// deleteCases are about DELETE.
func deleteCases() []Case {
	return in("RFC 7644 §3.6",
		Case{Name: "204 without a body", Why: "clients check for exactly that",
			Run: func(c *Client) {
				for _, r := range []*resource{c.user(""), c.group()} {
					if a := c.remove(r.path).status(204); len(a.raw) > 0 {
						a.wrong("there is a body")
					}
				}
			}},
		Case{Name: "everything about it is gone", Needs: []Feature{Patch}, Why: "a server may keep a record for itself, and must not show it",
			Run: func(c *Client) {
				for _, r := range []*resource{c.user(""), c.group()} {
					body := c.userBody("")
					if r.path[:2] == "/G" {
						body = c.groupBody()
					}
					c.remove(r.path).status(204)
					c.get(r.path).refused(404)
					c.put(r.path, body).refused(404)
					c.patch(r.path, `[{"op":"replace","path":"displayName","value":"x"}]`).refused(404)
					c.remove(r.path).refused(404)
				}
			}},
		Case{Name: "it is in no list", Needs: []Feature{Filter}, Why: "a provider that finds the dead gives them a new account",
			Run: func(c *Client) {
				u := c.user(`{"externalId":"gone-{u}"}`)
				c.remove(u.path).status(204)
				for _, filter := range []string{`userName eq "` + u.userName() + `"`, `id eq "` + u.id + `"`, `externalId eq "` + c.fill("gone-{u}") + `"`} {
					c.search("/Users", "filter", filter).status(200).is("$.totalResults", 0)
				}
			}},
		Case{Name: "the name is free again", Why: "people come back",
			Run: func(c *Client) {
				u := c.user("")
				c.remove(u.path).status(204)
				again := c.create("/Users", c.userBody(`{"userName":"`+u.userName()+`"}`))
				if again.id == u.id {
					again.made.wrong("the new user has the old id, which must not be reassigned")
				}
			}},
		Case{Name: "what never was", Why: "404 lets a client forget it",
			Run: func(c *Client) {
				c.remove("/Users/00000000-0000-4000-8000-000000000000").refused(404)
				c.remove("/Groups/00000000-0000-4000-8000-000000000000").refused(404)
			}},
		Case{Name: "a group leaves its members", Why: "the end of a group is not the end of its people",
			Run: func(c *Client) {
				u := c.user("")
				c.remove(c.group(u.id).path).status(204)
				u.get()
			}},
	)
}

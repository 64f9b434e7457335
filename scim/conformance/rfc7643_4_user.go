package conformance

import (
	"strings"

	"birthright/scim/shape"
)

// userCases are about the rules of the User schema.
func userCases() []Case {
	return append(in("RFC 7643 §4.1.1", append(userNameCases(), passwordCases()...)...), membershipCases()...)
}

func userNameCases() []Case {
	var cases []Case
	for _, row := range []struct{ name, member string }{
		{"left out", ``}, {"null", `,"userName":null`}, {"empty", `,"userName":""`},
	} {
		cases = append(cases, Case{Name: "userName " + row.name, Why: "it is the one attribute that everybody must have",
			Run: func(c *Client) {
				a := c.post("/Users", `{"schemas":["`+coreUser+`"]`+row.member+`}`)
				c.adopt("/Users", a)
				a.refused(400, "invalidValue", "invalidSyntax")
				u := c.user("")
				c.put(u.path, `{"schemas":["`+coreUser+`"]`+row.member+`}`).refused(400, "invalidValue", "invalidSyntax", "mutability")
				u.get().is("$.userName", u.userName())
			}})
	}
	return append(cases,
		Case{Name: "userName is unique", Why: "two people under one name is how one gets the other's access",
			Run: func(c *Client) {
				u := c.user("")
				c.post("/Users", c.userBody(`{"userName":"`+u.userName()+`"}`)).refused(409, "uniqueness")
			}},
		Case{Name: "userName is unique in any letter case", Why: "ADA and ada log in as the same person",
			Run: func(c *Client) {
				u := c.user("")
				c.post("/Users", c.userBody(`{"userName":"`+strings.ToUpper(u.userName())+`"}`)).refused(409, "uniqueness")
			}},
		Case{Name: "a PUT cannot take another's userName", Why: "a rename must not merge two people",
			Run: func(c *Client) {
				ada, bob := c.user(""), c.user("")
				bob.put(`{"userName":"`+ada.userName()+`"}`).refused(409, "uniqueness")
				bob.get().is("$.userName", bob.userName())
			}},
		Case{Name: "a PATCH cannot take another's userName", Needs: []Feature{Patch}, Why: "a rename must not merge two people",
			Run: func(c *Client) {
				ada, bob := c.user(""), c.user("")
				c.patch(bob.path, `[{"op":"replace","path":"userName","value":"`+ada.userName()+`"}]`).refused(409, "uniqueness")
				bob.get().is("$.userName", bob.userName())
			}},
		Case{Name: "a user can be renamed", Why: "people marry",
			Run: func(c *Client) {
				u, other := c.user(""), c.name("renamed")
				u.put(`{"userName":"`+other+`"}`).status(200).is("$.userName", other)
				u.get().is("$.userName", other)
			}},
		Case{Name: "a user's own name in other letters is no conflict", Why: "correcting the letter case of a name is an everyday change",
			Run: func(c *Client) {
				u := c.user("")
				a := u.put(`{"userName":"` + strings.ToUpper(u.userName()) + `"}`).status(200)
				if !strings.EqualFold(a.text("$.userName"), u.userName()) {
					a.wrong("the name became another")
				}
			}},
	)
}

func passwordCases() []Case {
	return []Case{
		{Name: "a password is never returned", Why: "whoever may read users would read their passwords",
			Run: func(c *Client) {
				u := c.user(`{"password":"Secret-{u}"}`)
				answers := []*Answer{u.made, u.get(), u.put(`{"password":"Secret-{u}"}`).status(200), c.get(u.path + "?attributes=password,userName").status(200)}
				for _, a := range answers {
					if strings.Contains(string(a.raw), c.fill("Secret-{u}")) || a.at("$.password") != nil {
						a.wrong("the password came back")
					}
				}
			}},
		{Name: "a password set by PATCH is not returned", Needs: []Feature{Patch}, Why: "Okta syncs passwords that way",
			Run: func(c *Client) {
				u := c.user("")
				for _, operations := range []string{
					`[{"op":"replace","value":{"password":"Secret-{u}"}}]`, `[{"op":"add","path":"password","value":"Secret-{u}"}]`,
				} {
					if a := u.patch(c.fill(operations)); strings.Contains(string(a.raw), c.fill("Secret-{u}")) {
						a.wrong("the password came back")
					}
				}
				u.get().is("$.password", nil)
			}},
		{Name: "a filter cannot guess at a password", Needs: []Feature{Filter}, Why: "with sw, a password is found letter by letter",
			Run: func(c *Client) {
				u := c.user(`{"password":"Secret-{u}"}`)
				a := c.search("/Users", "filter", c.fill(`userName eq "`+u.userName()+`" and password sw "Secret"`))
				if a.code == 400 {
					a.refused(400, "invalidFilter", "sensitive")
					return
				}
				a.status(200).is("$.totalResults", 0)
			}},
	}
}

// membershipCases are about the groups of a user.
func membershipCases() []Case {
	return in("RFC 7643 §4.1.2",
		Case{Name: "groups says what a user is in", Why: "applications decide by it",
			Run: func(c *Client) {
				u := c.user("")
				g := c.group(u.id)
				a := u.get().has(`{"groups":[{"value":"` + g.id + `","type":"direct"}]}`)
				path, _ := strings.CutPrefix(a.text("$.groups[0].$ref"), c.suite.server.Base)
				c.get("/"+strings.TrimPrefix(path, "/")).status(200).is("$.id", g.id)
			}},
		Case{Name: "groups from the client is passed over", Why: "it is read only: membership changes through the group",
			Run: func(c *Client) {
				g := c.group()
				u := c.user(`{"groups":[{"value":"` + g.id + `"}]}`)
				u.get().is("$.groups", nil)
				u.put(`{"groups":[{"value":"` + g.id + `"}]}`).status(200)
				u.get().is("$.groups", nil)
				g.hasMembers()
			}},
		Case{Name: "groups ends with the membership", Why: "access that is shown and gone is as bad as access that is there and not shown",
			Run: func(c *Client) {
				u := c.user("")
				g := c.group(u.id)
				c.put(g.path, shape.Encode(map[string]any{"schemas": []any{coreGroup}, "displayName": g.made.text("$.displayName"), "members": []any{}})).status(200)
				u.get().is("$.groups", nil)
			}},
		Case{Name: "groups ends with the group", Why: "a reference to nothing cannot be followed",
			Run: func(c *Client) {
				u := c.user("")
				c.remove(c.group(u.id).path).status(204)
				u.get().is("$.groups", nil)
			}},
	)
}

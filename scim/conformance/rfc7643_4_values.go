package conformance

import "strings"

// userAttributeCases are one for each attribute of the User schema: it can be
// created, read, replaced and patched.
func userAttributeCases() []Case {
	var cases []Case
	for _, row := range []struct{ name, first, second string }{
		{"name", `{"formatted":"Ms. Ada Byron, III","familyName":"Byron","givenName":"Ada","middleName":"B.","honorificPrefix":"Ms.","honorificSuffix":"III"}`,
			`{"formatted":"Ada King","familyName":"King","givenName":"Ada","middleName":"C.","honorificPrefix":"Countess","honorificSuffix":"I"}`},
		{"displayName", `"Ada Byron"`, `"Ada King"`},
		{"nickName", `"Ada"`, `"Lady"`},
		{"profileUrl", `"https://people.example.com/ada"`, `"https://people.example.com/king"`},
		{"title", `"Engineer"`, `"Principal"`},
		{"userType", `"Employee"`, `"Contractor"`},
		{"preferredLanguage", `"en-GB, de;q=0.5"`, `"fr"`},
		{"locale", `"en-GB"`, `"de-CH"`},
		{"timezone", `"Europe/London"`, `"America/Los_Angeles"`},
		{"active", `true`, `false`},
	} {
		cases = append(cases, attributeCase("RFC 7643 §4.1.1", row.name, row.first, row.second))
	}
	for _, row := range []struct{ name, first, second string }{
		{"emails", `[{"value":"ada@x.example","type":"work","primary":true}]`, `[{"value":"king@x.example","type":"home"}]`},
		{"phoneNumbers", `[{"value":"tel:+1-201-555-0123","type":"mobile"}]`, `[{"value":"tel:+1-201-555-0124","type":"fax"}]`},
		{"ims", `[{"value":"adaim","type":"xmpp"}]`, `[{"value":"kingim","type":"skype"}]`},
		{"photos", `[{"value":"https://photos.example.com/ada.jpg","type":"photo"}]`, `[{"value":"https://photos.example.com/t.jpg","type":"thumbnail"}]`},
		{"addresses", `[{"type":"work","streetAddress":"1 Main St","locality":"London","region":"LDN","postalCode":"N1","country":"GB"}]`,
			`[{"type":"home","streetAddress":"2 Side St","locality":"Bern","postalCode":"3000","country":"CH","primary":true}]`},
		{"entitlements", `[{"value":"print"}]`, `[{"value":"scan","type":"machine"}]`},
		{"roles", `[{"value":"Admin","primary":true}]`, `[{"value":"Reader","display":"Reader of things"}]`},
		{"x509Certificates", `[{"value":"QUJDRA=="}]`, `[{"value":"RUZHSA=="}]`},
	} {
		cases = append(cases, attributeCase("RFC 7643 §4.1.2", row.name, row.first, row.second))
	}
	return cases
}

// attributeCase takes an attribute through its life. The name may be qualified
// with the URN of an extension.
func attributeCase(section, name, first, second string) Case {
	return Case{Section: section, Name: "attribute " + name[strings.LastIndex(name, ":")+1:], Needs: []Feature{Patch},
		Why: "an attribute that is dropped is missed only when a rule needs it",
		Run: func(c *Client) {
			with := func(value string) string {
				if urn, attribute, ok := cutLast(name, ":"); ok {
					return `{"` + urn + `":{"` + attribute + `":` + value + `}}`
				}
				return `{"` + name + `":` + value + `}`
			}
			u := c.user(with(first))
			u.made.has(with(first))
			u.get().has(with(first))
			u.put(with(second)).status(200).has(with(second))
			u.patch(`[{"op":"replace","path":"` + name + `","value":` + first + `}]`)
			u.get().has(with(first))
			u.patch(`[{"op":"remove","path":"` + name + `"}]`)
			u.get().has(with(`null`))
			u.patch(`[{"op":"add","path":"` + name + `","value":` + second + `}]`)
			u.get().has(with(second))
		}}
}

// cutLast cuts s around the last separator.
func cutLast(s, separator string) (before, after string, found bool) {
	i := strings.LastIndex(s, separator)
	if i < 0 {
		return s, "", false
	}
	return s[:i], s[i+len(separator):], true
}

// enterpriseCases are about the enterprise extension.
func enterpriseCases() []Case {
	const section = "RFC 7643 §4.3"
	var cases []Case
	for _, row := range []struct{ name, first, second string }{
		{"employeeNumber", `"701984"`, `"0042"`},
		{"costCenter", `"4130"`, `"4131"`},
		{"organization", `"Universal Studios"`, `"Acme"`},
		{"division", `"Theme Park"`, `"Films"`},
		{"department", `"Tour Operations"`, `"R&D"`},
		{"manager", `{"value":"26118915"}`, `{"value":"26118916"}`},
	} {
		cases = append(cases, attributeCase(section, enterprise+":"+row.name, row.first, row.second))
	}
	return append(cases, in(section,
		Case{Name: "manager.displayName from the client is passed over", Why: "it is read only: it follows from the manager",
			Run: func(c *Client) {
				u := c.user(`{"` + enterprise + `":{"manager":{"value":"26118915","displayName":"Forged"}}}`)
				if a := u.get(); a.text("$['"+enterprise+"'].manager.displayName") == "Forged" {
					a.wrong("the client decided over a read-only attribute")
				}
			}},
		Case{Name: "manager may be somebody who is not there yet", Why: "people are created in any order, and managers after their staff",
			Run: func(c *Client) {
				u := c.user(`{"` + enterprise + `":{"manager":{"value":"nobody-{u}"}}}`)
				u.get().is("$['"+enterprise+"'].manager.value", c.fill("nobody-{u}"))
			}},
	)...)
}

// groupCases are about the Group schema.
func groupCases() []Case {
	const section = "RFC 7643 §4.2"
	var cases []Case
	for _, row := range []struct{ name, member string }{{"left out", ``}, {"null", `,"displayName":null`}, {"empty", `,"displayName":""`}} {
		cases = append(cases, Case{Name: "displayName " + row.name, Why: "a group without a name cannot be mapped to anything",
			Run: func(c *Client) {
				a := c.post("/Groups", `{"schemas":["`+coreGroup+`"]`+row.member+`}`)
				c.adopt("/Groups", a)
				a.refused(400, "invalidValue", "invalidSyntax")
			}})
	}
	return append(in(section, cases...), in(section,
		Case{Name: "members are users and groups", Why: "nested groups are how large companies keep order",
			Run: func(c *Client) {
				u, inner := c.user(""), c.group()
				c.group(u.id, inner.id).get().has(`{"members":[{"value":"` + u.id + `","type":"User"},{"value":"` + inner.id + `","type":"Group"}]}`)
			}},
		Case{Name: "$ref leads to the member", Why: "clients follow it to find out who somebody is",
			Run: func(c *Client) {
				u := c.user("")
				a := c.group(u.id).get()
				ref := a.text("$.members[0].$ref")
				path, _ := strings.CutPrefix(ref, c.suite.server.Base)
				if ref == "" {
					a.wrong("the member has no $ref")
					return
				}
				c.get("/"+strings.TrimPrefix(path, "/")).status(200).is("$.id", u.id)
			}},
		Case{Name: "a member counts once", Why: "a member listed twice has to be removed twice",
			Run: func(c *Client) {
				u := c.user("")
				c.group(u.id, u.id).hasMembers(u.id)
			}},
		Case{Name: "a user who is deleted is no member", Why: "a reference to nobody fails whoever follows it",
			Run: func(c *Client) {
				ada, bob := c.user(""), c.user("")
				g := c.group(ada.id, bob.id)
				c.remove(ada.path).status(204)
				g.hasMembers(bob.id)
			}},
		Case{Name: "a group can be renamed and keeps its members", Needs: []Feature{Patch}, Why: "a rename in the provider must not empty the group",
			Run: func(c *Client) {
				u := c.user("")
				g, other := c.group(u.id), c.name("renamed")
				g.patch(`[{"op":"replace","path":"displayName","value":"` + other + `"}]`)
				g.get().is("$.displayName", other)
				g.hasMembers(u.id)
			}},
	)...)
}

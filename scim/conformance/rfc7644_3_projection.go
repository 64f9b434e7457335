package conformance

import "birthright/scim/shape"

// rich is a user with something of everything.
const rich = `{"title":"x","nickName":"Ada","name":{"givenName":"Ada","familyName":"Byron"},
	"emails":[{"value":"w@x.example","type":"work"},{"value":"h@x.example","type":"home"}],
	"` + enterprise + `":{"department":"Research","costCenter":"7"}}`

// projectionRow is a parameter and what comes of it.
type projectionRow struct{ name, query, shape, why string }

func projectionRows() []projectionRow {
	const (
		few  = "who asks for little must not wait for much"
		more = "what was asked for must be there"
	)
	return []projectionRow{
		{"one attribute", "attributes=title", `{"title":"x","userName":null,"nickName":null,"emails":null,"meta":null,"` + enterprise + `":null}`, few},
		{"two attributes", "attributes=title,nickName", `{"title":"x","nickName":"Ada","userName":null}`, more},
		{"blanks between", "attributes=title,%20nickName", `{"title":"x","nickName":"Ada","userName":null}`, more},
		{"in other letters", "attributes=TITLE", `{"title":"x","userName":null}`, more},
		{"a part", "attributes=name.givenName", `{"name":{"givenName":"Ada","familyName":null},"title":null}`, few},
		{"a part of a list", "attributes=emails.value", `{"emails":[{"value":"w@x.example","type":null},{"value":"h@x.example","type":null}]}`, few},
		{"two parts of a list", "attributes=emails.value,emails.type", `{"emails":[{"value":"w@x.example","type":"work"},{"value":"h@x.example","type":"home"}],"title":null}`, more},
		{"qualified", "attributes=" + coreUser + ":title", `{"title":"x","nickName":null}`, more},
		{"an attribute of an extension", "attributes=" + enterprise + ":department", `{"` + enterprise + `":{"department":"Research","costCenter":null},"title":null}`, few},
		{"an extension", "attributes=" + enterprise, `{"` + enterprise + `":{"department":"Research","costCenter":"7"},"title":null}`, more},
		{"meta", "attributes=meta.resourceType", `{"meta":{"resourceType":"User","created":null},"title":null}`, few},
		{"what has no value", "attributes=locale", `{"locale":null,"title":null}`, few},
		{"what no schema has", "attributes=nonsense", `{"title":null,"userName":null}`, "a wrong name shows nothing, rather than everything"},
		{"without one attribute", "excludedAttributes=title", `{"title":null,"nickName":"Ada","name":{"givenName":"Ada"}}`, few},
		{"without two attributes", "excludedAttributes=title,emails", `{"title":null,"emails":null,"nickName":"Ada"}`, few},
		{"without a part", "excludedAttributes=name.givenName", `{"name":{"givenName":null,"familyName":"Byron"},"title":"x"}`, few},
		{"without a part of a list", "excludedAttributes=emails.type", `{"emails":[{"value":"w@x.example","type":null},{"value":"h@x.example","type":null}],"title":"x"}`, few},
		{"without an attribute of an extension", "excludedAttributes=" + enterprise + ":department", `{"` + enterprise + `":{"department":null,"costCenter":"7"},"title":"x"}`, few},
		{"without an extension", "excludedAttributes=" + enterprise, `{"` + enterprise + `":null,"title":"x"}`, few},
		{"without what is always there", "excludedAttributes=id,schemas,title", `{"schemas":["` + coreUser + `","` + enterprise + `"],"title":null}`, "id is returned always"},
		{"without what no schema has", "excludedAttributes=nonsense", `{"title":"x","nickName":"Ada"}`, "a wrong name must not hide anything"},
	}
}

// projectionCases are about attributes and excludedAttributes, on each request
// that is answered with resources.
func projectionCases() []Case {
	var cases []Case
	for _, row := range projectionRows() {
		cases = append(cases, Case{Name: row.name, Why: row.why, Needs: []Feature{Patch, Filter},
			Run: func(c *Client) {
				u := c.user(rich)
				created := c.post("/Users?"+row.query, c.userBody(rich)).status(201)
				for _, a := range []*Answer{
					created, c.get(u.path + "?" + row.query).status(200), c.put(u.path+"?"+row.query, c.userBody(`{"userName":"`+u.userName()+`",`+rich[1:])).status(200),
				} {
					a.has(row.shape)
					if a.text("$.id") == "" || a.at("$.schemas") == nil {
						a.wrong("id or schemas is missing")
					}
				}
				c.adopt("/Users", created)
				if a := c.patch(u.path+"?"+row.query, `[{"op":"replace","path":"title","value":"x"}]`).status(200, 204); a.code == 200 {
					a.has(row.shape).is("$.id", u.id)
				}
				list := c.get(`/Users?filter=id%20eq%20%22` + u.id + `%22&` + row.query).status(200)
				list.has(`{"totalResults":1,"Resources":[`+row.shape+`]}`).is("$.Resources[0].id", u.id)
			}})
	}
	return in("RFC 7644 §3.9", append(cases,
		Case{Name: "members of a group are left out", Why: "Entra ID asks for groups without their members, of which there may be a hundred thousand",
			Run: func(c *Client) {
				g := c.group(c.user("").id)
				c.get(g.path + "?excludedAttributes=members").status(200).has(`{"id":"` + g.id + `","members":null,"displayName":` + shape.Encode(g.made.at("$.displayName")) + `}`)
				c.get(g.path+"?attributes=displayName").status(200).is("$.members", nil)
				c.get(g.path+"?attributes=members.value").status(200).is("$.displayName", nil).has(`{"members":[{"type":null,"display":null}]}`)
			}},
		Case{Name: "both parameters at once", Why: "they exclude each other; an answer that follows one of them surprises whoever meant the other",
			Run: func(c *Client) {
				c.get(c.user("").path+"?attributes=title&excludedAttributes=nickName").refused(400, "invalidValue", "invalidSyntax")
			}},
	)...)
}

// notationCases are about how attributes are written in paths and parameters.
func notationCases() []Case {
	const why = "all facets of a name are case insensitive, and the schema may be written out"
	return patchTable("RFC 7644 §3.10", []patchRow{
		{name: "a path in other letters", before: named, operations: `[{"op":"replace","path":"NAME.GivenName","value":"Augusta"}]`, after: `{"name":{"givenName":"Augusta","familyName":"Byron"}}`, why: why},
		{name: "a qualified path", operations: `[{"op":"add","path":"` + coreUser + `:title","value":"x"}]`, after: `{"title":"x"}`, why: why},
		{name: "a qualified path of a part", before: named, operations: `[{"op":"replace","path":"` + coreUser + `:name.givenName","value":"Augusta"}]`, after: `{"name":{"givenName":"Augusta","familyName":"Byron"}}`, why: why},
		{name: "a qualified path with a filter", before: addressed, operations: `[{"op":"replace","path":"` + coreUser + `:emails[type eq \"work\"].value","value":"n@x.example"}]`, after: `{"emails":[{"value":"n@x.example"},{"value":"h@x.example"}]}`, why: why},
		{name: "an extension in other letters", operations: `[{"op":"add","path":"URN:IETF:params:scim:schemas:extension:enterprise:2.0:user:DEPARTMENT","value":"Research"}]`, after: `{"` + enterprise + `":{"department":"Research"}}`, why: why},
		{name: "a filter in other letters", before: addressed, operations: `[{"op":"replace","path":"Emails[TYPE EQ \"WORK\"].Value","value":"n@x.example"}]`, after: `{"emails":[{"value":"n@x.example"},{"value":"h@x.example"}]}`, why: why},
		{name: "a value in other letters", operations: `[{"op":"add","path":"name","value":{"GIVENNAME":"Ada"}}]`, after: `{"name":{"givenName":"Ada"}}`, why: why},
		{name: "a value without a path in other letters", operations: `[{"op":"add","value":{"TITLE":"x","NickName":"Ada"}}]`, after: `{"title":"x","nickName":"Ada"}`, why: why},
	})
}

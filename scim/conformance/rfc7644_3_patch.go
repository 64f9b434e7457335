package conformance

import (
	"strings"

	"birthright/scim/shape"
)

// patchRow is a user, what is done to it, and what comes of it. All three are
// JSON; in after, null means absent.
type patchRow struct {
	name, before, operations, after string
	// refused are the scimTypes, separated by blanks, one of which the request is
	// refused with; "" if it succeeds. A row with both after and refused may do
	// either.
	refused string
	strict  bool
	why     string
}

// patchTable makes cases of rows.
func patchTable(section string, rows []patchRow) []Case {
	var cases []Case
	for _, row := range rows {
		cases = append(cases, Case{Section: section, Name: row.name, Why: row.why, Strict: row.strict, Needs: []Feature{Patch},
			Run: func(c *Client) {
				u := c.user(row.before)
				before := u.get()
				a := c.patch(u.path, c.fill(row.operations, "id", u.id))
				if row.refused != "" && (row.after == "" || a.code >= 300) {
					a.refused(400, strings.Fields(row.refused)...)
					u.get().has(shape.Encode(before.body)) // nothing was changed
					return
				}
				a.status(200, 204)
				if a.code == 200 {
					a.has(row.after)
				}
				u.get().has(row.after)
			}})
	}
	return cases
}

// The users that most rows begin with.
const (
	addressed = `{"title":"old","emails":[{"value":"w@x.example","type":"work","primary":true},{"value":"h@x.example","type":"home"}]}`
	named     = `{"name":{"givenName":"Ada","familyName":"Byron"},"title":"old"}`
	employed  = `{"` + enterprise + `":{"department":"Research","costCenter":"7","manager":{"value":"m1"}}}`
)

// patchCases are about the request as a whole.
func patchCases() []Case {
	const section = "RFC 7644 §3.5.2"
	const readOnly = "what the server decides cannot be changed by asking"
	rows := []patchRow{
		{name: "a read-only attribute: id", operations: `[{"op":"replace","path":"id","value":"x"}]`, refused: "mutability", why: readOnly},
		{name: "a read-only attribute: meta", operations: `[{"op":"replace","path":"meta","value":{"resourceType":"Cat"}}]`, refused: "mutability", why: readOnly},
		{name: "a read-only attribute: meta.created", operations: `[{"op":"replace","path":"meta.created","value":"2001-01-01T00:00:00Z"}]`, refused: "mutability", why: readOnly},
		{name: "a read-only attribute: groups", operations: `[{"op":"add","path":"groups","value":[{"value":"x"}]}]`, refused: "mutability", why: readOnly},
		{name: "a read-only attribute in an extension", before: employed, operations: `[{"op":"replace","path":"` + enterprise + `:manager.displayName","value":"x"}]`, refused: "mutability", why: readOnly},
		{name: "a read-only attribute without a path", operations: `[{"op":"replace","value":{"id":"x"}}]`, refused: "mutability", strict: true, why: readOnly},
		{name: "an unknown attribute", operations: `[{"op":"replace","path":"nonsense","value":"x"}]`, refused: "invalidPath noTarget invalidValue", why: "a typing error must not pass for a change"},
		{name: "an unknown part", operations: `[{"op":"replace","path":"name.nonsense","value":"x"}]`, refused: "invalidPath noTarget invalidValue", why: "a typing error must not pass for a change"},
		{name: "an unknown attribute without a path", operations: `[{"op":"replace","value":{"nonsense":"x"}}]`, refused: "invalidPath noTarget invalidValue", strict: true, why: "a typing error must not pass for a change"},
		{name: "in the order of the request", before: named, operations: `[{"op":"replace","path":"title","value":"1"},{"op":"remove","path":"title"},{"op":"add","path":"title","value":"2"},{"op":"add","path":"nickName","value":"x"},{"op":"remove","path":"nickName"}]`,
			after: `{"title":"2","nickName":null}`, why: "each operation works on what the one before it left"},
		{name: "many operations", before: named, operations: `[` + strings.Repeat(`{"op":"replace","path":"title","value":"x"},`, 40) + `{"op":"replace","path":"title","value":"last"}]`,
			after: `{"title":"last"}`, why: "a day's changes come in one request"},
		{name: "all or nothing", before: addressed, operations: `[{"op":"replace","path":"title","value":"new"},{"op":"add","path":"emails","value":[{"value":"n@x.example"}]},{"op":"replace","path":"active","value":"perhaps"}]`,
			refused: "invalidValue", why: "half a change is neither the old nor the new"},
		{name: "all or nothing when the first fails", before: addressed, operations: `[{"op":"replace","path":"nonsense","value":1},{"op":"replace","path":"title","value":"new"}]`,
			refused: "invalidPath noTarget invalidValue", why: "half a change is neither the old nor the new"},
		{name: "all or nothing across an extension", before: employed, operations: `[{"op":"replace","path":"` + enterprise + `:department","value":"Sales"},{"op":"remove","path":"userName"}]`,
			refused: "mutability invalidValue", why: "half a change is neither the old nor the new"},
	}
	for _, path := range []string{"..", "name.", ".name", "emails[", "emails[type eq", "emails[type eq \\\"work\\\"", "emails]", "na me", "emails[type eq \\\"work\\\"].", "emails[0]", "/title"} {
		rows = append(rows, patchRow{name: "a path that cannot be read: " + strings.ReplaceAll(path, `\`, ""), before: addressed, operations: `[{"op":"replace","path":"` + path + `","value":"x"}]`,
			refused: "invalidPath invalidFilter", why: "a path that is guessed at changes something else"})
	}
	for _, filter := range []string{`type regex \"x\"`, `nonsense eq \"x\"`, `primary gt true`} {
		rows = append(rows, patchRow{name: "a path whose filter cannot be answered: " + strings.ReplaceAll(filter, `\`, ""), before: addressed,
			operations: `[{"op":"replace","path":"emails[` + filter + `].value","value":"x"}]`, refused: "invalidFilter invalidPath", why: "a filter that is guessed at changes the wrong value"})
	}
	return append(append(patchTable(section, rows), patchBodyCases(section)...), patchAnswerCases(section)...)
}

// patchBodyCases are about bodies that are no PATCH.
func patchBodyCases(section string) []Case {
	const head = `{"schemas":["` + patchMessage + `"],`
	const set = `"Operations":[{"op":"replace","path":"title","value":"new"}]`
	var cases []Case
	for _, row := range []struct{ name, body string }{
		{"without schemas", `{` + set + `}`},
		{"of other schemas", `{"schemas":["` + coreUser + `"],` + set + `}`},
		{"without Operations", `{"schemas":["` + patchMessage + `"]}`},
		{"without an operation", head + `"Operations":[]}`},
		{"of an object for Operations", head + `"Operations":{"op":"replace","path":"title","value":"new"}}`},
		{"of texts for Operations", head + `"Operations":["replace title"]}`},
		{"without op", head + `"Operations":[{"path":"title","value":"new"}]}`},
		{"of an unknown op", head + `"Operations":[{"op":"move","path":"title","value":"new"}]}`},
		{"of an op that is a number", head + `"Operations":[{"op":1,"path":"title","value":"new"}]}`},
		{"of a path that is a number", head + `"Operations":[{"op":"replace","path":1,"value":"new"}]}`},
		{"add without a value", head + `"Operations":[{"op":"add","path":"title"}]}`},
		{"add without a path, of a text", head + `"Operations":[{"op":"add","value":"new"}]}`},
		{"replace without a path, of a list", head + `"Operations":[{"op":"replace","value":["new"]}]}`},
		{"of a list", `[{"op":"replace","path":"title","value":"new"}]`},
		{"of JSON Patch", `[{"op":"replace","path":"/title","value":"new"}]`},
		{"of nothing", ``},
		{"of half a body", head + `"Operations":[{"op":"replace"`},
	} {
		cases = append(cases, Case{Section: section, Name: "a body " + row.name, Needs: []Feature{Patch}, Why: "what is no PATCH must not pass for one that had nothing to do",
			Run: func(c *Client) {
				u := c.user(`{"title":"old"}`)
				c.send("PATCH", u.path, row.body, "Content-Type", mediaType).refused(400, "invalidSyntax", "invalidValue", "invalidPath", "noTarget")
				u.get().is("$.title", "old")
			}})
	}
	return cases
}

// patchAnswerCases are about what a PATCH is answered with.
func patchAnswerCases(section string) []Case {
	return needing(Patch, in(section,
		Case{Name: "200 with the resource, or 204 with nothing", Why: "clients accept either, and nothing else",
			Run: func(c *Client) {
				u := c.user("")
				a := c.patch(u.path, `[{"op":"add","path":"title","value":"x"}]`).status(200, 204)
				if a.code == 200 {
					a.isJSON().has(`{"id":"` + u.id + `","title":"x","userName":"` + u.userName() + `"}`)
				} else if len(a.raw) > 0 {
					a.wrong("there is a body")
				}
			}},
		Case{Name: "200 if attributes are asked for", Why: "the client wants to see something",
			Run: func(c *Client) {
				u, g := c.user(`{"nickName":"Ada"}`), c.group()
				c.patch(u.path+"?attributes=title", `[{"op":"add","path":"title","value":"x"}]`).status(200).has(`{"id":"` + u.id + `","title":"x","nickName":null,"userName":null}`)
				c.patch(g.path+"?attributes=displayName", `[{"op":"add","path":"externalId","value":"x"}]`).status(200).has(`{"id":"` + g.id + `","externalId":null}`)
			}},
		Case{Name: "a resource that is not there", Why: "a provider that learns of it creates the person anew",
			Run: func(c *Client) {
				for _, path := range []string{"/Users/nobody", "/Groups/nothing"} {
					c.patch(path, `[{"op":"replace","path":"displayName","value":"x"}]`).refused(404)
				}
			}},
		Case{Name: "a change moves lastModified", Why: "who reads what changed since yesterday misses it otherwise",
			Run: func(c *Client) {
				u := c.user("")
				before := u.get().text("$.meta.lastModified")
				u.patch(`[{"op":"add","path":"title","value":"x"}]`)
				if a := u.get(); a.text("$.meta.lastModified") == before {
					a.wrong("lastModified stayed %q", before)
				}
			}},
		Case{Name: "an attribute of an extension brings its schema", Why: "the section says that schemas follows",
			Run: func(c *Client) {
				u := c.user("")
				u.patch(`[{"op":"add","path":"` + enterprise + `:employeeNumber","value":"9"}]`)
				u.get().has(`{"schemas":["` + coreUser + `","` + enterprise + `"],"` + enterprise + `":{"employeeNumber":"9"}}`)
			}},
		Case{Name: "twice is once", Why: "a client repeats a request whose answer was lost",
			Run: func(c *Client) {
				u := c.user(addressed)
				operations := `[{"op":"replace","path":"title","value":"x"},{"op":"add","path":"emails","value":[{"value":"n@x.example","type":"other"}]}]`
				u.patch(operations)
				first := u.get()
				u.patch(operations)
				u.get().is("$.emails", first.at("$.emails")).is("$.title", "x")
			}},
		Case{Name: "primary moves", Why: "the section: a new primary value demotes the old one",
			Run: func(c *Client) {
				for _, operation := range []string{
					`{"op":"add","path":"emails","value":[{"value":"n@x.example","type":"other","primary":true}]}`,
					`{"op":"replace","path":"emails[type eq \"home\"].primary","value":true}`,
					`{"op":"add","path":"emails[type eq \"home\"]","value":{"primary":true}}`,
					`{"op":"replace","path":"emails[type eq \"home\"]","value":{"value":"h@x.example","type":"home","primary":true}}`,
					`{"op":"add","value":{"emails":[{"value":"n@x.example","primary":true}]}}`,
				} {
					u := c.user(addressed)
					u.patch(`[` + operation + `]`)
					a := u.get()
					list, _ := a.at("$.emails").([]any)
					for _, email := range list {
						if shape.At(email, "$.type") == "work" && shape.At(email, "$.primary") == true {
							a.wrong("after %s the old primary value still is one", operation)
						}
					}
					if n := primaries(a, "emails"); n != 1 {
						a.wrong("after %s %d values are primary", operation, n)
					}
				}
			}},
	))
}

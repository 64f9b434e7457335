package conformance

import (
	"strconv"
	"strings"

	"birthright/scim/shape"
)

// hostileCases are about what nobody sends by accident. RFC 7644 asks in section
// 7 for care with input; each answer must be an error of the client's, quickly,
// and the server must be there afterwards.
func hostileCases() []Case {
	return append(in("RFC 7644 §7", append(append(hostileFilterCases(), hostileBodyCases()...), hostileAddressCases()...)...), duplicateCases()...)
}

// alive checks that the server still answers.
func (c *Client) alive() { c.get("/ServiceProviderConfig").status(200) }

func hostileFilterCases() []Case {
	const deep = 5000
	var cases []Case
	for _, row := range []struct{ name, filter string }{
		{"parentheses", strings.Repeat("(", deep) + `title pr` + strings.Repeat(")", deep)},
		{"parentheses that are not closed", strings.Repeat("(", deep)},
		{"negations", strings.Repeat("not (", deep) + `title pr` + strings.Repeat(")", deep)},
		{"brackets", strings.Repeat("emails[", deep)},
	} {
		cases = append(cases, Case{Name: "a filter nested " + strconv.Itoa(deep) + " deep: " + row.name, Needs: []Feature{Filter},
			Why: "a parser that recurses without a limit ends the whole program",
			Run: func(c *Client) {
				a := c.post("/Users/.search", shape.Encode(map[string]any{"schemas": []any{searchMessage}, "filter": row.filter}))
				if a.status(400, 413); a.code == 400 {
					a.refused(400, "invalidFilter", "tooMany")
				}
				c.alive()
			}})
	}
	return append(cases,
		Case{Name: "a long filter", Needs: []Feature{Filter}, Why: "providers ask for a hundred people at once; eight kilobytes are no attack",
			Run: func(c *Client) {
				m := c.casting()
				filter := `title eq "manager {u}"`
				for len(filter) < 3900 {
					filter += ` or title eq "nobody {u} ` + strconv.Itoa(len(filter)) + `"`
				}
				a := c.search("/Users", "filter", c.fill(filter))
				if a.code == 400 || a.code == 414 {
					a.refused(a.code, "tooMany", "invalidFilter")
					return
				}
				m.finds(a, "dan")
			}},
		Case{Name: "a filter of a megabyte", Needs: []Feature{Filter}, Why: "reading it costs more than refusing it",
			Run: func(c *Client) {
				filter := `title eq "x"` + strings.Repeat(` or title eq "x"`, 60000)
				a := c.post("/Users/.search", shape.Encode(map[string]any{"schemas": []any{searchMessage}, "filter": filter})).status(400, 413)
				a.isError()
				c.alive()
			}},
		Case{Name: "a value with a NUL", Needs: []Feature{Filter}, Why: "some databases end a text there, and compare the beginning only",
			Run: func(c *Client) {
				u := c.user("")
				a := c.search("/Users", "filter", `userName eq "`+u.userName()+`\u0000x"`)
				if a.code == 400 {
					a.refused(400)
				} else {
					a.status(200).is("$.totalResults", 0)
				}
				c.alive()
			}},
	)
}

func hostileBodyCases() []Case {
	var cases []Case
	for _, row := range []struct{ name, value string }{
		{"arrays nested deeply", strings.Repeat("[", 20000) + strings.Repeat("]", 20000)},
		{"objects nested deeply", strings.Repeat(`{"a":`, 20000) + "1" + strings.Repeat("}", 20000)},
		{"arrays that are not closed", strings.Repeat("[", 20000)},
	} {
		cases = append(cases, Case{Name: "a body of " + row.name, Why: "a reader that recurses without a limit ends the whole program",
			Run: func(c *Client) {
				a := c.post("/Users", `{"schemas":["`+coreUser+`"],"userName":"`+c.name("user")+`","title":`+row.value+`}`)
				c.adopt("/Users", a)
				a.status(400, 413).isError()
				c.alive()
			}})
	}
	return append(cases,
		Case{Name: "a huge user", Why: "one request must not fill the memory",
			Run: func(c *Client) {
				a := c.post("/Users", `{"schemas":["`+coreUser+`"],"userName":"`+c.name("user")+`","title":"`+strings.Repeat("x", 20<<20)+`"}`)
				c.adopt("/Users", a)
				a.status(413, 400).isError()
				c.alive()
			}},
		Case{Name: "a PATCH of very many operations", Needs: []Feature{Patch}, Why: "one request must not keep the server busy for a minute",
			Run: func(c *Client) {
				u := c.user(`{"title":"old"}`)
				a := c.patch(u.path, `[`+strings.Repeat(`{"op":"replace","path":"title","value":"x"},`, 50000)+`{"op":"replace","path":"title","value":"last"}]`)
				if a.code == 200 || a.code == 204 {
					u.get().is("$.title", "last")
				} else {
					a.status(413, 400).isError()
					u.get().is("$.title", "old")
				}
				c.alive()
			}},
		Case{Name: "very many values", Why: "a list of a hundred thousand roles is no user",
			Run: func(c *Client) {
				a := c.post("/Users", `{"schemas":["`+coreUser+`"],"userName":"`+c.name("user")+`","roles":[`+strings.Repeat(`{"value":"x"},`, 50000)+`{"value":"y"}]}`)
				c.adopt("/Users", a)
				a.status(201, 400, 413)
				c.alive()
			}},
		Case{Name: "a number that no computer holds", Why: "1e999999999 takes forever to write out",
			Run: func(c *Client) {
				a := c.post("/Users", c.userBody(`{"title":1e999999999}`))
				c.adopt("/Users", a)
				a.refused(400)
				c.alive()
			}},
		Case{Name: "a text with a NUL", Why: "some databases end a text there; then it is not the text that was sent",
			Run: func(c *Client) {
				a := c.post("/Users", c.userBody(`{"title":"before\u0000after"}`))
				u := c.adopt("/Users", a)
				if a.code == 400 {
					a.refused(400, "invalidValue", "invalidSyntax")
				} else {
					a.status(201)
					u.get().is("$.title", "before\x00after")
				}
			}},
		Case{Name: "half of a surrogate pair", Why: "it is no letter, and must not break the answer",
			Run: func(c *Client) {
				a := c.post("/Users", strings.Replace(c.userBody(`{"title":"TITLE"}`), "TITLE", `\ud800`, 1))
				u := c.adopt("/Users", a)
				if a.code == 400 {
					a.refused(400)
				} else {
					a.status(201)
					u.get().isJSON()
				}
			}},
	)
}

func hostileAddressCases() []Case {
	var cases []Case
	for _, path := range []string{"/Users/%00", "/Users/%ff", "/Users/..%2f..%2fetc", "/Users/%2e%2e/Groups", "//Users", "/Users//", "/Users/" + strings.Repeat("x", 6000)} {
		cases = append(cases, Case{Name: "the address " + shape.Brief(path)[:min(len(path), 30)], Why: "an address is data of the client's: it finds nothing, and breaks nothing",
			Run: func(c *Client) {
				a := c.get(path).status(400, 404, 414, 301, 307, 308)
				if a.code < 400 && a.header.Get("Location") == "" {
					a.wrong("a redirection to nowhere")
				}
				c.alive()
			}})
	}
	return append(cases, Case{Name: "a query that cannot be read", Why: "half a question gets a wrong answer",
		Run: func(c *Client) { c.get("/Users?filter=%zz").status(400).isError() }})
}

// duplicateCases are about objects that name something twice.
func duplicateCases() []Case {
	var cases []Case
	for _, row := range []struct{ name, body string }{
		{"an attribute twice", `{"schemas":["` + coreUser + `"],"userName":"{name}","title":"a","title":"b"}`},
		{"an attribute twice in other letters", `{"schemas":["` + coreUser + `"],"userName":"{name}","active":true,"ACTIVE":false}`},
		{"a part twice", `{"schemas":["` + coreUser + `"],"userName":"{name}","name":{"givenName":"a","givenName":"b"}}`},
	} {
		cases = append(cases, Case{Section: "RFC 7493 §2.3", Name: row.name, Why: "which of the two counts is a matter of luck, and guards that read the other one are fooled",
			Run: func(c *Client) {
				a := c.post("/Users", c.fill(row.body, "name", c.name("user")))
				c.adopt("/Users", a)
				a.refused(400, "invalidSyntax", "invalidValue")
			}})
	}
	return cases
}

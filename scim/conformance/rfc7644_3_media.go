package conformance

import "strings"

// mediaCases are about media types and encodings.
func mediaCases() []Case {
	const section = "RFC 7644 §3.8"
	var cases []Case
	for _, kind := range []string{"application/scim+json", "application/json", "application/scim+json; charset=utf-8", "application/json;charset=UTF-8", "Application/SCIM+JSON"} {
		cases = append(cases, Case{Name: "Content-Type " + kind + " is taken", Needs: []Feature{Patch}, Why: "providers send either type, with a charset or without",
			Run: func(c *Client) {
				a := c.post("/Users", c.userBody(""), "Content-Type", kind).status(201)
				u := c.adopt("/Users", a)
				c.put(u.path, c.userBody(`{"userName":"`+u.userName()+`"}`), "Content-Type", kind).status(200)
				c.patch(u.path, `[{"op":"add","path":"title","value":"x"}]`, "Content-Type", kind).status(200, 204)
			}})
	}
	for _, kind := range []string{"text/plain", "application/xml", "application/x-www-form-urlencoded", "application/json; charset=iso-8859-1", "multipart/form-data; boundary=x"} {
		cases = append(cases, Case{Name: "Content-Type " + kind + " is not", Why: "what says that it is something else is not read as JSON",
			Run: func(c *Client) {
				a := c.post("/Users", c.userBody(""), "Content-Type", kind)
				c.adopt("/Users", a)
				a.status(415, 400).isError()
			}})
	}
	for _, accept := range []string{"application/scim+json", "application/json", "*/*", "application/*", "", "text/html, application/json;q=0.5", "application/xml, */*;q=0.1"} {
		cases = append(cases, Case{Name: "Accept " + accept + " is served", Why: "clients say what they can read in their own ways",
			Run: func(c *Client) {
				c.get("/Users?count=1", "Accept", accept).status(200).isJSON()
			}})
	}
	return in(section, append(cases,
		Case{Name: "Accept text/html alone", Why: "a client that can read nothing else is told so, or gets JSON; never something else",
			Run: func(c *Client) {
				a := c.get("/Users?count=1", "Accept", "text/html").status(200, 406).isJSON()
				if a.code == 406 {
					a.isError()
				}
			}},
		Case{Name: "answers are application/scim+json", Needs: []Feature{Patch}, Why: "some clients refuse to read anything else",
			Run: func(c *Client) {
				u := c.user("")
				for _, a := range []*Answer{u.made, u.get(), c.get("/Users?count=1"), c.get("/ServiceProviderConfig"), c.get("/Users/nobody"), c.patch(u.path+"?attributes=title", `[{"op":"add","path":"title","value":"x"}]`)} {
					if kind, _, _ := strings.Cut(a.header.Get("Content-Type"), ";"); kind != mediaType {
						a.wrong("Content-Type is %q, want %s", a.header.Get("Content-Type"), mediaType)
					}
				}
			}},
		Case{Name: "bytes that are no UTF-8", Why: "a name that is half of a letter cannot be shown, found or compared",
			Run: func(c *Client) {
				a := c.post("/Users", strings.Replace(c.userBody(`{"title":"TITLE"}`), "TITLE", "\xff\xfe", 1))
				u := c.adopt("/Users", a)
				if a.code == 400 {
					a.refused(400)
					return
				}
				a.status(201)
				if raw := string(u.get().raw); strings.ToValidUTF8(raw, "") != raw {
					u.made.wrong("the answer is no UTF-8")
				}
			}},
	)...)
}

// meCases are about the alias of whoever asks.
func meCases() []Case {
	var cases []Case
	for _, method := range []string{"GET", "POST", "PUT", "PATCH", "DELETE"} {
		cases = append(cases, Case{Name: method + " /Me", Why: "not supported (501), redirected (308) or served; 404 would say that the client does not exist",
			Run: func(c *Client) {
				body := ""
				if method != "GET" && method != "DELETE" {
					body = c.userBody("")
				}
				a := c.send(method, "/Me", body).status(501, 308, 200, 201, 204)
				if a.code == 501 {
					a.refused(501)
				} else if a.header.Get("Location") == "" {
					a.wrong("no Location tells who the client is")
				}
			}})
	}
	return in("RFC 7644 §3.11", cases...)
}

// errorCases are about the form of errors.
func errorCases() []Case {
	var cases []Case
	for _, row := range []struct {
		name, method, path, body string
		status                   int
		scimType                 string
	}{
		{"a body that is no JSON", "POST", "/Users", `{`, 400, "invalidSyntax"},
		{"a value of the wrong type", "POST", "/Users", `{"schemas":["` + coreUser + `"],"userName":"e-{u}","active":"perhaps"}`, 400, "invalidValue invalidSyntax"},
		{"a filter that cannot be read", "GET", "/Users?filter=userName%20regex%20%22x%22", "", 400, "invalidFilter"},
		{"a conflict", "POST", "/Users", `{"schemas":["` + coreUser + `"],"userName":"{taken}"}`, 409, "uniqueness"},
		{"a read-only attribute", "PATCH", "{user}", patchData(`[{"op":"replace","path":"id","value":"x"}]`), 400, "mutability"},
		{"a path without a target", "PATCH", "{user}", patchData(`[{"op":"remove"}]`), 400, "noTarget"},
		{"a path that cannot be read", "PATCH", "{user}", patchData(`[{"op":"replace","path":"..","value":"x"}]`), 400, "invalidPath"},
		{"a resource that is not there", "GET", "/Users/nobody", "", 404, ""},
		{"an endpoint that is not there", "GET", "/Nothing", "", 404, ""},
		{"a method that is not there", "DELETE", "/Users", "", 405, ""},
		{"a token that is none", "GET", "/Users", "", 401, ""},
	} {
		cases = append(cases, Case{Name: "an error: " + row.name, Needs: []Feature{Filter, Patch}, Why: "clients decide by status and scimType, and show detail to people who have to repair it",
			Run: func(c *Client) {
				u := c.user("")
				header := []string{"Accept", mediaType}
				if row.status == 401 {
					header = []string{"Authorization", "Bearer nothing"}
				}
				a := c.send(row.method, c.fill(row.path, "user", u.path), c.fill(row.body, "taken", u.userName()), header...)
				a.refused(row.status, strings.Fields(row.scimType)...)
				if status, ok := a.at("$.status").(string); !ok {
					a.wrong("status is %q, want a text", status)
				}
				if row.scimType == "" {
					a.is("$.scimType", nil)
				}
				for _, leak := range []string{"panic", "goroutine", "SELECT ", ".go:"} {
					if strings.Contains(string(a.raw), leak) {
						a.wrong("the answer tells of the inside: %q", leak)
					}
				}
			}})
	}
	return in("RFC 7644 §3.12", cases...)
}

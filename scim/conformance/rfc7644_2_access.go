package conformance

import (
	"net/http"
	"strings"
)

// authenticationCases are about clients that may not come in.
func authenticationCases() []Case {
	var cases []Case
	for _, row := range []struct{ name, header string }{
		{"no token", ""}, {"an unknown token", "Bearer 0123456789abcdef"}, {"an empty token", "Bearer "},
		{"another scheme", "Basic YWRhOnNlY3JldA=="}, {"no scheme", "0123456789abcdef"},
	} {
		cases = append(cases, Case{Name: row.name, Why: "whoever gets in without a token owns the directory; whoever is kept out must learn how to come in",
			Run: func(c *Client) {
				u := c.user("")
				for _, request := range []struct{ method, path, body string }{
					{"GET", "/Users", ""}, {"GET", u.path, ""}, {"POST", "/Users", c.userBody("")}, {"PUT", u.path, c.userBody("")},
					{"PATCH", u.path, `{}`}, {"DELETE", u.path, ""}, {"GET", "/Groups", ""}, {"POST", "/Users/.search", `{}`}, {"POST", "/Bulk", `{}`},
				} {
					a := c.send(request.method, request.path, request.body, "Authorization", row.header)
					if request.method == "POST" && request.path == "/Users" {
						c.adopt("/Users", a)
					}
					a.refused(401)
					if challenge := a.header.Get("WWW-Authenticate"); !strings.HasPrefix(challenge, "Bearer") {
						a.wrong("WWW-Authenticate is %q, want a challenge for Bearer", challenge)
					}
				}
				u.get()
			}})
	}
	return in("RFC 7644 §2", cases...)
}

// methodCases are about endpoints and the methods that they answer.
func methodCases() []Case {
	var cases []Case
	for _, row := range []struct{ path, methods, allow string }{
		{"/Users", "PUT PATCH DELETE", "GET POST"},
		{"/Groups", "PUT PATCH DELETE", "GET POST"},
		{"/Users/{id}", "POST", "GET PUT PATCH DELETE"},
		{"/Groups/{id}", "POST", "GET PUT PATCH DELETE"},
		{"/Users/.search", "GET PUT PATCH DELETE", "POST"},
		{"/Groups/.search", "GET PUT PATCH DELETE", "POST"},
		{"/.search", "GET PUT PATCH DELETE", "POST"},
		{"/Bulk", "GET PUT PATCH DELETE", "POST"},
		{"/ServiceProviderConfig", "POST PUT PATCH DELETE", "GET"},
		{"/ResourceTypes", "POST PUT PATCH DELETE", "GET"},
		{"/ResourceTypes/User", "POST PUT PATCH DELETE", "GET"},
		{"/Schemas", "POST PUT PATCH DELETE", "GET"},
		{"/Schemas/" + coreUser, "POST PUT PATCH DELETE", "GET"},
	} {
		cases = append(cases, Case{Name: "methods that " + row.path + " does not have",
			Why: "404 here makes a client believe that the resource is gone, and recreate it; Allow says what would work",
			Run: func(c *Client) {
				path := row.path
				switch path {
				case "/Users/{id}":
					path = c.user("").path
				case "/Groups/{id}":
					path = c.group().path
				}
				for method := range strings.FieldsSeq(row.methods) {
					a := c.send(method, path, `{}`).refused(405)
					for allowed := range strings.FieldsSeq(row.allow) {
						if !strings.Contains(a.header.Get("Allow"), allowed) {
							a.wrong("Allow is %q, and %s is missing", a.header.Get("Allow"), allowed)
						}
					}
				}
			}})
	}
	for _, path := range []string{"/Nothing", "/Users/x/y", "/users", "/Schema", "/Bulk/x", "/ServiceProviderConfig/x", "/Me/x/y", "/Groups/x/members"} {
		cases = append(cases, Case{Name: "there is no " + path, Why: "an endpoint that answers although it does not exist hides a typing error",
			Run: func(c *Client) { c.get(path).refused(404) }})
	}
	return in("RFC 7644 §3.2", append(cases, headCases()...)...)
}

func headCases() []Case {
	return []Case{
		{Name: "HEAD is GET without the body", Why: "monitors and proxies ask with it",
			Run: func(c *Client) {
				u := c.user("")
				for _, path := range []string{u.path, "/Users?count=1", "/ServiceProviderConfig"} {
					if a := c.send(http.MethodHead, path, "").status(200); len(a.raw) > 0 {
						a.wrong("there is a body")
					}
				}
			}},
		{Name: "HEAD of what is not there", Why: "monitors and proxies ask with it",
			Run: func(c *Client) { c.send(http.MethodHead, "/Users/nobody", "").status(404) }},
		{Name: "a slash at the end", Why: "base addresses are typed with and without one",
			Run: func(c *Client) {
				u := c.user("")
				if a := c.get(u.path + "/"); a.code == 404 {
					a.refused(404)
				} else {
					a.status(200).is("$.id", u.id)
				}
			}},
	}
}

package conformance

import (
	"fmt"
	"strings"

	"birthright/scim/shape"
)

const (
	bulkRequest  = "urn:ietf:params:scim:api:messages:2.0:BulkRequest"
	bulkResponse = "urn:ietf:params:scim:api:messages:2.0:BulkResponse"
)

// bulk sends operations, the JSON of an array.
func (c *Client) bulk(operations string, more ...string) *Answer {
	return c.post("/Bulk", `{"schemas":["`+bulkRequest+`"],`+strings.Join(more, "")+`"Operations":`+operations+`}`)
}

// done checks the form of a bulk answer and the status of each operation, and
// sees that what was made is deleted. 0 means any error.
func (a *Answer) done(codes ...int) *Answer {
	a.status(200).isJSON().has(`{"schemas":["` + bulkResponse + `"]}`)
	results, _ := a.at("$.Operations").([]any)
	for _, r := range results {
		a.c.adoptResult(r)
	}
	if len(results) != len(codes) {
		a.c.fatal("%d results, want %d\n  %s", len(results), len(codes), a)
	}
	for i, code := range codes {
		at := fmt.Sprintf("$.Operations[%d]", i)
		status := a.text(at + ".status")
		failed := strings.HasPrefix(status, "4") || strings.HasPrefix(status, "5")
		if code == 0 && !failed || code != 0 && status != fmt.Sprint(code) {
			a.c.fatal("operation %d has status %s, want \"%d\"\n  %s", i, shape.Encode(a.at(at+".status")), code, a)
		}
		if failed {
			if complaints := shape.Differences(map[string]any{"schemas": []any{errorMessage}, "status": status}, a.at(at+".response"), at+".response"); len(complaints) > 0 {
				a.wrong("a failed operation without its error: %s", strings.Join(complaints, "; "))
			}
		}
	}
	return a
}

// adoptResult sees that what a bulk operation made is deleted.
func (c *Client) adoptResult(result any) {
	location, _ := shape.At(result, "$.location").(string)
	path, ok := strings.CutPrefix(location, c.suite.server.Base)
	if ok && shape.At(result, "$.method") == "POST" {
		c.made = append(c.made, path)
	}
}

// created returns the resource that an operation made.
func (a *Answer) created(i int) *resource {
	location := a.text(fmt.Sprintf("$.Operations[%d].location", i))
	path, ok := strings.CutPrefix(location, a.c.suite.server.Base)
	if !ok {
		a.c.fatal("operation %d has the location %q, want one under %s\n  %s", i, location, a.c.suite.server.Base, a)
	}
	return &resource{c: a.c, path: path, id: path[strings.LastIndex(path, "/")+1:], made: a}
}

// operation writes one operation.
func operation(method, path, bulkID, data string) string {
	out := `{"method":"` + method + `","path":"` + path + `"`
	if bulkID != "" {
		out += `,"bulkId":"` + bulkID + `"`
	}
	if data != "" {
		out += `,"data":` + data
	}
	return out + `}`
}

// patchData is the data of a PATCH operation.
func patchData(operations string) string {
	return `{"schemas":["` + patchMessage + `"],"Operations":` + operations + `}`
}

// bulkCases are about bulk requests that succeed.
func bulkCases() []Case {
	return needing(Bulk, in("RFC 7644 §3.7",
		Case{Name: "one of each method", Why: "a migration sends everything in one request",
			Run: func(c *Client) {
				put, patched, gone := c.user(`{"title":"old"}`), c.user(`{"title":"old"}`), c.user("")
				a := c.bulk(`[` + strings.Join([]string{
					operation("POST", "/Users", "q", c.userBody(`{"title":"new"}`)),
					operation("PUT", put.path, "", c.userBody(`{"userName":"`+put.userName()+`","title":"put"}`)),
					operation("PATCH", patched.path, "", patchData(`[{"op":"replace","path":"title","value":"patched"}]`)),
					operation("DELETE", gone.path, "", ""),
				}, ",") + `]`)
				if strings.Contains(string(a.raw), `"status":"204"`) && a.text("$.Operations[2].status") == "204" {
					a.done(201, 200, 204, 204)
				} else {
					a.done(201, 200, 200, 204)
				}
				a.created(0).get().is("$.title", "new")
				put.get().is("$.title", "put")
				patched.get().is("$.title", "patched")
				c.get(gone.path).refused(404)
				for i, method := range []string{"POST", "PUT", "PATCH", "DELETE"} {
					a.is(fmt.Sprintf("$.Operations[%d].method", i), method)
				}
			}},
		Case{Name: "bulkId comes back", Why: "the client finds its new resources by it",
			Run: func(c *Client) {
				c.bulk(`[`+operation("POST", "/Users", "first", c.userBody(""))+`,`+operation("POST", "/Users", "second", c.userBody(""))+`]`).
					done(201, 201).is("$.Operations[0].bulkId", "first").is("$.Operations[1].bulkId", "second")
			}},
		Case{Name: "locations lead to the resources", Why: "they are the only way to learn an id",
			Run: func(c *Client) {
				u := c.user("")
				a := c.bulk(`[`+operation("POST", "/Groups", "g", c.groupBody(u.id))+`,`+operation("PUT", u.path, "", c.userBody(`{"userName":"`+u.userName()+`"}`))+`]`).done(201, 200)
				a.created(0).hasMembers(u.id)
				a.is("$.Operations[1].location", c.suite.server.Base+u.path)
			}},
		Case{Name: "one after the other", Why: "a later operation sees what an earlier one did",
			Run: func(c *Client) {
				u, name := c.user(""), c.name("user")
				a := c.bulk(`[` + operation("DELETE", u.path, "", "") + `,` + operation("POST", "/Users", "again", c.userBody(`{"userName":"`+u.userName()+`"}`)) +
					`,` + operation("POST", "/Users", "x", c.userBody(`{"userName":"`+name+`"}`)) + `,` + operation("POST", "/Users", "y", c.userBody(`{"userName":"`+name+`"}`)) + `]`)
				a.done(204, 201, 201, 409).is("$.Operations[3].response.scimType", "uniqueness")
			}},
		Case{Name: "many operations", Why: "a bulk request that holds a handful is none",
			Run: func(c *Client) {
				var operations []string
				codes := make([]int, 100)
				for i := range codes {
					operations, codes[i] = append(operations, operation("POST", "/Users", fmt.Sprintf("b%d", i), c.userBody(""))), 201
				}
				c.bulk(`[` + strings.Join(operations, ",") + `]`).done(codes...)
			}},
		Case{Name: "a resource's version", Needs: []Feature{ETag}, Why: "the next conditional request needs it",
			Run: func(c *Client) {
				a := c.bulk(`[` + operation("POST", "/Users", "q", c.userBody("")) + `]`).done(201)
				if version := a.text("$.Operations[0].version"); version == "" || version != a.created(0).get().text("$.meta.version") {
					a.wrong("version is %q, want that of the resource", version)
				}
			}},
		Case{Name: "an operation for a version that is gone", Needs: []Feature{ETag}, Why: "somebody else changed the resource in between",
			Run: func(c *Client) {
				u := c.user(`{"title":"old"}`)
				stale := u.get().text("$.meta.version")
				u.put(`{"title":"changed"}`).status(200)
				conditional := func(method, version, data string) string {
					return strings.Replace(operation(method, u.path, "", data), `{`, `{"version":`+shape.Encode(version)+`,`, 1)
				}
				c.bulk(`[`+conditional("PATCH", stale, patchData(`[{"op":"replace","path":"title","value":"x"}]`))+`,`+conditional("DELETE", stale, "")+`]`).done(412, 412)
				u.get().is("$.title", "changed")
				c.bulk(`[` + conditional("PUT", u.get().text("$.meta.version"), c.userBody(`{"userName":"`+u.userName()+`","title":"put"}`)) + `]`).done(200)
				u.get().is("$.title", "put")
			}},
	))
}

// bulkIDCases are about references to what has no id yet.
func bulkIDCases() []Case {
	const section = "RFC 7644 §3.7.2"
	return needing(Bulk, append(in(section,
		Case{Name: "a member made in the same request", Why: "groups and people come together",
			Run: func(c *Client) {
				a := c.bulk(`[`+operation("POST", "/Users", "u", c.userBody(""))+`,`+operation("POST", "/Groups", "g", c.groupBody("bulkId:u"))+`]`).done(201, 201)
				a.created(1).hasMembers(a.created(0).id)
			}},
		Case{Name: "a member made later in the request", Why: "the order of operations is the client's",
			Run: func(c *Client) {
				a := c.bulk(`[`+operation("POST", "/Groups", "g", c.groupBody("bulkId:u"))+`,`+operation("POST", "/Users", "u", c.userBody(""))+`]`).done(201, 201)
				a.created(0).hasMembers(a.created(1).id)
			}},
		Case{Name: "a reference in an extension", Why: "a manager may be as new as his staff",
			Run: func(c *Client) {
				a := c.bulk(`[`+operation("POST", "/Users", "boss", c.userBody(""))+`,`+
					operation("POST", "/Users", "staff", c.userBody(`{"`+enterprise+`":{"manager":{"value":"bulkId:boss"}}}`))+`]`).done(201, 201)
				a.created(1).get().is("$['"+enterprise+"'].manager.value", a.created(0).id)
			}},
		Case{Name: "a reference in the operations of a PATCH", Needs: []Feature{Patch}, Why: "a new person joins a group that is there",
			Run: func(c *Client) {
				g := c.group()
				a := c.bulk(`[` + operation("POST", "/Users", "u", c.userBody("")) + `,` +
					operation("PATCH", g.path, "", patchData(`[{"op":"add","path":"members","value":[{"value":"bulkId:u"}]}]`)) + `]`).status(200)
				for _, r := range a.at("$.Operations").([]any) {
					c.adoptResult(r)
				}
				g.hasMembers(a.created(0).id)
			}},
		Case{Name: "a reference in the path", Needs: []Feature{Patch}, Why: "a resource is made and completed in one request",
			Run: func(c *Client) {
				a := c.bulk(`[` + operation("POST", "/Users", "u", c.userBody("")) + `,` +
					operation("PATCH", "/Users/bulkId:u", "", patchData(`[{"op":"add","path":"title","value":"x"}]`)) + `]`).status(200)
				c.adoptResult(a.at("$.Operations[0]"))
				a.created(0).get().is("$.title", "x")
			}},
		Case{Name: "a reference to nothing", Why: "a group with a member called bulkId:nobody is worse than none",
			Run: func(c *Client) {
				c.bulk(`[` + operation("POST", "/Groups", "g", c.groupBody("bulkId:nobody")) + `]`).done(0)
			}},
		Case{Name: "a reference to what failed", Why: "what depends on a failure fails, and nothing else",
			Run: func(c *Client) {
				u := c.user("")
				a := c.bulk(`[` + operation("POST", "/Users", "u", c.userBody(`{"userName":"`+u.userName()+`"}`)) + `,` +
					operation("POST", "/Groups", "g", c.groupBody("bulkId:u")) + `,` + operation("POST", "/Users", "v", c.userBody("")) + `]`)
				a.done(409, 0, 201)
			}},
	), in("RFC 7644 §3.7.1", Case{Name: "two groups in each other", Why: "the server must try, and may give up with 409",
		Run: func(c *Client) {
			a := c.bulk(`[` + operation("POST", "/Groups", "a", c.groupBody("bulkId:b")) + `,` + operation("POST", "/Groups", "b", c.groupBody("bulkId:a")) + `]`)
			if a.code == 409 {
				a.refused(409)
				return
			}
			a.done(201, 201)
			a.created(0).hasMembers(a.created(1).id)
			a.created(1).hasMembers(a.created(0).id)
		}},
		Case{Name: "a manager and a deputy of each other", Why: "references of users go round, too",
			Run: func(c *Client) {
				with := func(other string) string {
					return c.userBody(`{"` + enterprise + `":{"manager":{"value":"bulkId:` + other + `"}}}`)
				}
				a := c.bulk(`[` + operation("POST", "/Users", "a", with("b")) + `,` + operation("POST", "/Users", "b", with("a")) + `]`)
				if a.code == 409 {
					a.refused(409)
					return
				}
				a.done(201, 201)
				a.created(0).get().is("$['"+enterprise+"'].manager.value", a.created(1).id)
				a.created(1).get().is("$['"+enterprise+"'].manager.value", a.created(0).id)
			}})...))
}

package conformance

import (
	"encoding/json"
	"slices"
	"strings"
)

// bulkErrorCases are about bulk requests that fail, in part or whole.
func bulkErrorCases() []Case {
	return needing(Bulk, append(append(bulkPartCases(), bulkWholeCases()...), bulkLimitCases()...))
}

func bulkPartCases() []Case {
	const section = "RFC 7644 §3.7.3"
	var cases []Case
	for _, row := range []struct {
		name, operation string
		codes           []string // one of them
	}{
		{"of a wrong value", operation("POST", "/Users", "x", `{"schemas":["`+coreUser+`"],"userName":"x-{u}","active":"perhaps"}`), []string{"400"}},
		{"without a userName", operation("POST", "/Users", "x", `{"schemas":["`+coreUser+`"]}`), []string{"400"}},
		{"without data", operation("POST", "/Users", "x", ``), []string{"400"}},
		{"without bulkId", operation("POST", "/Users", "", `{"schemas":["`+coreUser+`"],"userName":"x-{u}"}`), []string{"400"}},
		{"of an unknown method", operation("GET", "/Users", "x", ``), []string{"400", "405", "501"}},
		{"without a method", `{"path":"/Users","bulkId":"x","data":{}}`, []string{"400"}},
		{"without a path", `{"method":"POST","bulkId":"x","data":{}}`, []string{"400", "404"}},
		{"on an unknown endpoint", operation("POST", "/Spaceships", "x", `{"schemas":["`+coreUser+`"],"userName":"x-{u}"}`), []string{"400", "404"}},
		{"on a resource that is not there", operation("PATCH", "/Users/nobody", "", patchData(`[{"op":"add","path":"title","value":"x"}]`)), []string{"404"}},
		{"of a DELETE of what is not there", operation("DELETE", "/Users/nobody", "", ``), []string{"404"}},
		{"of a POST to a resource", operation("POST", "/Users/nobody", "x", `{"schemas":["`+coreUser+`"],"userName":"x-{u}"}`), []string{"400", "404", "405"}},
		{"of a bad PATCH", operation("PATCH", "{user}", "", patchData(`[{"op":"replace","path":"id","value":"x"}]`)), []string{"400"}},
	} {
		cases = append(cases, Case{Name: "an operation " + row.name + " fails alone", Why: "one bad row of a migration must not stop the rest",
			Run: func(c *Client) {
				u := c.user("")
				a := c.bulk(`[` + operation("POST", "/Users", "a", c.userBody("")) + `,` + c.fill(row.operation, "user", u.path) + `,` + operation("POST", "/Users", "b", c.userBody("")) + `]`)
				a.done(201, 0, 201)
				if got := a.text("$.Operations[1].status"); !slices.Contains(row.codes, got) {
					a.wrong("the operation has status %q, want %s", got, either(row.codes))
				}
				if strings.Contains(row.operation, `"method":"POST"`) {
					a.is("$.Operations[1].location", nil)
				}
				a.created(0).get()
				a.created(2).get()
			}})
	}
	return append(in(section, cases...), in(section,
		Case{Name: "failOnErrors 1 stops at the first error", Why: "the client said that it wants to know",
			Run: func(c *Client) {
				u, name := c.user(""), c.name("user")
				a := c.bulk(`[`+operation("POST", "/Users", "a", c.userBody(""))+`,`+operation("POST", "/Users", "b", c.userBody(`{"userName":"`+u.userName()+`"}`))+`,`+
					operation("POST", "/Users", "c", c.userBody(`{"userName":"`+name+`"}`))+`]`, `"failOnErrors":1,`)
				a.done(201, 409)
				c.search("/Users", "filter", `userName eq "`+name+`"`).status(200).is("$.totalResults", 0)
			}},
		Case{Name: "failOnErrors 2 stops at the second error", Why: "the number is the client's",
			Run: func(c *Client) {
				taken := c.userBody(`{"userName":"` + c.user("").userName() + `"}`)
				a := c.bulk(`[`+operation("POST", "/Users", "a", taken)+`,`+operation("POST", "/Users", "b", c.userBody(""))+`,`+operation("POST", "/Users", "c", taken)+`,`+
					operation("POST", "/Users", "d", c.userBody(""))+`]`, `"failOnErrors":2,`)
				a.done(409, 201, 409)
			}},
	)...)
}

func bulkWholeCases() []Case {
	var cases []Case
	for _, row := range []struct{ name, body string }{
		{"without schemas", `{"Operations":[{"method":"DELETE","path":"/Users/x"}]}`},
		{"of other schemas", `{"schemas":["` + patchMessage + `"],"Operations":[{"method":"DELETE","path":"/Users/x"}]}`},
		{"without Operations", `{"schemas":["` + bulkRequest + `"]}`},
		{"of a text for Operations", `{"schemas":["` + bulkRequest + `"],"Operations":"all"}`},
		{"of a failOnErrors that is no number", `{"schemas":["` + bulkRequest + `"],"failOnErrors":"one","Operations":[{"method":"DELETE","path":"/Users/x"}]}`},
		{"of nothing", ``},
	} {
		cases = append(cases, Case{Name: "a body " + row.name, Why: "what is no bulk request must not pass for one that had nothing to do",
			Run: func(c *Client) {
				c.post("/Bulk", row.body, "Content-Type", mediaType).refused(400, "invalidSyntax", "invalidValue")
			}})
	}
	return in("RFC 7644 §3.7", cases...)
}

func bulkLimitCases() []Case {
	limit := func(c *Client, name string) int {
		n, _ := c.get("/ServiceProviderConfig").status(200).at("$.bulk." + name).(json.Number)
		most, err := n.Int64()
		if err != nil || most < 1 {
			c.fatal("bulk.%s is %q, want a number", name, n)
		}
		return int(most)
	}
	return in("RFC 7644 §3.7.4",
		Case{Name: "more operations than allowed", Why: "a request that is cut off loses what it could not hold, and says nothing",
			Run: func(c *Client) {
				name := c.name("user")
				operations := operation("POST", "/Users", "a", c.userBody(`{"userName":"`+name+`"}`)) + strings.Repeat(`,`+operation("DELETE", "/Users/x", "", ""), limit(c, "maxOperations"))
				c.bulk(`[` + operations + `]`).refused(413)
				c.search("/Users", "filter", `userName eq "`+name+`"`).status(200).is("$.totalResults", 0)
			}},
		Case{Name: "a body larger than allowed", Why: "a request that is cut off loses what it could not hold, and says nothing",
			Run: func(c *Client) {
				name := c.name("user")
				data := `{"schemas":["` + coreUser + `"],"userName":"` + name + `","title":"` + strings.Repeat("x", limit(c, "maxPayloadSize")) + `"}`
				c.bulk(`[` + operation("POST", "/Users", "a", data) + `]`).refused(413)
				c.search("/Users", "filter", `userName eq "`+name+`"`).status(200).is("$.totalResults", 0)
			}},
	)
}

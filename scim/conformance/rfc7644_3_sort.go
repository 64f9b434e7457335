package conformance

import "strings"

// sortCases are about the order of lists.
func sortCases() []Case {
	const (
		order  = "a client that pages through a wrong order misses people"
		absent = "who has no value is last when ascending and first when descending"
	)
	var cases []Case
	for _, row := range []struct{ name, by, order, want, why string }{
		{"ascending", "userName", "ascending", "ada bob cyd dan", order},
		{"descending", "userName", "descending", "dan cyd bob ada", order},
		{"ascending by default", "userName", "", "ada bob cyd dan", order},
		{"the attribute in other letters", "USERNAME", "descending", "dan cyd bob ada", "names have no letter case"},
		{"a qualified attribute", coreUser + ":userName", "descending", "dan cyd bob ada", "names may be qualified"},
		{"letter case of values", "userName", "ascending", "ada bob cyd dan", "Ada is before bob, though capitals come first in ASCII"},
		{"case-exact values", "externalId", "ascending", "ada dan bob cyd", "externalId is case exact: capitals come before small letters"},
		{"part of a complex value", "name.familyName", "ascending", "bob ada cyd dan", absent},
		{"part of a complex value, descending", "name.familyName", "descending", "dan cyd ada bob", absent},
		{"missing values, ascending", "nickName", "ascending", "ada ...", absent},
		{"missing values, descending", "nickName", "descending", "... ada", absent},
		{"primary value of a list", "emails", "ascending", "ada bob dan cyd", "dan's primary address is not his first one"},
		{"value of a list", "emails.value", "descending", "cyd dan bob ada", "dan's primary address is not his first one"},
		{"extension", enterprise + ":employeeNumber", "ascending", "bob cyd ...", absent},
		{"time", "meta.created", "descending", "dan cyd bob ada", "the newest first is what people look at"},
	} {
		cases = append(cases, Case{Name: "by " + row.by[strings.LastIndex(row.by, ":")+1:] + ": " + row.name, Why: row.why, Run: func(c *Client) {
			m := c.casting()
			parameters := []string{"filter", c.fill(everyone), "sortBy", row.by}
			if row.order != "" {
				parameters = append(parameters, "sortOrder", row.order)
			}
			m.orders(c.search("/Users", parameters...), strings.Fields(row.want)...)
		}})
	}
	return needing(Sort, needing(Filter, in("RFC 7644 §3.4.2.3", append(cases, sortMannerCases()...)...)))
}

func sortMannerCases() []Case {
	return []Case{
		{Name: "groups", Why: "an administrator looks for a group in the order of names",
			Run: func(c *Client) {
				m := c.casting()
				m.orders(c.search("/Groups", "filter", c.fill(everyone), "sortBy", "displayName", "sortOrder", "descending"), "idle", "fleet", "crew")
			}},
		{Name: "pages of a sorted list", Why: "sorting within each page is not sorting",
			Run: func(c *Client) {
				m := c.casting()
				var got []string
				for _, start := range []string{"1", "3"} {
					got = append(got, m.who(c.search("/Users", "filter", c.fill(everyone), "sortBy", "userName", "sortOrder", "descending", "startIndex", start, "count", "2").status(200))...)
				}
				if strings.Join(got, " ") != "dan cyd bob ada" {
					c.fail("two pages by userName, descending: %v", got)
				}
			}},
		{Name: "by a POST", Why: "section 3.4.3 has the same parameters",
			Run: func(c *Client) {
				m := c.casting()
				m.orders(c.post("/Users/.search", c.fill(`{"schemas":["`+searchMessage+`"],"filter":"externalId sw \"{u}-\"","sortBy":"userName","sortOrder":"descending"}`)),
					"dan", "cyd", "bob", "ada")
			}},
		{Name: "sortOrder alone", Why: "it says nothing without sortBy, and must not stop a client",
			Run: func(c *Client) {
				m := c.casting()
				m.finds(c.search("/Users", "filter", c.fill(everyone), "sortOrder", "descending"), "ada", "bob", "cyd", "dan")
			}},
		{Name: "an unknown order", Why: "a typing error gives an error, or the default; not another order",
			Run: func(c *Client) {
				m := c.casting()
				a := c.search("/Users", "filter", c.fill(everyone), "sortBy", "userName", "sortOrder", "downwards")
				if a.code == 400 {
					a.refused(400)
					return
				}
				m.orders(a, "ada", "bob", "cyd", "dan")
			}},
		{Name: "an unknown attribute", Why: "a typing error gives an error or everybody, and never fewer",
			Run: func(c *Client) {
				m := c.casting()
				a := c.search("/Users", "filter", c.fill(everyone), "sortBy", "nonsense")
				if a.code == 400 {
					a.refused(400)
					return
				}
				m.finds(a, "ada", "bob", "cyd", "dan")
			}},
		{Name: "over all types", Needs: []Feature{Root}, Why: "displayName is what users and groups have in common",
			Run: func(c *Client) {
				m := c.casting()
				m.orders(c.search("/", "filter", c.fill(`displayName eq "Bob {u}" or displayName eq "Idle {u}" or displayName eq "Ada {u}" or displayName eq "fleet {u}"`),
					"sortBy", "displayName"), "ada", "bob", "fleet", "idle")
			}},
	}
}

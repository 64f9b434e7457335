package conformance

import (
	"slices"
	"strconv"
)

// walkIndex reads the cast page by page and checks that each comes once.
func walkIndex(c *Client, m *cast, endpoint string, count int, want ...string) {
	var got []string
	for start := 1; start <= len(want); start += count {
		a := c.search(endpoint, "filter", c.fill(everyone), "startIndex", strconv.Itoa(start), "count", strconv.Itoa(count)).status(200)
		page := min(count, len(want)-start+1)
		a.is("$.totalResults", len(want)).is("$.startIndex", start).is("$.itemsPerPage", page)
		if len(a.resources()) != page {
			c.fatal("%d resources on a page of %d\n  %s", len(a.resources()), page, a)
		}
		got = append(got, m.who(a)...)
	}
	slices.Sort(got)
	if !slices.Equal(got, slices.Sorted(slices.Values(want))) {
		c.fail("the pages of %s together have %v, want each of %v once", endpoint, got, want)
	}
}

// pageCases are about pages by index.
func pageCases() []Case {
	var cases []Case
	for _, row := range []struct {
		name, start, count string
		shown, first       int
		why                string
	}{
		{"count", "", "2", 2, 1, "a client asks for what it can hold"},
		{"startIndex", "3", "", 2, 3, "the second page begins where the first one ended"},
		{"both", "2", "2", 2, 2, "pages need not begin at a multiple of their size"},
		{"count of nothing", "", "0", 0, 1, "this is how a client counts"},
		{"a negative count is nothing", "", "-5", 0, 1, "the section says so"},
		{"startIndex of nothing is the first", "0", "2", 2, 1, "the section says so; some clients count from 0"},
		{"a negative startIndex is the first", "-1", "2", 2, 1, "the section says so"},
		{"beyond the end", "50", "2", 0, 50, "people leave while a client reads; the last page may be gone"},
		{"more than there are", "1", "1000", 4, 1, "the last page is shorter"},
		{"the largest number", "9223372036854775807", "2", 0, -1, "a sum that overflows finds everybody, or ends the server"},
	} {
		cases = append(cases, Case{Name: row.name, Why: row.why, Run: func(c *Client) {
			m := c.casting()
			parameters := []string{"filter", c.fill(everyone)}
			if row.start != "" {
				parameters = append(parameters, "startIndex", row.start)
			}
			if row.count != "" {
				parameters = append(parameters, "count", row.count)
			}
			a := c.search("/Users", parameters...).status(200).is("$.totalResults", 4)
			if got := m.who(a); len(got) != row.shown {
				a.wrong("%d resources, want %d", len(got), row.shown)
			}
			a.is("$.itemsPerPage", row.shown)
			if row.first > 0 && row.shown > 0 {
				a.is("$.startIndex", row.first)
			}
		}})
	}
	for _, row := range []struct{ parameter, value string }{
		{"count", "many"}, {"startIndex", "first"}, {"count", "1.5"}, {"startIndex", "99999999999999999999999"}, {"count", "1;DROP"},
	} {
		cases = append(cases, Case{Name: row.parameter + " " + row.value + " is no number", Why: "half a question gets a wrong answer",
			Run: func(c *Client) {
				c.search("/Users", "filter", c.fill(everyone), row.parameter, row.value).refused(400, "invalidValue", "invalidSyntax", "invalidCount")
			}})
	}
	return needing(Filter, in("RFC 7644 §3.4.2.4", append(cases, pageWalkCases()...)...))
}

func pageWalkCases() []Case {
	const why = "an import that misses a person takes away what the person has"
	return []Case{
		{Name: "pages of one", Why: why, Run: func(c *Client) { walkIndex(c, c.casting(), "/Users", 1, "ada", "bob", "cyd", "dan") }},
		{Name: "pages of three", Why: why, Run: func(c *Client) { walkIndex(c, c.casting(), "/Users", 3, "ada", "bob", "cyd", "dan") }},
		{Name: "pages of groups", Why: why, Run: func(c *Client) { walkIndex(c, c.casting(), "/Groups", 2, "crew", "fleet", "idle") }},
		{Name: "the same order every time", Why: "pages of a list that is shuffled between them miss people",
			Run: func(c *Client) {
				m := c.casting()
				first := m.who(c.search("/Users", "filter", c.fill(everyone)).status(200))
				for range 3 {
					m.orders(c.search("/Users", "filter", c.fill(everyone)), first...)
				}
			}},
		{Name: "a person who leaves between two pages", Why: "nobody else may be skipped for good: the next import sees everybody",
			Run: func(c *Client) {
				tag := c.name("page")
				var users []*resource
				for range 4 {
					users = append(users, c.user(`{"externalId":"`+tag+`"}`))
				}
				filter := `externalId eq "` + tag + `"`
				c.search("/Users", "filter", filter, "startIndex", "1", "count", "2").status(200).is("$.totalResults", 4)
				c.remove(users[0].path).status(204)
				a := c.search("/Users", "filter", filter, "startIndex", "1", "count", "4").status(200).is("$.totalResults", 3)
				if len(a.resources()) != 3 {
					a.wrong("%d resources, want the 3 who are left", len(a.resources()))
				}
			}},
	}
}

package conformance

import (
	"slices"
	"strings"

	"birthright/scim/shape"
)

// walkCursor reads the cast page by page with cursors and returns the pages.
func walkCursor(c *Client, m *cast, endpoint string, parameters ...string) (pages []*Answer, names []string) {
	cursor := ""
	for range 20 {
		a := c.search(endpoint, append(slices.Clone(parameters), "filter", c.fill(everyone), "cursor", cursor)...).status(200)
		a.has(`{"schemas":["`+listMessage+`"]}`).is("$.itemsPerPage", len(a.resources()))
		pages, names = append(pages, a), append(names, m.who(a)...)
		if cursor = a.text("$.nextCursor"); cursor == "" {
			return pages, names
		}
	}
	c.fatal("after 20 pages there still is a nextCursor\n  %s", pages[len(pages)-1])
	return nil, nil
}

// cursorCases are about pages by cursor.
func cursorCases() []Case {
	const why = "a client that pages through a moving list by numbers misses people; by cursors it does not"
	walk := func(name, endpoint, count string, pages int, want ...string) Case {
		return Case{Name: name, Why: why, Run: func(c *Client) {
			got, names := walkCursor(c, c.casting(), endpoint, "count", count)
			slices.Sort(names)
			if slices.Sort(want); !slices.Equal(names, want) || len(got) != pages {
				c.fail("%d pages of %s together have %v, want %d pages with each of %v once", len(got), endpoint, names, pages, want)
			}
		}}
	}
	return needing(Cursor, needing(Filter, append(in("RFC 9865 §2",
		walk("pages of one", "/Users", "1", 4, "ada", "bob", "cyd", "dan"),
		walk("pages of three", "/Users", "3", 2, "ada", "bob", "cyd", "dan"),
		walk("a page that ends with the list", "/Users", "2", 2, "ada", "bob", "cyd", "dan"),
		walk("one page of everybody", "/Users", "100", 1, "ada", "bob", "cyd", "dan"),
		walk("pages of groups", "/Groups", "2", 2, "crew", "fleet", "idle"),
	), append(append(cursorFormCases(), cursorRefusalCases()...), cursorElsewhereCases()...)...)))
}

func cursorFormCases() []Case {
	return in("RFC 9865 §2",
		Case{Name: "a cursor without a value", Why: "the example of the section has no equals sign",
			Run: func(c *Client) {
				c.casting()
				if a := c.get("/Users?cursor&count=1").status(200); a.text("$.nextCursor") == "" {
					a.wrong("there is no nextCursor, though there are more users")
				}
			}},
		Case{Name: "cursors need no escaping", Why: "clients put them into an address as they are",
			Run: func(c *Client) {
				pages, _ := walkCursor(c, c.casting(), "/Users", "count", "1")
				for _, a := range pages[:len(pages)-1] {
					cursor := a.text("$.nextCursor")
					if rest := strings.Trim(cursor, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~"); rest != "" {
						a.wrong("the cursor %q holds %q", cursor, rest)
					}
				}
			}},
		Case{Name: "the first page has none before it", Why: "a client that walks back must come to an end",
			Run: func(c *Client) {
				pages, _ := walkCursor(c, c.casting(), "/Users", "count", "2")
				pages[0].is("$.previousCursor", nil)
				pages[len(pages)-1].is("$.nextCursor", nil)
			}},
		Case{Name: "the total is right on every page", Why: "who shows progress divides by it; it may be left out",
			Run: func(c *Client) {
				pages, _ := walkCursor(c, c.casting(), "/Users", "count", "2")
				for _, a := range pages {
					if a.at("$.totalResults") != nil {
						a.is("$.totalResults", 4)
					}
				}
			}},
		Case{Name: "somebody who joins in between", Why: "those who were there come once, whatever happens",
			Run: func(c *Client) {
				tag := c.name("page")
				users := []*resource{c.user(`{"externalId":"` + tag + `"}`), c.user(`{"externalId":"` + tag + `"}`), c.user(`{"externalId":"` + tag + `"}`)}
				filter := `externalId eq "` + tag + `"`
				first := c.search("/Users", "filter", filter, "count", "2", "cursor", "").status(200)
				c.user(`{"externalId":"` + tag + `"}`)
				c.remove(users[0].path).status(204)
				rest := c.search("/Users", "filter", filter, "count", "2", "cursor", first.text("$.nextCursor")).status(200)
				seen := map[any]int{}
				for _, r := range slices.Concat(first.resources(), rest.resources()) {
					seen[shape.At(r, "$.id")]++
				}
				for _, u := range users[1:] {
					if seen[u.id] != 1 {
						rest.wrong("%s came %d times", u.path, seen[u.id])
					}
				}
			}},
	)
}

func cursorRefusalCases() []Case {
	var cases []Case
	for _, row := range []struct{ name, cursor string }{
		{"garbage", "garbage"}, {"a number", "2"}, {"signs", "../../etc"}, {"something long", longText(3000)},
	} {
		cases = append(cases, Case{Name: "a cursor of " + row.name, Why: "a cursor that is not understood must not start at the beginning: the client would go round",
			Run: func(c *Client) {
				c.search("/Users", "filter", c.fill(everyone), "cursor", row.cursor).refused(400, "invalidCursor", "expiredCursor")
			}})
	}
	for _, row := range []struct {
		name, endpoint string
		parameters     []string
	}{
		{"another filter", "/Users", []string{"filter", `userName pr`, "count", "1"}},
		{"another type", "/Groups", []string{"filter", everyone, "count", "1"}},
	} {
		cases = append(cases, Case{Name: "a cursor of a query with " + row.name, Why: "it is bound to its query: the rest of one list is not the rest of another",
			Run: func(c *Client) {
				c.casting()
				cursor := c.search("/Users", "filter", c.fill(everyone), "count", "1", "cursor", "").status(200).text("$.nextCursor")
				parameters := []string{"cursor", cursor}
				for _, p := range row.parameters {
					parameters = append(parameters, c.fill(p))
				}
				c.search(row.endpoint, parameters...).refused(400, "invalidCursor")
			}})
	}
	return in("RFC 9865 §2.1", append(cases,
		Case{Name: "a damaged cursor", Why: "one letter off is another place, or nobody's",
			Run: func(c *Client) {
				c.casting()
				cursor := c.search("/Users", "filter", c.fill(everyone), "count", "1", "cursor", "").status(200).text("$.nextCursor")
				if cursor == "" {
					c.fatal("the first page has no nextCursor")
				}
				for _, damaged := range []string{cursor[:len(cursor)-1], cursor + "A", swapCase(cursor)} {
					if damaged != cursor {
						c.search("/Users", "filter", c.fill(everyone), "count", "1", "cursor", damaged).refused(400, "invalidCursor", "expiredCursor")
					}
				}
			}},
		Case{Name: "another count", Why: "it is refused, or the next page has that size",
			Run: func(c *Client) {
				m := c.casting()
				first := c.search("/Users", "filter", c.fill(everyone), "count", "1", "cursor", "").status(200)
				a := c.search("/Users", "filter", c.fill(everyone), "count", "2", "cursor", first.text("$.nextCursor"))
				if a.code == 400 {
					a.refused(400, "invalidCount", "invalidCursor")
					return
				}
				if both := append(m.who(first), m.who(a.status(200))...); len(both) < 2 || len(both) > 3 || len(slices.Compact(slices.Sorted(slices.Values(both)))) != len(both) {
					a.wrong("the two pages together have %v", both)
				}
			}},
	)...)
}

func cursorElsewhereCases() []Case {
	return slices.Concat(
		in("RFC 9865 §2.2", Case{Name: "in the order asked for", Needs: []Feature{Sort}, Why: "pages of a sorted list are sorted as a whole",
			Run: func(c *Client) {
				_, names := walkCursor(c, c.casting(), "/Users", "count", "1", "sortBy", "userName", "sortOrder", "descending")
				if strings.Join(names, " ") != "dan cyd bob ada" {
					c.fail("the pages have %v, want dan, cyd, bob and ada", names)
				}
			}},
			Case{Name: "in the order asked for, with missing values", Needs: []Feature{Sort}, Why: "a page may end among those who have no value",
				Run: func(c *Client) {
					_, names := walkCursor(c, c.casting(), "/Users", "count", "1", "sortBy", "nickName")
					if len(names) != 4 || names[0] != "ada" || len(slices.Compact(slices.Sorted(slices.Values(names)))) != 4 {
						c.fail("the pages have %v, want ada and then the three others", names)
					}
				}}),
		in("RFC 9865 §3", Case{Name: "by a POST", Why: "personal data in a filter does not belong into addresses, which are logged",
			Run: func(c *Client) {
				m, names, cursor := c.casting(), []string{}, ""
				for range 5 {
					a := c.post("/Users/.search", c.fill(`{"schemas":["`+searchMessage+`"],"filter":"externalId sw \"{u}-\"","count":3,"cursor":"`+cursor+`"}`)).status(200)
					names = append(names, m.who(a)...)
					if cursor = a.text("$.nextCursor"); cursor == "" {
						break
					}
				}
				if slices.Sort(names); strings.Join(names, " ") != "ada bob cyd dan" {
					c.fail("the pages have %v, want each of ada, bob, cyd and dan once", names)
				}
			}},
			Case{Name: "by a POST: a bad cursor", Why: "it is as bad as in an address",
				Run: func(c *Client) {
					c.post("/Users/.search", `{"schemas":["`+searchMessage+`"],"cursor":"garbage"}`).refused(400, "invalidCursor", "expiredCursor")
				}}),
		in("RFC 9865 §4", Case{Name: "told by ServiceProviderConfig", Why: "a client chooses how to page by it",
			Run: func(c *Client) {
				a := c.get("/ServiceProviderConfig").status(200).is("$.pagination.cursor", true)
				if _, ok := a.at("$.pagination.index").(bool); !ok {
					a.wrong("pagination.index is no boolean")
				}
				if method := a.at("$.pagination.defaultPaginationMethod"); method != nil && method != "index" && method != "cursor" {
					a.wrong("defaultPaginationMethod is %s", shape.Encode(method))
				}
			}},
			Case{Name: "the default method is used", Why: "who asks for neither gets what the document promises",
				Run: func(c *Client) {
					m := c.casting()
					method := c.get("/ServiceProviderConfig").status(200).text("$.pagination.defaultPaginationMethod")
					a := c.search("/Users", "filter", c.fill(everyone), "count", "2").status(200)
					if len(m.who(a)) != 2 {
						a.wrong("%d resources, want 2", len(a.resources()))
					}
					if method == "index" {
						a.is("$.startIndex", 1)
					}
				}}),
	)
}

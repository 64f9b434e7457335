package conformance

// filterRefusalCases are about filters that cannot be answered.
func filterRefusalCases() []Case {
	var cases []Case
	for _, row := range []struct{ name, filter string }{
		{"no operator", `userName`}, {"no value", `userName eq`}, {"no attribute", `eq "x"`}, {"an unknown operator", `userName regex "x"`},
		{"no closing quote", `userName eq "x`}, {"single quotes", `userName eq 'x'`}, {"no quotes", `userName eq ada`},
		{"no closing parenthesis", `(userName eq "x"`}, {"no opening parenthesis", `userName eq "x")`}, {"empty parentheses", `()`},
		{"and at the end", `userName eq "x" and`}, {"or at the beginning", `or userName eq "x"`}, {"two conditions without a word", `userName eq "x" title eq "y"`},
		{"no closing bracket", `emails[type eq "work"`}, {"empty brackets", `emails[]`}, {"not without parentheses", `not userName pr`},
		{"a value first", `"x" eq userName`}, {"pr with a value", `userName pr "x"`}, {"a number that is none", `title eq 1.2.3`},
		{"a word as a value", `active eq maybe`}, {"an escape that is none", `title eq "\q"`}, {"an attribute of signs", `us*er eq "x"`},
		{"a dot at the end", `name. eq "x"`}, {"brackets in brackets", `emails[addresses[type eq "x"]]`},
	} {
		cases = append(cases, Case{Name: "refused: " + row.name, Needs: []Feature{Filter},
			Why: "a filter that is guessed at returns people who were not asked for",
			Run: func(c *Client) {
				for _, path := range []string{"/Users", "/Groups"} {
					c.search(path, "filter", row.filter).refused(400, "invalidFilter")
				}
			}})
	}
	for _, row := range []struct{ name, filter string }{
		{"gt of a boolean", `active gt true`}, {"ge of a boolean", `active ge false`}, {"lt of a boolean", `active lt true`}, {"le of a boolean", `active le true`},
		{"gt of a boolean in a list", `emails.primary gt false`}, {"gt of a binary", `x509Certificates.value gt "QUJD"`},
		{"le of a binary", `x509Certificates.value le "QUJD"`}, {"gt in brackets", `emails[primary gt false]`},
	} {
		cases = append(cases, Case{Name: "refused: " + row.name, Needs: []Feature{Filter},
			Why: "booleans and binaries have no order, and table 3 asks for a failure",
			Run: func(c *Client) { c.search("/Users", "filter", row.filter).refused(400, "invalidFilter") }})
	}
	for _, row := range []struct{ name, filter string }{
		{"an unknown attribute", `nonsense eq "x"`}, {"an unknown part", `name.nonsense eq "x"`}, {"an unknown part in brackets", `emails[nonsense eq "x"]`},
		{"a text for a boolean", `active eq "maybe"`}, {"a number for a text", `title eq 5`}, {"a time that is none", `meta.created gt "yesterday"`},
		{"an unknown extension", `urn:example:nothing:2.0:User:x eq "y"`},
	} {
		cases = append(cases, Case{Name: "refused or not found: " + row.name, Needs: []Feature{Filter},
			Why: "nobody has it, so nobody may be found; saying so with an error is even better",
			Run: func(c *Client) {
				c.casting()
				a := c.search("/Users", "filter", row.filter)
				if a.code == 400 {
					a.refused(400, "invalidFilter", "invalidValue")
					return
				}
				a.status(200).is("$.totalResults", 0)
			}})
	}
	return in("RFC 7644 §3.4.2.2", cases...)
}

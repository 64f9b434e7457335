package conformance

import "strings"

// memberRow is what is done to a group of ada and bob, and who is in it then.
// {ada}, {bob} and {cyd} are ids of users, {inner} of a group.
type memberRow struct {
	section, name, operations, after, why string
	// refused are scimTypes. With them the request has to be refused, or with an
	// empty after may be.
	refused string
}

func memberRows() []memberRow {
	const (
		add, remove, replace = "RFC 7644 §3.5.2.1", "RFC 7644 §3.5.2.2", "RFC 7644 §3.5.2.3"
		join                 = "membership is access: who is added must have it, and nobody else"
		leave                = "membership is access: who is removed must lose it, and nobody else"
	)
	return []memberRow{
		{section: add, name: "a member", operations: `[{"op":"add","path":"members","value":[{"value":"{cyd}"}]}]`, after: "ada bob cyd", why: join},
		{section: add, name: "a member with $ref and display", operations: `[{"op":"add","path":"members","value":[{"display":"Cyd","$ref":"https://x.example/Users/{cyd}","value":"{cyd}"}]}]`, after: "ada bob cyd", why: "the section's own example"},
		{section: add, name: "members without a path", operations: `[{"op":"add","value":{"members":[{"value":"{cyd}"}]}}]`, after: "ada bob cyd", why: join},
		{section: add, name: "a member who is one", operations: `[{"op":"add","path":"members","value":[{"value":"{ada}"}]}]`, after: "ada bob", why: "it is a success, and changes nothing"},
		{section: add, name: "a group", operations: `[{"op":"add","path":"members","value":[{"value":"{inner}","type":"Group"}]}]`, after: "ada bob inner", why: "groups are members, too"},
		{section: add, name: "several members, one operation each", operations: `[{"op":"add","path":"members","value":[{"value":"{cyd}"}]},{"op":"add","path":"members","value":[{"value":"{inner}"}]}]`, after: "ada bob cyd inner", why: join},
		{section: remove, name: "a member", operations: `[{"op":"remove","path":"members[value eq \"{ada}\"]"}]`, after: "bob", why: leave},
		{section: remove, name: "two members", operations: `[{"op":"remove","path":"members[value eq \"{ada}\"]"},{"op":"remove","path":"members[value eq \"{bob}\"]"}]`, after: "", why: leave},
		{section: remove, name: "two members in one filter", operations: `[{"op":"remove","path":"members[value eq \"{ada}\" or value eq \"{bob}\"]"}]`, after: "", why: leave},
		{section: remove, name: "all members", operations: `[{"op":"remove","path":"members"}]`, after: "", why: leave},
		{section: remove, name: "who is no member", operations: `[{"op":"remove","path":"members[value eq \"{cyd}\"]"}]`, after: "ada bob", why: "it is a success, and changes nothing"},
		{section: remove, name: "members of a kind", operations: `[{"op":"remove","path":"members[type eq \"User\"]"}]`, after: "", refused: "invalidFilter", why: leave},
		{section: remove, name: "one and add another", operations: `[{"op":"remove","path":"members[value eq \"{ada}\"]"},{"op":"add","path":"members","value":[{"value":"{cyd}"}]}]`, after: "bob cyd", why: "Okta moves people that way"},
		{section: remove, name: "all and add some", operations: `[{"op":"remove","path":"members"},{"op":"add","path":"members","value":[{"value":"{bob}"},{"value":"{cyd}"}]}]`, after: "bob cyd", why: "the section's own example"},
		{section: remove, name: "a member and then add the same", operations: `[{"op":"remove","path":"members[value eq \"{ada}\"]"},{"op":"add","path":"members","value":[{"value":"{ada}"}]}]`, after: "ada bob", why: "the last word counts"},
		{section: replace, name: "all members", operations: `[{"op":"replace","path":"members","value":[{"value":"{bob}"},{"value":"{cyd}"}]}]`, after: "bob cyd", why: "a full push of a group"},
		{section: replace, name: "all members by nobody", operations: `[{"op":"replace","path":"members","value":[]}]`, after: "", why: "a full push of an empty group"},
		{section: replace, name: "members without a path", operations: `[{"op":"replace","value":{"members":[{"value":"{cyd}"}]}}]`, after: "cyd", why: "a full push of a group"},
		{section: replace, name: "a name without the members", operations: `[{"op":"replace","value":{"displayName":"renamed-{u}"}}]`, after: "ada bob", why: "a rename must not empty the group"},
		{section: "RFC 7644 §3.5.2", name: "members, all or nothing", operations: `[{"op":"add","path":"members","value":[{"value":"{cyd}"}]},{"op":"replace","path":"displayName","value":5}]`, after: "ada bob", refused: "invalidValue invalidSyntax", why: "half a change is neither the old nor the new"},
		{section: "RFC 7644 §3.5.2", name: "the value of a member", operations: `[{"op":"replace","path":"members[value eq \"{ada}\"].value","value":"{cyd}"}]`, after: "ada bob", refused: "mutability invalidPath", why: "parts of a member are immutable: one is not turned into another"},
	}
}

// patchMemberCases are about the members of groups.
func patchMemberCases() []Case {
	var cases []Case
	for _, row := range memberRows() {
		cases = append(cases, Case{Section: row.section, Name: "members: " + row.name, Why: row.why, Needs: []Feature{Patch},
			Run: func(c *Client) {
				ids := map[string]string{"ada": c.user("").id, "bob": c.user("").id, "cyd": c.user("").id, "inner": c.group().id}
				g := c.group(ids["ada"], ids["bob"])
				a := c.patch(g.path, c.fill(row.operations, "ada", ids["ada"], "bob", ids["bob"], "cyd", ids["cyd"], "inner", ids["inner"]))
				refused := row.refused != "" && a.code >= 300
				if refused {
					a.refused(400, strings.Fields(row.refused)...)
				} else {
					a.status(200, 204)
				}
				want := strings.Fields(row.after)
				if refused {
					want = []string{"ada", "bob"}
				} else if row.refused != "" && row.after != "" {
					a.wrong("it succeeded, and has to be refused with %s", row.refused)
				}
				for i, name := range want {
					want[i] = ids[name]
				}
				g.hasMembers(want...)
			}})
	}
	return append(cases, memberMannerCases()...)
}

func memberMannerCases() []Case {
	return needing(Patch, []Case{
		{Section: "RFC 7644 §3.5.2.1", Name: "members: who is one does not move lastModified", Why: "the section: such an operation shall not change the time",
			Run: func(c *Client) {
				u := c.user("")
				g := c.group(u.id)
				before := g.get()
				g.patch(`[{"op":"add","path":"members","value":[{"value":"` + u.id + `"}]}]`)
				g.get().is("$.meta.lastModified", before.at("$.meta.lastModified"))
			}},
		{Section: "RFC 7644 §3.5.2.1", Name: "members: a new one moves lastModified", Why: "who reads what changed since yesterday misses it otherwise",
			Run: func(c *Client) {
				g := c.group()
				before := g.get().text("$.meta.lastModified")
				g.patch(`[{"op":"add","path":"members","value":[{"value":"` + c.user("").id + `"}]}]`)
				if a := g.get(); a.text("$.meta.lastModified") == before {
					a.wrong("lastModified stayed %q", before)
				}
			}},
		{Section: "RFC 7644 §3.5.2.2", Name: "members: the name of a group cannot be removed", Why: "without it the group is none",
			Run: func(c *Client) {
				g := c.group()
				c.patch(g.path, `[{"op":"remove","path":"displayName"}]`).refused(400, "mutability", "invalidValue")
				g.get().is("$.displayName", g.made.at("$.displayName"))
			}},
		{Section: "RFC 7644 §3.5.2.2", Name: "members: removed members show at the user", Why: "both sides of a membership say the same",
			Run: func(c *Client) {
				u := c.user("")
				g := c.group(u.id)
				g.patch(`[{"op":"remove","path":"members[value eq \"` + u.id + `\"]"}]`)
				u.get().is("$.groups", nil)
			}},
		{Section: "RFC 7644 §3.5.2.1", Name: "members: added members show at the user", Why: "both sides of a membership say the same",
			Run: func(c *Client) {
				u, g := c.user(""), c.group()
				g.patch(`[{"op":"add","path":"members","value":[{"value":"` + u.id + `"}]}]`)
				u.get().has(`{"groups":[{"value":"` + g.id + `"}]}`)
			}},
	})
}

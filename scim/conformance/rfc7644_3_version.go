package conformance

import (
	"strings"

	"birthright/scim/shape"
)

// versionCases are about ETags.
func versionCases() []Case {
	return needing(ETag, in("RFC 7644 §3.14", append(append(etagCases(), readConditionCases()...), writeConditionCases()...)...))
}

// etag returns the ETag of an answer, which has to be there.
func (a *Answer) etag() string {
	tag := a.header.Get("ETag")
	opaque, weak := strings.CutPrefix(tag, "W/")
	if len(opaque) < 2 || opaque[0] != '"' || opaque[len(opaque)-1] != '"' || weak && tag[0] != 'W' {
		a.c.fatal("ETag is %q, want an entity tag in quotes\n  %s", tag, a)
	}
	return tag
}

func etagCases() []Case {
	return []Case{
		{Name: "header and meta.version say the same", Why: "clients keep either",
			Run: func(c *Client) {
				for _, r := range []*resource{c.user(""), c.group()} {
					for _, a := range []*Answer{r.made, r.get()} {
						a.is("$.meta.version", a.etag())
					}
				}
				u := c.user("")
				a := u.put(`{"title":"x"}`).status(200)
				a.is("$.meta.version", a.etag())
			}},
		{Name: "a PATCH tells the new version", Needs: []Feature{Patch}, Why: "also when it is answered without a body",
			Run: func(c *Client) {
				for _, r := range []*resource{c.user(""), c.group()} {
					tag := r.patch(`[{"op":"replace","path":"displayName","value":"changed-{u}"}]`).etag()
					if now := r.get().etag(); now != tag {
						c.fail("PATCH %s told the version %s, and a GET after it %s", r.path, tag, now)
					}
				}
			}},
		{Name: "a change makes a new version", Needs: []Feature{Patch}, Why: "a version that stays lets two clients overwrite each other",
			Run: func(c *Client) {
				u, seen := c.user(""), map[string]bool{}
				for _, change := range []func(){
					func() {}, func() { u.put(`{"title":"a"}`).status(200) }, func() { u.patch(`[{"op":"replace","path":"title","value":"b"}]`) },
					func() { u.put(`{"title":"a"}`).status(200) },
				} {
					change()
					a := u.get()
					if seen[a.etag()] {
						a.wrong("the version %s was there before", a.etag())
					}
					seen[a.etag()] = true
				}
			}},
		{Name: "what changes nothing leaves the version", Needs: []Feature{Patch}, Why: "a client that syncs everybody every hour would invalidate every copy",
			Run: func(c *Client) {
				u := c.user(`{"title":"x"}`)
				before := u.get().etag()
				u.put(`{"title":"x"}`).status(200)
				u.patch(`[{"op":"replace","path":"title","value":"x"},{"op":"add","path":"title","value":"x"}]`)
				if after := u.get().etag(); after != before {
					c.fail("the version went from %s to %s", before, after)
				}
			}},
		{Name: "membership is part of a group's version", Needs: []Feature{Patch}, Why: "two clients that add members must not undo each other",
			Run: func(c *Client) {
				u, g := c.user(""), c.group()
				before := g.get().etag()
				g.patch(`[{"op":"add","path":"members","value":[{"value":"` + u.id + `"}]}]`)
				after := g.get().etag()
				g.patch(`[{"op":"add","path":"members","value":[{"value":"` + u.id + `"}]}]`)
				if again := g.get().etag(); before == after || again != after {
					c.fail("the version was %s, with a member more %s, with the same member again %s", before, after, again)
				}
			}},
		{Name: "resources of a list have their versions", Why: "an import must not read everybody once more to learn them",
			Run: func(c *Client) {
				u := c.user("")
				c.search("/Users", "filter", `id eq "`+u.id+`"`).status(200).is("$.Resources[0].meta.version", u.get().etag())
			}},
	}
}

func readConditionCases() []Case {
	var cases []Case
	for _, row := range []struct {
		name, header string
		status       int
	}{
		{"the version", `{tag}`, 304}, {"a list with the version", `W/"nothing", {tag}`, 304}, {"any version", `*`, 304},
		{"another version", `W/"nothing"`, 200}, {"no version", `nonsense`, 200}, {"the version as a strong one", `{strong}`, 304},
	} {
		cases = append(cases, Case{Name: "If-None-Match: " + row.name, Why: "a copy that is still good need not be sent; one that is not must be",
			Run: func(c *Client) {
				for _, r := range []*resource{c.user(""), c.group()} {
					tag := r.get().etag()
					a := c.get(r.path, "If-None-Match", c.fill(row.header, "tag", tag, "strong", strings.TrimPrefix(tag, "W/"))).status(row.status)
					if a.code == 304 && len(a.raw) > 0 {
						a.wrong("304 with a body")
					}
					if a.code == 200 {
						a.is("$.id", r.id)
					}
				}
			}})
	}
	return append(cases,
		Case{Name: "304 tells the version", Why: "a cache replaces its headers by those of the answer",
			Run: func(c *Client) {
				u := c.user("")
				tag := u.get().etag()
				if a := c.get(u.path, "If-None-Match", tag).status(304); a.header.Get("ETag") != tag {
					a.wrong("ETag is %q, want %s", a.header.Get("ETag"), tag)
				}
			}},
		Case{Name: "If-None-Match after a change", Why: "a copy that is not good any more must be replaced",
			Run: func(c *Client) {
				u := c.user("")
				tag := u.get().etag()
				u.put(`{"title":"x"}`).status(200)
				c.get(u.path, "If-None-Match", tag).status(200).is("$.title", "x")
			}},
	)
}

func writeConditionCases() []Case {
	var cases []Case
	for _, row := range []struct {
		name, header string
		goes         bool
	}{
		{"the version", `{tag}`, true}, {"a list with the version", `W/"nothing", {tag}`, true}, {"any version", `*`, true},
		{"another version", `W/"nothing"`, false}, {"a list of others", `W/"nothing", "else"`, false},
	} {
		cases = append(cases, Case{Name: "If-Match: " + row.name, Needs: []Feature{Patch}, Why: "two administrators must not overwrite each other's work",
			Run: func(c *Client) {
				u, g := c.user(`{"title":"old"}`), c.group()
				condition := func(r *resource) string { return c.fill(row.header, "tag", r.get().etag()) }
				group := shape.Encode(map[string]any{"schemas": []any{coreGroup}, "displayName": c.name("renamed")})
				for _, a := range []*Answer{
					u.put(`{"title":"put"}`, "If-Match", condition(u)), c.patch(u.path, `[{"op":"replace","path":"title","value":"patched"}]`, "If-Match", condition(u)),
					c.put(g.path, group, "If-Match", condition(g)), c.patch(g.path, `[{"op":"add","path":"externalId","value":"x"}]`, "If-Match", condition(g)),
				} {
					if row.goes {
						a.status(200, 204)
					} else {
						a.refused(412)
					}
				}
				want := map[bool]string{true: "patched", false: "old"}[row.goes]
				u.get().is("$.title", want)
				for _, r := range []*resource{u, g} {
					if a := c.remove(r.path, "If-Match", condition(r)); row.goes {
						a.status(204)
					} else {
						a.refused(412)
						r.get()
					}
				}
			}})
	}
	return append(cases,
		Case{Name: "If-Match of a version that was", Needs: []Feature{Patch}, Why: "whoever read before the last change must read again",
			Run: func(c *Client) {
				u := c.user("")
				tag := u.get().etag()
				u.put(`{"title":"first"}`, "If-Match", tag).status(200)
				u.put(`{"title":"second"}`, "If-Match", tag).refused(412)
				c.patch(u.path, `[{"op":"replace","path":"title","value":"third"}]`, "If-Match", tag).refused(412)
				u.get().is("$.title", "first")
			}},
		Case{Name: "If-Match on what is not there", Why: "it is gone, and no version of it matches",
			Run: func(c *Client) {
				c.put("/Users/nobody", c.userBody(""), "If-Match", "*").status(404, 412).isError()
				c.remove("/Users/nobody", "If-Match", `W/"1"`).status(404, 412).isError()
			}},
	)
}

package patch_test

import (
	"encoding/json"
	"strings"

	"pgregory.net/rapid"

	"birthright/scim/patch"
	"birthright/scim/resource"
)

// drawUser makes a regular user with some attributes of every kind.
func drawUser(t *rapid.T) resource.Document {
	body := map[string]any{"schemas": []any{resource.UserURN}, "userName": pick(t, "ada", "Ada")}
	maybe := func(name string, value func() any) {
		if rapid.Bool().Draw(t, "has "+name) {
			body[name] = value()
		}
	}
	maybe("title", func() any { return drawText(t) })
	maybe("active", func() any { return rapid.Bool().Draw(t, "active") })
	maybe("name", func() any { return map[string]any{"givenName": drawText(t), "familyName": drawText(t)} })
	for _, name := range []string{"emails", "roles", "addresses"} {
		maybe(name, func() any {
			list := []any{}
			for range rapid.IntRange(1, 3).Draw(t, "length") {
				list = append(list, drawElement(t, name, false))
			}
			return onePrimary(list)
		})
	}
	maybe(resource.EnterpriseURN, func() any {
		return map[string]any{"department": drawText(t), "manager": map[string]any{"value": drawText(t)}, "odd": drawAny(t, 0)}
	})
	maybe("urn:x:y:Z", func() any {
		return map[string]any{"shoe": drawAny(t, 0), "hats": []any{"a", map[string]any{"value": "b"}}}
	})
	doc, err := users.Read(body, nil)
	if err != nil {
		t.Fatalf("%v: %v", body, err)
	}
	return doc
}

// onePrimary leaves the mark with the first that has it.
func onePrimary(list []any) []any {
	seen := false
	for _, one := range list {
		m := one.(map[string]any)
		if m["primary"] == true && seen {
			m["primary"] = false
		}
		seen = seen || m["primary"] == true
	}
	return list
}

func pick(t *rapid.T, from ...string) string { return rapid.SampledFrom(from).Draw(t, "pick") }

func drawText(t *rapid.T) string { return pick(t, "a", "A", "b", "work", "c@x", "True", "1") }

// drawElement makes a value of a multi-valued attribute; wild ones have wrong
// kinds of parts, none, or more than are declared.
func drawElement(t *rapid.T, attribute string, wild bool) map[string]any {
	m := map[string]any{}
	names := []string{"value", "value", "type", "primary", "display"}
	if attribute == "addresses" {
		names = []string{"formatted", "locality", "type", "primary"}
	}
	for _, name := range names {
		if !rapid.Bool().Draw(t, "has "+name) {
			continue
		}
		switch {
		case wild && rapid.IntRange(0, 9).Draw(t, "wild") == 0:
			m[vary(t, name)] = drawAny(t, 0)
			if len(m) > 1 && rapid.Bool().Draw(t, "undeclared") {
				m["nobody"] = "x"
			}
		case name == "primary":
			m[name] = rapid.Bool().Draw(t, "primary")
		case name == "type":
			m[name] = pick(t, "work", "home", "Work", "odd")
		default:
			m[name] = pick(t, "a", "A", "b")
		}
	}
	return m
}

// drawAny makes any JSON, mostly small.
func drawAny(t *rapid.T, depth int) any {
	switch rapid.IntRange(0, 9).Draw(t, "kind") {
	case 0:
		return nil
	case 1:
		return ""
	case 2:
		return rapid.Bool().Draw(t, "bool")
	case 3:
		return json.Number(pick(t, "1", "-0.5", "1e999"))
	case 4:
		return pick(t, "true", "False", "{}", `{"value":"a"}`, `{"givenName":"a","familyName":null}`, `{"value":"a"`, "[]", "2026-01-02")
	case 5, 6:
		if depth < 2 {
			list := []any{}
			for range rapid.IntRange(0, 2).Draw(t, "length") {
				list = append(list, drawAny(t, depth+1))
			}
			return list
		}
	case 7, 8:
		if depth < 2 {
			m := map[string]any{}
			for range rapid.IntRange(0, 2).Draw(t, "size") {
				m[pick(t, "value", "type", "primary", "givenName", "familyName", "odd", "formatted", "display", "$ref", "displayName")] = drawAny(t, depth+1)
			}
			return m
		}
	}
	return drawText(t)
}

// drawFor makes a value that mostly fits the attribute that a path ends in.
func drawFor(t *rapid.T, path string) any {
	path = strings.ToLower(path)
	switch {
	case rapid.IntRange(0, 5).Draw(t, "misfit") == 0:
		return drawAny(t, 0)
	case strings.HasSuffix(path, "active"), strings.HasSuffix(path, "primary"), strings.HasSuffix(path, "onleave"):
		return rapid.SampledFrom([]any{true, false, "True", "false"}).Draw(t, "truth")
	case strings.HasSuffix(path, "date"):
		return pick(t, "2026-01-02", "2026-01-02T15:04:05Z", "soon")
	case strings.HasSuffix(path, "name"):
		return map[string]any{"givenName": drawText(t), vary(t, "familyName"): drawAny(t, 1)}
	case strings.HasSuffix(path, "manager"):
		return rapid.SampledFrom([]any{"a", map[string]any{"value": "b"}, []any{map[string]any{"value": "c", "$ref": nil}}, map[string]any{"displayName": "Ada"}}).Draw(t, "manager")
	case strings.HasSuffix(path, ":odd"), strings.HasSuffix(path, ":shoe"), strings.HasSuffix(path, ":hats"), strings.HasSuffix(path, ":a"):
		return drawAny(t, 0)
	case strings.HasSuffix(path, "]"):
		return drawElement(t, path, true)
	}
	for _, name := range []string{"emails", "roles", "addresses", "phonenumbers", "x509certificates"} {
		if strings.HasSuffix(path, name) {
			list := []any{}
			for range rapid.IntRange(0, 3).Draw(t, "length") {
				list = append(list, drawElement(t, name, true))
			}
			if len(list) == 1 && rapid.Bool().Draw(t, "bare") {
				return list[0]
			}
			return list
		}
	}
	if strings.Contains(path, ":user") && strings.HasSuffix(path, ":user") || strings.HasSuffix(path, ":z") {
		return map[string]any{pick(t, "department", "Odd", "team", "shoe", "hats", "manager"): drawAny(t, 0), pick(t, "division", "odd2", "onLeave", "Hats"): drawAny(t, 0)}
	}
	return drawText(t)
}

// vary writes a name in another letter case, now and then.
func vary(t *rapid.T, name string) string {
	switch rapid.IntRange(0, 7).Draw(t, "case") {
	case 0:
		return strings.ToUpper(name)
	case 1:
		return strings.ToLower(name)
	}
	return name
}

var paths = []string{
	"userName", "title", "displayName", "active", "name", "name.givenName", "name.formatted", "emails", "emails", "emails.value", "emails.type", "emails.primary",
	"roles", "roles.value", "addresses", "addresses.locality", "phoneNumbers", "x509Certificates", "password", "groups", "groups.value", "id", "meta", "meta.version", "schemas",
	"nobody", "name.nobody", "title.nobody", "emails.nobody", "department", "manager",
	resource.UserURN + ":title", resource.UserURN + ":name.familyName", resource.UserURN + ":emails", resource.UserURN, resource.UserURN + ":nobody",
	resource.EnterpriseURN, resource.EnterpriseURN + ":department", resource.EnterpriseURN + ":manager", resource.EnterpriseURN + ":manager.value",
	resource.EnterpriseURN + ":manager.displayName", resource.EnterpriseURN + ":odd", resource.EnterpriseURN + ":odd.value",
	resource.BirthrightURN + ":startDate", resource.BirthrightURN + ":onLeave", resource.BirthrightURN,
	"urn:x:y:Z", "urn:x:y:Z:shoe", "urn:x:y:Z:shoe", "urn:x:y:Z:shoe.value", "urn:x:y:Z:shoe[value eq \"a\"]", "urn:x:y:Z:shoe[value pr or odd eq true].odd",
	"urn:x:y:Z:hats", "urn:x:y:Z:hats", "urn:x:y:Z:hats.value", "urn:x:y:Z:hats[odd eq 1].Odd", "urn:x:y:Z:hats[value eq \"b\"]", "urn:x:y:Z:hats[value eq \"a\"].value", "urn:other:thing", "urn:other:1.0:User", "urn:other:1.0:User:a",
	"", "emails[", "1", "emails[type eq]", "title[value eq \"a\"]",
}

// drawPath writes a path.
func drawPath(t *rapid.T) string {
	if rapid.IntRange(0, 2).Draw(t, "selects") > 0 {
		return vary(t, rapid.SampledFrom(paths).Draw(t, "path"))
	}
	name := pick(t, "emails", "roles", "addresses", "Emails", "phoneNumbers", resource.UserURN+":emails")
	path := name + "[" + drawWhere(t, 0) + "]"
	if rapid.Bool().Draw(t, "sub") {
		path += "." + vary(t, pick(t, "value", "type", "primary", "display", "formatted", "nobody"))
	}
	return path
}

func drawWhere(t *rapid.T, depth int) string {
	if depth < 2 {
		switch rapid.IntRange(0, 7).Draw(t, "form") {
		case 0:
			return drawWhere(t, depth+1) + " and " + drawWhere(t, depth+1)
		case 1:
			return drawWhere(t, depth+1) + " or " + drawWhere(t, depth+1)
		case 2:
			return "not (" + drawWhere(t, depth+1) + ")"
		}
	}
	if rapid.Bool().Draw(t, "plain") {
		return pick(t, `type eq "work"`, `type eq "home"`, `Type eq "WORK"`, `primary eq true`, `primary eq "True"`, `primary eq false`, `type eq "odd"`)
	}
	return vary(t, pick(t, "value", "type", "primary", "display", "formatted", "nobody")) + " " + pick(t, "eq", "eq", "ne", "co", "sw", "ew", "gt", "le") + " " +
		pick(t, `"a"`, `"A"`, `"work"`, "true", "false", "null", `""`, "1", `"1"`)
}

// drawBody makes the body of a PATCH.
func drawBody(t *rapid.T) map[string]any {
	list := []any{}
	for range rapid.IntRange(1, 3).Draw(t, "operations") {
		list = append(list, drawOperation(t))
	}
	return map[string]any{"schemas": []any{patch.URN}, "Operations": list}
}

func drawOperation(t *rapid.T) map[string]any {
	op := map[string]any{"op": pick(t, "add", "replace", "remove", "Add", "Replace", "REMOVE")}
	path := drawPath(t)
	if rapid.IntRange(0, 3).Draw(t, "pathless") == 0 && !strings.EqualFold(op["op"].(string), "remove") {
		m := map[string]any{}
		for range rapid.IntRange(0, 3).Draw(t, "names") {
			name := drawPath(t)
			m[name] = drawFor(t, name)
		}
		op["value"] = m
		return op
	}
	op["path"] = path
	if !strings.EqualFold(op["op"].(string), "remove") || rapid.IntRange(0, 3).Draw(t, "with a value") == 0 {
		op["value"] = drawFor(t, path)
	}
	return op
}

package conformance

import (
	"bytes"
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"birthright/scim/shape"
)

// faults are what servers in the field do wrong, each on its own.
func faults() []fault {
	return slices.Concat(statusFaults(), headerFaults(), questionFaults(), writeFaults(), discoveryFaults(), bulkFaults(),
		casual(slices.Concat(errorFaults(), resourceFaults(), valueFaults(), listFaults())))
}

// casual marks faults that a case may find only because it looks at the answer.
func casual(list []fault) []fault {
	for i := range list {
		list[i].casual = true
	}
	return list
}

// becomes turns one status into another.
func becomes(from, to int) func(*exchange) {
	return func(x *exchange) {
		if x.status == from {
			x.status = to
		}
	}
}

func statusFaults() []fault {
	list := []fault{}
	for _, change := range []struct {
		name     string
		from, to int
	}{
		{"no content is answered with 200", 204, 200}, {"what is missing is found", 404, 200},
		{"a bad request succeeds", 400, 200}, {"a bad request is the server's fault", 400, 500}, {"a conflict succeeds", 409, 201},
		{"a version that is gone does not matter", 412, 200}, {"a copy that is good is sent again", 304, 200}, {"nobody is let in without being told why", 401, 403},
		{"a method that is not there is not found", 405, 404}, {"what is not offered is not found", 501, 404}, {"what cannot be filtered is answered", 403, 200},
		{"what is too large is taken", 413, 200}, {"what is no JSON is taken", 415, 201}, {"what cannot be accepted is not found", 406, 404},
	} {
		list = append(list, fault{name: change.name, answer: becomes(change.from, change.to)})
	}
	return append(list,
		fault{name: "a new resource is answered with 200", broad: true, answer: becomes(201, 200)},
		fault{name: "the connection ends with an odd request", request: func(x *exchange) {
			if x.sent == nil && len(x.raw) > 10_000 {
				x.status, x.body = 502, nil
			}
		}},
		fault{name: "long addresses are the server's fault", request: func(x *exchange) {
			if len(x.path) > 1000 || len(x.query.Encode()) > 1500 {
				x.status = 500
			}
		}},
		fault{name: "odd addresses are the server's fault", request: func(x *exchange) {
			if strings.ContainsAny(x.path, "\x00%") || !utf8.ValidString(x.path) || strings.Contains(x.path, "..") || strings.Contains(x.path, "//") {
				x.status = 500
			}
		}},
		fault{name: "unknown parameters are refused", request: func(x *exchange) {
			if x.query.Has("nonsense") {
				x.status, x.body = 400, refusal{400, "invalidValue", "what is nonsense?"}.body()
			}
		}},
		fault{name: "only one media type is served", request: func(x *exchange) {
			if accept := x.header.Get("Accept"); accept != mediaType {
				x.status, x.body = 406, refusal{406, "", "no"}.body()
			}
		}},
		fault{name: "only one media type is taken", request: func(x *exchange) {
			if kind := x.header.Get("Content-Type"); kind != "" && kind != mediaType {
				x.status, x.body = 415, refusal{415, "", "no"}.body()
			}
		}},
		fault{name: "media types are not looked at", request: func(x *exchange) { x.header.Set("Content-Type", mediaType) }},
		fault{name: "HEAD is a method that is not there", request: func(x *exchange) {
			if x.method == "HEAD" {
				x.status = 405
			}
		}},
		fault{name: "everybody is let in", request: func(x *exchange) { x.header.Set("Authorization", "Bearer "+modelToken) }},
		fault{name: "colons in an address are not understood", request: func(x *exchange) {
			if strings.HasPrefix(x.path, "/Schemas/urn:") {
				x.status, x.body = 404, refusal{404, "", "no"}.body()
			}
		}},
		fault{name: "signs in an address are not understood", request: func(x *exchange) {
			if strings.Contains(x.escaped, "%2D") || strings.Contains(x.escaped, "%72") {
				x.status, x.body = 404, refusal{404, "", "no"}.body()
			}
		}},
		fault{name: "a slash at the end is the server's fault", request: func(x *exchange) {
			if strings.HasSuffix(x.path, "/") {
				x.status = 500
			}
		}},
		fault{name: "half letters are the server's fault", request: func(x *exchange) {
			if bytes.Contains(x.raw, []byte(`\ud800`)) {
				x.status = 500
			}
		}},
		fault{name: "unknown endpoints are empty", answer: func(x *exchange) {
			if known := strings.Fields("Users Groups Bulk Me Schemas ResourceTypes ServiceProviderConfig .search"); x.status == 404 && !slices.Contains(known, strings.Split(x.path+"/", "/")[1]) {
				x.status = 204
			}
		}},
	)
}

func headerFaults() []fault {
	var list []fault
	for _, name := range []string{"ETag", "Location", "WWW-Authenticate", "Allow"} {
		list = append(list, fault{name: name + " is missing", answer: func(x *exchange) { x.told.Del(name) }})
	}
	return append(list,
		fault{name: "answers are said to be HTML", broad: true, answer: func(x *exchange) { x.told.Set("Content-Type", "text/html") }},
		fault{name: "answers are said to be some JSON", answer: func(x *exchange) { x.told.Set("Content-Type", "application/json") }},
		fault{name: "the ETag is always the same", answer: func(x *exchange) {
			if x.told.Get("ETag") != "" {
				x.told.Set("ETag", `W/"1"`)
			}
		}},
		fault{name: "the ETag is always another", answer: func(x *exchange) {
			if x.told.Get("ETag") != "" {
				x.told.Set("ETag", `W/"`+time.Now().Format("150405.000000000")+`"`)
			}
		}},
		fault{name: "If-Match is passed over", request: func(x *exchange) { x.header.Del("If-Match") }},
		fault{name: "If-None-Match is passed over", request: func(x *exchange) { x.header.Del("If-None-Match") }},
		fault{name: "If-Match never matches", request: func(x *exchange) {
			if x.header.Get("If-Match") != "" {
				x.header.Set("If-Match", `W/"never"`)
			}
		}},
		fault{name: "If-None-Match always matches", request: func(x *exchange) {
			if x.header.Get("If-None-Match") != "" {
				x.header.Set("If-None-Match", `*`)
			}
		}},
	)
}

func errorFaults() []fault {
	onError := func(f func(map[string]any)) func(*exchange) {
		return func(x *exchange) {
			if x.status >= 400 {
				f(x.object())
			}
		}
	}
	return []fault{
		{name: "errors have no body", broad: true, answer: func(x *exchange) {
			if x.status >= 400 {
				x.body = nil
			}
		}},
		{name: "errors have no scimType", answer: onError(func(e map[string]any) { delete(e, "scimType") })},
		{name: "errors are all of one scimType", answer: onError(func(e map[string]any) { e["scimType"] = "tooMany" })},
		{name: "errors have no detail", broad: true, answer: onError(func(e map[string]any) { delete(e, "detail") })},
		{name: "errors have no schemas", broad: true, answer: onError(func(e map[string]any) { delete(e, "schemas") })},
		{name: "an error's status is a number", broad: true, answer: onError(func(e map[string]any) { e["status"] = json.Number("400") })},
		{name: "errors tell of the inside", answer: onError(func(e map[string]any) { e["detail"] = "panic: goroutine 7" })},
	}
}

// resource is a fault of every resource in an answer.
func onResources(name string, f func(map[string]any)) fault {
	return fault{name: name, answer: func(x *exchange) { x.each(f) }}
}

func resourceFaults() []fault {
	var list []fault
	for _, name := range []string{"schemas", "meta", "userName", "externalId", "displayName", "title", "emails", "members", "groups", "active", "name", "roles", enterprise} {
		list = append(list, onResources(name+" is missing", func(r map[string]any) { delete(r, name) }))
	}
	for _, name := range []string{"created", "lastModified", "location", "resourceType", "version"} {
		list = append(list, onResources("meta."+name+" is missing", func(r map[string]any) {
			if meta, ok := r["meta"].(map[string]any); ok {
				delete(meta, name)
			}
		}))
	}
	list = append(list, fault{name: "id is missing", broad: true, answer: func(x *exchange) { x.each(func(r map[string]any) { delete(r, "id") }) }})
	meta := func(name string, value func() any) func(map[string]any) {
		return func(r map[string]any) {
			if m, ok := r["meta"].(map[string]any); ok && m[name] != nil {
				m[name] = value()
			}
		}
	}
	return append(list,
		onResources("created is never the same", meta("created", func() any { return time.Now().Format(time.RFC3339Nano) })),
		onResources("lastModified is never the same", meta("lastModified", func() any { return time.Now().Format(time.RFC3339Nano) })),
		onResources("lastModified is always the same", meta("lastModified", func() any { return "2026-01-01T00:00:00Z" })),
		onResources("locations lead elsewhere", meta("location", func() any { return "https://elsewhere.example/Users/1" })),
		onResources("all is a user", meta("resourceType", func() any { return "User" })),
		onResources("all is a thing", meta("resourceType", func() any { return "Thing" })),
		onResources("schemas name a schema twice", func(r map[string]any) {
			if list, ok := r["schemas"].([]any); ok && len(list) > 0 {
				r["schemas"] = append(list, list[0])
			}
		}),
		onResources("schemas name all extensions", func(r map[string]any) {
			if list, ok := r["schemas"].([]any); ok && len(list) == 1 {
				r["schemas"] = append(list, enterprise)
			}
		}),
		onResources("passwords are shown", func(r map[string]any) { r["password"] = "x" }),
		onResources("externalId is made up", func(r map[string]any) {
			if r["externalId"] == nil {
				r["externalId"] = "made-up"
			}
		}),
		onResources("unknown attributes are kept", func(r map[string]any) { r["nonsense"] = "x" }),
		onResources("everything is active", func(r map[string]any) { r["active"] = true }),
		idFault("ids are taken from the client", "id"),
		idFault("externalIds are ids", "externalId"),
		uniqueFault(),
		fault{name: "all ids are the same", broad: true, answer: func(x *exchange) { x.each(func(r map[string]any) { r["id"] = "1" }) }},
	)
}

// idFault makes an attribute of the client's the id of what it creates.
func idFault(name, from string) fault {
	return fault{name: name, answer: func(x *exchange) {
		if x.method == "POST" && x.status == 201 && x.sent[from] != nil {
			x.object()["id"] = x.sent[from]
		}
	}}
}

// uniqueFault refuses an externalId that was there before.
func uniqueFault() fault {
	seen := map[any]bool{}
	return fault{name: "externalIds are unique", request: func(x *exchange) {
		if id := x.sent["externalId"]; x.method == "POST" && id != nil {
			if seen[id] {
				x.status, x.body = 409, refusal{409, "uniqueness", "no"}.body()
			}
			seen[id] = true
		}
	}}
}

func valueFaults() []fault {
	texts := func(name string, f func(string) string) fault {
		return onResources(name, func(r map[string]any) {
			kept := map[string]any{"id": r["id"], "schemas": r["schemas"], "meta": r["meta"]}
			for key, v := range r {
				if kept[key] == nil {
					kept[key] = walk(v, func(s string) any { return f(s) })
				}
			}
			maps.Copy(r, kept)
		})
	}
	parts := func(name string, f func(map[string]any)) fault {
		return onResources(name, func(r map[string]any) {
			for _, v := range r {
				list, _ := v.([]any)
				for _, one := range list {
					if object, ok := one.(map[string]any); ok {
						f(object)
					}
				}
			}
		})
	}
	return []fault{
		texts("texts are cut", func(s string) string { return s[:min(len(s), 4)] }),
		texts("texts are in capitals", strings.ToUpper),
		texts("texts are in small letters", strings.ToLower),
		texts("texts are ASCII", func(s string) string {
			return strings.Map(func(r rune) rune {
				if r > 126 || r < 32 {
					return '?'
				}
				return r
			}, s)
		}),
		texts("texts are HTML", strings.NewReplacer(`&`, `&amp;`, `"`, `&quot;`, `<`, `&lt;`).Replace),
		texts("long texts are cut", func(s string) string { return s[:min(len(s), 255)] }),
		texts("padding is added", func(s string) string {
			if strings.HasPrefix(s, "QUJD") {
				return s + "="
			}
			return s
		}),
		onResources("booleans are texts", func(r map[string]any) {
			if active, ok := r["active"].(bool); ok {
				r["active"] = map[bool]string{true: "true", false: "false"}[active]
			}
		}),
		parts("all values are primary", func(v map[string]any) { v["primary"] = true }),
		parts("values have no primary", func(v map[string]any) { delete(v, "primary") }),
		parts("values have no type", func(v map[string]any) { delete(v, "type") }),
		parts("values have no display", func(v map[string]any) { delete(v, "display") }),
		parts("values have no $ref", func(v map[string]any) { delete(v, "$ref") }),
		onResources("lists come twice", func(r map[string]any) {
			for name, v := range r {
				if list, ok := v.([]any); ok && name != "schemas" {
					r[name] = append(slices.Clone(list), list...)
				}
			}
		}),
		onResources("lists are cut", func(r map[string]any) {
			for name, v := range r {
				if list, ok := v.([]any); ok && name != "schemas" && len(list) > 1 {
					r[name] = list[:1]
				}
			}
		}),
		onResources("managers have a name that the client chose", func(r map[string]any) {
			if manager, ok := shape.At(r, "$['"+enterprise+"'].manager").(map[string]any); ok {
				manager["displayName"] = "Forged"
			}
		}),
		onResources("extensions are flat", func(r map[string]any) {
			if x, ok := r[enterprise].(map[string]any); ok {
				maps.Copy(r, x)
			}
		}),
	}
}

func listFaults() []fault {
	onList := func(name string, f func(x *exchange, body map[string]any)) fault {
		return fault{name: name, answer: func(x *exchange) {
			if body := x.object(); body["Resources"] != nil {
				f(x, body)
			}
		}}
	}
	asked := map[string]bool{}
	set := func(name, member string, value any) fault {
		return onList(name, func(_ *exchange, body map[string]any) { body[member] = value })
	}
	return []fault{
		set("lists have no schemas", "schemas", []any{}), set("totals are wrong", "totalResults", json.Number("7777")), set("itemsPerPage is a guess", "itemsPerPage", json.Number("77")),
		set("startIndex is a guess", "startIndex", json.Number("77")), set("lists are empty", "Resources", []any{}), set("cursors never end", "nextCursor", "abc"),
		set("cursors need escaping", "nextCursor", "a/b+c="), set("the first page has one before it", "previousCursor", "abc"),
		onList("there is no next page", func(_ *exchange, body map[string]any) { delete(body, "nextCursor") }),
		onList("totals are those of the page", func(_ *exchange, body map[string]any) { body["totalResults"] = len(body["Resources"].([]any)) }),
		onList("lists are turned round", func(_ *exchange, body map[string]any) { slices.Reverse(body["Resources"].([]any)) }),
		onList("lists are in another order the next time", func(x *exchange, body map[string]any) {
			if question := x.query.Encode(); asked[question] {
				slices.Reverse(body["Resources"].([]any))
			} else {
				asked[question] = true
			}
		}),
		onList("the last one is missing", func(_ *exchange, body map[string]any) {
			if list := body["Resources"].([]any); len(list) > 0 {
				body["Resources"] = list[:len(list)-1]
			}
		}),
		onList("somebody is there who was not asked for", func(x *exchange, body map[string]any) {
			body["Resources"] = append(body["Resources"].([]any), map[string]any{"id": "stranger", "schemas": []any{coreUser}})
			body["totalResults"] = len(body["Resources"].([]any))
		}),
	}
}

// questionFaults change what is asked, in an address or in the body of a search.
func questionFaults() []fault {
	change := func(x *exchange, name string, f func(string) string) {
		if text := x.query.Get(name); x.query.Has(name) {
			if x.query.Set(name, f(text)); f(text) == "" && name != "cursor" {
				x.query.Del(name)
			}
		}
		if text, ok := x.sent[name].(string); ok && strings.HasSuffix(x.path, ".search") {
			x.sent[name] = f(text)
		}
	}
	parameter := func(fault_, name string, f func(string) string) fault {
		return fault{name: fault_, request: func(x *exchange) { change(x, name, f) }}
	}
	forget := func(string) string { return "" }
	list := []fault{
		parameter("filters are the other way round", "filter", func(s string) string { return "not (" + s + ")" }),
		parameter("filters have no letter case at all", "filter", strings.ToLower),
		parameter("filters are read up to the first word", "filter", func(s string) string { before, _, _ := strings.Cut(s, " and "); return before }),
		parameter("or is and", "filter", func(s string) string { return strings.ReplaceAll(s, " or ", " and ") }),
		parameter("and is or", "filter", func(s string) string { return strings.ReplaceAll(s, " and ", " or ") }),
		parameter("the order is always ascending", "sortOrder", func(string) string { return "ascending" }),
		parameter("pages begin with 0", "startIndex", func(s string) string { return strings.TrimPrefix(s, "1") + "0" }),
		parameter("bad cursors begin again", "cursor", forget),
	}
	for _, name := range []string{"filter", "sortBy", "sortOrder", "startIndex", "count", "attributes", "excludedAttributes"} {
		list = append(list, fault{name: name + " is passed over", request: func(x *exchange) {
			if x.query.Del(name); strings.HasSuffix(x.path, ".search") {
				delete(x.sent, name)
			}
		}}, fault{name: name + " is refused", casual: true, request: func(x *exchange) {
			_, inBody := x.sent[name]
			if x.query.Has(name) || inBody && strings.HasSuffix(x.path, ".search") {
				x.status, x.body = 400, refusal{400, "invalidSyntax", "no"}.body()
			}
		}})
	}
	return append(list, fault{name: "cursors are passed over", request: func(x *exchange) {
		x.query.Del("cursor")
		delete(x.sent, "cursor")
	}}, fault{name: "there is no root", request: func(x *exchange) {
		if x.path == "" || x.path == "/" || x.path == "/.search" {
			x.status, x.body = 501, refusal{501, "", "no"}.body()
		}
	}})
}

package conformance

import (
	"maps"
	"net/http"
	"slices"
	"strings"

	"birthright/scim/shape"
)

// writeFaults are about changes that do not happen, or happen to too much.
func writeFaults() []fault {
	read := func(x *exchange) { x.method, x.sent, x.raw = http.MethodGet, nil, nil }
	onPatch := func(name string, f func(x *exchange, operations []any)) fault {
		return fault{name: name, request: func(x *exchange) {
			if operations, ok := x.sent["Operations"].([]any); ok && x.method == "PATCH" {
				f(x, operations)
			}
		}}
	}
	operations := func(name string, f func(map[string]any)) fault {
		return onPatch(name, func(_ *exchange, list []any) {
			for _, o := range list {
				if operation, ok := o.(map[string]any); ok {
					f(operation)
				}
			}
		})
	}
	bodies := func(name string, f func(map[string]any)) fault {
		return fault{name: name, request: func(x *exchange) {
			if x.sent != nil && x.method != "PATCH" {
				f(x.sent)
			}
		}}
	}
	return []fault{
		{name: "PATCH does nothing", request: func(x *exchange) {
			if x.method == "PATCH" {
				read(x)
			}
		}},
		{name: "PUT does nothing", request: func(x *exchange) {
			if x.method == "PUT" {
				read(x)
			}
		}},
		{name: "DELETE does nothing", request: func(x *exchange) {
			if x.method == "DELETE" {
				x.status = 204
			}
		}},
		{name: "PUT is a PATCH", request: func(x *exchange) {
			if x.method == "PUT" && x.sent != nil {
				value := maps.Clone(x.sent)
				for _, name := range []string{"schemas", "id", "meta", "groups"} {
					delete(value, name)
				}
				x.method, x.sent = "PATCH", map[string]any{"schemas": []any{patchMessage}, "Operations": []any{map[string]any{"op": "replace", "value": value}}}
			}
		}},
		{name: "PUT creates", answer: func(x *exchange) {
			if x.method == "PUT" && x.status == 404 {
				x.status = 201
			}
		}},
		onPatch("only the first operation counts", func(x *exchange, list []any) {
			if len(list) > 0 {
				x.sent["Operations"] = list[:1]
			}
		}),
		onPatch("operations are turned round", func(_ *exchange, list []any) { slices.Reverse(list) }),
		operations("add is replace", func(o map[string]any) {
			if o["op"] == "add" {
				o["op"] = "replace"
			}
		}),
		operations("replace is add", func(o map[string]any) {
			if o["op"] == "replace" {
				o["op"] = "add"
			}
		}),
		operations("a selection means all", func(o map[string]any) {
			if path, ok := o["path"].(string); ok && strings.Contains(path, "[") {
				before, _, _ := strings.Cut(path, "[")
				_, after, _ := strings.Cut(path, "]")
				o["path"] = before + after
			}
		}),
		operations("a part means the whole", func(o map[string]any) {
			if path, ok := o["path"].(string); ok && o["op"] == "remove" && !strings.Contains(path, ":") {
				o["path"], _, _ = strings.Cut(path, ".")
			}
		}),
		bodies("null and nothing are texts", func(b map[string]any) {
			for name, v := range b {
				if list, ok := v.([]any); v == nil || ok && len(list) == 0 {
					b[name] = "null"
				}
			}
		}),
		bodies("null in an object is a text", func(b map[string]any) {
			for _, v := range b {
				if object, ok := v.(map[string]any); ok {
					for part := range object {
						if object[part] == nil {
							object[part] = "null"
						}
					}
				}
			}
		}),
		bodies("names have one letter case", func(b map[string]any) {
			maps.DeleteFunc(b, func(name string, _ any) bool {
				return name != strings.ToLower(name[:1])+name[1:] || strings.ToLower(name) == "displayname" && name != "displayName"
			})
		}),
		bodies("schemas do not matter", func(b map[string]any) {
			for name := range b {
				if strings.EqualFold(name, "schemas") {
					delete(b, name)
				}
			}
			b["schemas"] = []any{coreUser, coreGroup, searchMessage, patchMessage}
		}),
		bodies("schemas are a fixed list", func(b map[string]any) {
			if list, ok := b["schemas"].([]any); ok && len(list) > 1 {
				b["schemas"] = list[1:]
			}
		}),
		bodies("numbers and booleans are texts", func(b map[string]any) {
			for name, v := range b {
				switch v.(type) {
				case nil, string, map[string]any, []any:
				default:
					b[name] = shape.Encode(v)
				}
			}
		}),
		{name: "a bad body is an empty one", request: func(x *exchange) {
			if x.sent == nil && (x.method == "POST" || x.method == "PUT") && len(x.raw) < 100_000 {
				x.status, x.body = 201, map[string]any{"id": "x", "schemas": []any{coreUser}, "meta": map[string]any{}}
			}
		}},
		{name: "a bad PATCH is done", answer: func(x *exchange) {
			if x.method == "PATCH" && x.status == 400 {
				x.status, x.body = 204, nil
			}
		}},
		{name: "every PATCH is answered without a body", answer: func(x *exchange) {
			if x.method == "PATCH" && x.status == 200 {
				x.status, x.body = 204, nil
			}
		}},
		{name: "every PUT is a conflict", answer: func(x *exchange) {
			if x.method == "PUT" && x.status == 200 {
				x.status, x.body = 409, refusal{409, "", "again?"}.body()
			}
		}},
		{name: "Me is a user", answer: func(x *exchange) {
			if x.path == "/Me" {
				x.status, x.body = 200, map[string]any{"id": "me"}
			}
		}},
	}
}

func discoveryFaults() []fault {
	config := func(name string, f func(map[string]any)) fault {
		return fault{name: name, answer: func(x *exchange) {
			if x.path == "/ServiceProviderConfig" && x.status == 200 {
				f(x.object())
			}
		}}
	}
	definitions := func(name string, f func(map[string]any)) fault {
		var each func(list any)
		each = func(list any) {
			attributes, _ := list.([]any)
			for _, a := range attributes {
				if definition, ok := a.(map[string]any); ok {
					f(definition)
					each(definition["subAttributes"])
				}
			}
		}
		return fault{name: name, answer: func(x *exchange) {
			if strings.HasPrefix(x.path, "/Schemas/") && x.status == 200 {
				each(x.object()["attributes"])
			}
		}}
	}
	list := []fault{
		config("nothing is said to be supported", func(c map[string]any) {
			for _, v := range c {
				if feature, ok := v.(map[string]any); ok && feature["supported"] == true {
					feature["supported"] = false
				}
			}
		}),
		config("nothing is said of what is supported", func(c map[string]any) {
			maps.DeleteFunc(c, func(_ string, v any) bool { return shape.At(v, "$.supported") != nil })
		}),
		config("nobody is told how to come in", func(c map[string]any) { delete(c, "authenticationSchemes") }),
		config("cursors are not told", func(c map[string]any) { delete(c, "pagination") }),
		config("the page is said to be small", func(c map[string]any) {
			c["filter"] = map[string]any{"supported": true, "maxResults": 1}
		}),
		definitions("attributes are writable", func(d map[string]any) { d["mutability"] = "readWrite" }),
		definitions("attributes are texts", func(d map[string]any) { d["type"] = "string"; delete(d, "subAttributes") }),
		definitions("attributes are single", func(d map[string]any) { d["multiValued"] = false }),
		definitions("attributes have no suggestions", func(d map[string]any) { delete(d, "canonicalValues") }),
		definitions("attributes are returned somehow", func(d map[string]any) { d["returned"] = "sometimes" }),
		definitions("attributes are not required", func(d map[string]any) { d["required"] = false }),
		definitions("attributes have no parts", func(d map[string]any) { delete(d, "subAttributes") }),
		{name: "discovery is paged", answer: func(x *exchange) {
			if (x.path == "/Schemas" || x.path == "/ResourceTypes") && x.query.Has("count") {
				list := x.object()["Resources"].([]any)
				x.object()["Resources"] = list[:1]
			}
		}},
		{name: "types are not told", answer: func(x *exchange) {
			if strings.HasPrefix(x.path, "/ResourceTypes/") && x.status == 200 {
				delete(x.object(), "schemaExtensions")
				delete(x.object(), "endpoint")
			}
		}},
		{name: "schemas of types are not there", request: func(x *exchange) {
			if strings.HasPrefix(x.path, "/Schemas/") {
				x.status, x.body = 404, refusal{404, "", "no"}.body()
			}
		}},
		{name: "messages are schemas", answer: func(x *exchange) {
			if strings.HasPrefix(x.path, "/Schemas/") && x.status == 404 {
				x.status = 200
			}
		}},
	}
	return list
}

func bulkFaults() []fault {
	results := func(name string, f func(map[string]any)) fault {
		return fault{name: name, answer: func(x *exchange) {
			list, _ := x.object()["Operations"].([]any)
			for _, r := range list {
				if result, ok := r.(map[string]any); ok && x.path == "/Bulk" {
					f(result)
				}
			}
		}}
	}
	missing := func(member string) fault {
		return results("operations have no "+member, func(r map[string]any) { delete(r, member) })
	}
	return []fault{
		missing("status"), missing("location"), missing("response"), missing("bulkId"), missing("version"), missing("method"),
		results("operations all succeed", func(r map[string]any) { r["status"] = "200" }),
		results("a failed POST has a location", func(r map[string]any) { r["location"] = "https://x.example/Users/1" }),
		{name: "a bulk stops at the first error", request: func(x *exchange) {
			if x.path == "/Bulk" && x.sent != nil {
				x.sent["failOnErrors"] = 1
			}
		}},
		{name: "a bulk never stops", request: func(x *exchange) {
			if x.path == "/Bulk" && x.sent != nil && x.sent["failOnErrors"] != "one" {
				delete(x.sent, "failOnErrors")
			}
		}},
		{name: "bulkIds are ids", request: func(x *exchange) {
			if x.path == "/Bulk" {
				walk(x.sent["Operations"], func(s string) any { return strings.Replace(s, "bulkId:", "id:", 1) })
			}
		}},
		{name: "a bulk only reads", request: func(x *exchange) {
			if x.path == "/Bulk" && x.sent != nil {
				if _, ok := x.sent["Operations"].([]any); ok {
					x.sent["Operations"] = []any{}
				}
			}
		}},
		{name: "versions in a bulk do not matter", request: func(x *exchange) {
			if operations, _ := x.sent["Operations"].([]any); x.path == "/Bulk" {
				for _, o := range operations {
					if operation, ok := o.(map[string]any); ok {
						delete(operation, "version")
					}
				}
			}
		}},
		{name: "a bad bulk is an empty one", answer: func(x *exchange) {
			if x.path == "/Bulk" && x.status >= 400 {
				x.status, x.body = 200, map[string]any{"schemas": []any{bulkResponse}, "Operations": []any{}}
			}
		}},
	}
}

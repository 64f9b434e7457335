package conformance

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"maps"
	"slices"
	"strconv"
	"strings"

	"birthright/scim/shape"
)

// list answers a GET of a list; without a kind, of everything.
func (m *model) list(kind *modelType) handler {
	return func(r modelRequest) (reply, error) { return m.page(kind, r.query) }
}

// search answers a POST to .search: its body is turned into parameters.
func (m *model) search(kind *modelType) handler {
	return func(r modelRequest) (reply, error) {
		body, err := readJSON(r.body)
		if err != nil {
			return reply{}, err
		}
		if schemas, _ := field(body, "schemas").([]any); !slices.Contains(schemas, any(searchMessage)) {
			return reply{}, refuse(400, "invalidSyntax", "schemas has to contain %s", searchMessage)
		}
		query := map[string][]string{}
		for _, name := range strings.Fields("filter sortBy sortOrder startIndex count cursor attributes excludedAttributes") {
			switch v := field(body, name).(type) {
			case string:
				query[name] = []string{v}
			case json.Number:
				if name != "startIndex" && name != "count" {
					return reply{}, badFilter("%s is a text", name)
				}
				query[name] = []string{v.String()}
			case []any:
				var names []string
				for _, one := range v {
					text, _ := one.(string)
					names = append(names, text)
				}
				query[name] = []string{strings.Join(names, ",")}
			}
		}
		return m.page(kind, query)
	}
}

func parameter(query map[string][]string, name string) string {
	if values := query[name]; len(values) > 0 {
		return values[0]
	}
	return ""
}

// page answers a question.
func (m *model) page(kind *modelType, query map[string][]string) (reply, error) {
	found, err := m.matching(kind, parameter(query, "filter"))
	if err != nil {
		return reply{}, err
	}
	if found, err = m.sorted(kind, found, parameter(query, "sortBy"), parameter(query, "sortOrder")); err != nil {
		return reply{}, err
	}
	count, err := number(query, "count", modelPage)
	if err != nil {
		return reply{}, err
	}
	count = min(max(count, 0), modelPage)
	body := map[string]any{"schemas": []any{listMessage}, "totalResults": len(found)}
	start, err := number(query, "startIndex", 1)
	if err != nil {
		return reply{}, err
	}
	start = max(start, 1)
	if query["cursor"] != nil {
		if start, err = m.after(kind, query, found); err != nil {
			return reply{}, err
		}
	} else {
		body["startIndex"] = start
	}
	from := min(start-1, len(found))
	shown := found[from:min(from+count, len(found))]
	if query["cursor"] != nil && from+len(shown) < len(found) && len(shown) > 0 {
		body["nextCursor"] = cursorFor(kind, query, shown[len(shown)-1].id)
	}
	resources := []any{}
	for _, r := range shown {
		doc, err := project(r.kind, m.rendered(r), query)
		if err != nil {
			return reply{}, err
		}
		resources = append(resources, doc)
	}
	body["itemsPerPage"], body["Resources"] = len(resources), resources
	return reply{status: 200, body: body}, nil
}

func number(query map[string][]string, name string, absent int) (int, error) {
	text := parameter(query, name)
	if text == "" {
		return absent, nil
	}
	n, err := strconv.Atoi(text)
	if err != nil {
		return 0, refuse(400, "invalidValue", "%s is a number", name)
	}
	return n, nil
}

// matching returns what passes a filter, in the order of creation.
func (m *model) matching(kind *modelType, filter string) ([]*modelRecord, error) {
	tests := map[*modelType]test{}
	for _, t := range modelTypes() {
		tests[t] = func(map[string]any) bool { return kind == nil || kind == t }
		if strings.TrimSpace(filter) == "" || kind != nil && kind != t {
			continue
		}
		passes, err := compile(filter, t)
		if err != nil && kind == nil {
			passes, err = compileLoosely(filter, t)
		}
		if err != nil {
			return nil, err
		}
		tests[t] = passes
	}
	var found []*modelRecord
	for _, r := range m.order {
		if m.records[r.id] != nil && tests[r.kind](m.rendered(r)) {
			found = append(found, r)
		}
	}
	return found, nil
}

// compileLoosely reads a filter in which an attribute that the type does not have
// is absent.
func compileLoosely(text string, kind *modelType) (test, error) {
	merged := *kind
	merged.core = &modelSchema{urn: kind.core.urn, attributes: slices.Clone(kind.core.attributes)}
	for _, other := range modelTypes() {
		for _, a := range other.core.attributes {
			if find(merged.core.attributes, a.name) == nil {
				merged.core.attributes = append(merged.core.attributes, a)
			}
		}
		merged.extensions = append(slices.Clone(merged.extensions), other.extensions...)
	}
	return compile(text, &merged)
}

// sorted orders what was found; who has no value comes last, and first when
// descending.
func (m *model) sorted(kind *modelType, found []*modelRecord, by, order string) ([]*modelRecord, error) {
	if by == "" {
		return found, nil
	}
	if order != "" && order != "ascending" && order != "descending" {
		return nil, refuse(400, "invalidValue", "there is no order %s", order)
	}
	keys := map[*modelRecord]string{}
	for _, r := range found {
		at, ok := r.kind.locate(by)
		if !ok && kind != nil {
			return nil, refuse(400, "invalidPath", "there is no attribute %s", by)
		}
		if ok {
			keys[r] = m.sortKey(r, at)
		}
	}
	found = slices.Clone(found)
	slices.SortStableFunc(found, func(a, b *modelRecord) int {
		x, y := keys[a], keys[b]
		result := strings.Compare(x, y)
		if (x == "") != (y == "") {
			result = -result // no value is after all values
		}
		if order == "descending" {
			return -result
		}
		return result
	})
	return found, nil
}

// sortKey is the value that a resource is sorted by: the primary one, else the first.
func (m *model) sortKey(r *modelRecord, at place) string {
	doc := m.rendered(r)
	if at.attr.kind == "complex" && at.part == nil {
		at.part = find(at.attr.parts, "value")
	}
	whole := place{urn: at.urn, attr: at.attr}
	values := whole.values(doc)
	for _, v := range values {
		if object, ok := v.(map[string]any); ok && object["primary"] == true {
			values = []any{v}
		}
	}
	leaf := at.attr
	if at.part != nil {
		leaf = at.part
		values = place{attr: at.attr, part: at.part}.values(map[string]any{at.attr.name: values})
	}
	if len(values) == 0 {
		return ""
	}
	text, _ := values[0].(string)
	return leaf.fold(text)
}

// cursorFor names the place after a resource in the answer to a query.
func cursorFor(kind *modelType, query map[string][]string, id string) string {
	name := "all"
	if kind != nil {
		name = kind.name
	}
	sum := sha256.Sum256([]byte(strings.Join([]string{name, id, parameter(query, "filter"), parameter(query, "sortBy"), parameter(query, "sortOrder")}, "\x00")))
	return id + "." + hex.EncodeToString(sum[:8])
}

// after returns the index that a cursor leads to.
func (m *model) after(kind *modelType, query map[string][]string, found []*modelRecord) (int, error) {
	cursor := parameter(query, "cursor")
	if cursor == "" {
		return 1, nil
	}
	id, _, _ := strings.Cut(cursor, ".")
	if cursor != cursorFor(kind, query, id) {
		return 0, refuse(400, "invalidCursor", "this cursor is of no such query")
	}
	return slices.IndexFunc(found, func(r *modelRecord) bool { return r.id == id }) + 2, nil
}

// project leaves out what was not asked for.
func project(kind *modelType, doc map[string]any, query map[string][]string) (map[string]any, error) {
	only, except := parameter(query, "attributes"), parameter(query, "excludedAttributes")
	if only != "" && except != "" {
		return nil, refuse(400, "invalidValue", "attributes and excludedAttributes exclude each other")
	}
	if only == "" {
		for name := range strings.SplitSeq(except, ",") {
			drop(kind, doc, strings.TrimSpace(name))
		}
		return doc, nil
	}
	out := map[string]any{"id": doc["id"], "schemas": doc["schemas"]}
	for name := range strings.SplitSeq(only, ",") {
		keep(kind, out, doc, strings.TrimSpace(name))
	}
	return out, nil
}

func drop(kind *modelType, doc map[string]any, name string) {
	at, ok := kind.locate(name)
	switch {
	case !ok || at.attr != nil && (at.attr.name == "id" || at.attr.name == "schemas"):
		return
	case at.attr == nil:
		delete(doc, at.urn)
		return
	}
	if at.urn != "" {
		doc, _ = doc[at.urn].(map[string]any)
	}
	if at.part == nil {
		delete(doc, at.attr.name)
		return
	}
	for _, v := range elements(doc[at.attr.name]) {
		delete(v.(map[string]any), at.part.name)
	}
}

func keep(kind *modelType, out, doc map[string]any, name string) {
	at, ok := kind.locate(name)
	if !ok {
		return
	}
	if at.urn != "" {
		inner, _ := doc[at.urn].(map[string]any)
		if inner == nil {
			return
		}
		if at.attr == nil {
			out[at.urn] = inner
			return
		}
		kept, _ := out[at.urn].(map[string]any)
		if kept == nil {
			kept = map[string]any{}
		}
		out[at.urn], out, doc = kept, kept, inner
	}
	value, ok := doc[at.attr.name]
	if !ok || at.part == nil {
		if ok {
			out[at.attr.name] = value
		}
		return
	}
	out[at.attr.name] = partsOf(value, out[at.attr.name], at.part.name)
}

// partsOf adds one part of each value to what is kept of it already.
func partsOf(value, kept any, part string) any {
	if list, ok := value.([]any); ok {
		old, _ := kept.([]any)
		var out []any
		for i, one := range list {
			var before any
			if i < len(old) {
				before = old[i]
			}
			out = append(out, partsOf(one, before, part))
		}
		return out
	}
	object, _ := kept.(map[string]any)
	out := maps.Clone(object)
	if out == nil {
		out = map[string]any{}
	}
	if v := shape.At(value, "$."+part); v != nil {
		out[part] = v
	}
	return out
}

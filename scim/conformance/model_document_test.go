package conformance

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"io"
	"net/url"
	"slices"
	"strings"
	"unicode/utf8"

	"birthright/scim/shape"
)

// parseQuery reads the query of an address.
func parseQuery(raw string) (url.Values, error) {
	values, err := url.ParseQuery(raw)
	if err != nil {
		return nil, refuse(400, "invalidValue", "the query cannot be read")
	}
	return values, nil
}

// readJSON reads one object, names given once, not too deep.
func readJSON(data []byte) (map[string]any, error) {
	bad := refuse(400, "invalidSyntax", "the body is not one JSON object")
	if !utf8.Valid(data) {
		return nil, bad
	}
	d := json.NewDecoder(bytes.NewReader(data))
	d.UseNumber()
	v, ok := readValue(d, 0)
	object, isObject := v.(map[string]any)
	if _, err := d.Token(); !ok || !isObject || err != io.EOF {
		return nil, bad
	}
	return object, nil
}

func readValue(d *json.Decoder, depth int) (any, bool) {
	token, err := d.Token()
	if err != nil || depth > 40 {
		return nil, false
	}
	delimiter, nested := token.(json.Delim)
	if !nested {
		text, isText := token.(string)
		return token, !isText || !strings.Contains(text, "\x00")
	}
	object, array, seen := map[string]any{}, []any{}, map[string]bool{}
	for d.More() {
		name := ""
		if delimiter == '{' {
			key, err := d.Token()
			if err != nil {
				return nil, false
			}
			name, _ = key.(string)
			if seen[strings.ToLower(name)] {
				return nil, false
			}
			seen[strings.ToLower(name)] = true
		}
		v, ok := readValue(d, depth+1)
		if !ok {
			return nil, false
		}
		object[name], array = v, append(array, v)
	}
	_, err = d.Token()
	if delimiter == '{' {
		return object, err == nil
	}
	return array, err == nil
}

// regular checks a value against its definition and spells it as the schema does;
// nil is no value.
func (a *modelAttribute) regular(v any) (any, error) {
	list, isList := v.([]any)
	if !a.multi || v == nil {
		if isList {
			return nil, refuse(400, "invalidValue", "%s is one value", a.name)
		}
		return a.single(v)
	}
	if !isList {
		return nil, refuse(400, "invalidValue", "%s is a list", a.name)
	}
	var out []any
	for _, one := range list {
		got, err := a.single(one)
		if err != nil {
			return nil, err
		}
		if got != nil && !slices.ContainsFunc(out, func(old any) bool { return sameValue(old, got) }) {
			out = append(out, got)
		}
	}
	if len(out) > 1000 {
		return nil, refuse(400, "invalidValue", "%s has too many values", a.name)
	}
	if countPrimary(out) > 1 {
		return nil, refuse(400, "invalidValue", "%s has two primary values", a.name)
	}
	if len(out) == 0 {
		return nil, nil
	}
	return out, nil
}

func countPrimary(list []any) int {
	n := 0
	for _, one := range list {
		if shape.At(one, "$.primary") == true {
			n++
		}
	}
	return n
}

// sameValue compares two elements of a list by value and type.
func sameValue(a, b any) bool {
	x, ok := a.(map[string]any)
	y, ok2 := b.(map[string]any)
	if !ok || !ok2 || x["value"] == nil {
		return shape.Encode(a) == shape.Encode(b)
	}
	return shape.Encode(x["value"]) == shape.Encode(y["value"]) && shape.Encode(x["type"]) == shape.Encode(y["type"])
}

func (a *modelAttribute) single(v any) (any, error) {
	if v == nil {
		return nil, nil
	}
	wrong := refuse(400, "invalidValue", "%s has the wrong type", a.name)
	text, isText := v.(string)
	_, isBool := v.(bool)
	switch {
	case a.kind == "complex":
		object, ok := v.(map[string]any)
		if !ok {
			return nil, wrong
		}
		return regularObject(a.parts, object)
	case a.kind == "boolean" && isBool:
		return v, nil
	case a.kind == "boolean" || !isText:
		return nil, wrong
	case a.kind == "binary":
		if _, err := base64.RawStdEncoding.DecodeString(strings.TrimRight(text, "=")); err != nil {
			return nil, wrong
		}
	}
	if text == "" {
		return nil, nil
	}
	return v, nil
}

// regularObject makes the parts of an object regular; unknown and read-only ones
// are dropped.
func regularObject(definitions []*modelAttribute, object map[string]any) (any, error) {
	out := map[string]any{}
	for name, value := range object {
		a := find(definitions, name)
		if a == nil || a.mutability == "readOnly" {
			continue
		}
		got, err := a.regular(value)
		if err != nil {
			return nil, err
		}
		if got != nil {
			out[a.name] = got
		}
	}
	if len(out) == 0 {
		return nil, nil
	}
	return out, nil
}

// document reads the body of a POST or PUT.
func (t *modelType) document(body map[string]any) (map[string]any, error) {
	schemas, ok := field(body, "schemas").([]any)
	if !ok || !slices.ContainsFunc(schemas, func(s any) bool { text, _ := s.(string); return strings.EqualFold(text, t.core.urn) }) {
		return nil, refuse(400, "invalidSyntax", "schemas has to contain %s", t.core.urn)
	}
	core, err := regularObject(t.definitions(), body)
	if err != nil {
		return nil, err
	}
	doc, _ := core.(map[string]any)
	if doc == nil {
		doc = map[string]any{}
	}
	delete(doc, "schemas")
	delete(doc, "password")
	for name, value := range body {
		x := t.extension(name)
		if x == nil || value == nil {
			continue
		}
		object, ok := value.(map[string]any)
		if !ok {
			return nil, refuse(400, "invalidValue", "%s is an object", name)
		}
		got, err := regularObject(x.attributes, object)
		if err != nil {
			return nil, err
		}
		if got != nil {
			doc[x.urn] = got
		}
	}
	return doc, t.whole(doc)
}

// whole checks that what is required is there.
func (t *modelType) whole(doc map[string]any) error {
	for _, a := range t.core.attributes {
		if a.required && doc[a.name] == nil {
			return refuse(400, "invalidValue", "%s is required", a.name)
		}
	}
	return nil
}

// field returns a member of an object by name in any letter case.
func field(object map[string]any, name string) any {
	for key, value := range object {
		if strings.EqualFold(key, name) {
			return value
		}
	}
	return nil
}

// copied is a deep copy.
func copied(v any) any {
	switch v := v.(type) {
	case map[string]any:
		out := map[string]any{}
		for name, value := range v {
			out[name] = copied(value)
		}
		return out
	case []any:
		out := make([]any, len(v))
		for i, value := range v {
			out[i] = copied(value)
		}
		return out
	}
	return v
}

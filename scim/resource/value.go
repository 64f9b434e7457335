package resource

import (
	"encoding/base64"
	"encoding/json"
	"strings"
	"time"

	"birthright/scim/fault"
)

// MaxValues bounds the values of one multi-valued attribute, members excepted.
const MaxValues = 250

// Value makes a value that a client sent for a regular, or says why it cannot be
// one. Nil means unassigned: null, an empty array, an empty text or object.
//
// Providers write the same thing in several ways, and none of these is
// ambiguous: "True" for true, an object or text where an array of one is meant, a
// text for a complex value with a "value", and complex values that are JSON
// inside a text.
func (a *Attribute) Value(v any) (any, error) {
	if !a.Multi {
		return a.Element(v)
	}
	list, ok := v.([]any)
	if !ok {
		list = []any{v}
	}
	out := make([]any, 0, len(list))
	for _, element := range list {
		regular, err := a.single(element)
		if err != nil {
			return nil, err
		}
		if regular != nil && !a.hollow(regular) {
			out = append(out, regular)
		}
	}
	if len(out) > MaxValues && a.Name != "members" {
		return nil, fault.InvalidValue("%s has %d values; at most %d are kept.", a.Name, len(out), MaxValues)
	}
	if len(out) == 0 {
		return nil, nil
	}
	return out, nil
}

// Element makes one value regular, of a multi-valued attribute too; a list of one
// is that one.
func (a *Attribute) Element(v any) (any, error) {
	list, ok := v.([]any)
	switch {
	case ok && len(list) > 1:
		return nil, fault.InvalidValue("%s takes one value, not %d.", a.Name, len(list))
	case ok && len(list) == 1:
		v = list[0]
	case ok:
		v = nil
	}
	return a.single(v)
}

// hollow reports whether an element of a multi-valued attribute says nothing:
// only what kind of value it would be.
func (a *Attribute) hollow(element any) bool {
	object, ok := element.(map[string]any)
	if !ok || lookup(a.Sub, "value") == nil {
		return false
	}
	for name := range object {
		switch name {
		case "type", "primary", "display":
		default:
			return false
		}
	}
	return true
}

// single makes one value regular.
func (a *Attribute) single(v any) (any, error) {
	if v == nil {
		return nil, nil
	}
	switch a.Type {
	case "complex":
		return a.complexValue(v)
	case "boolean":
		return a.boolean(v)
	case "integer", "decimal":
		return a.number(v)
	}
	s, ok := v.(string)
	if !ok {
		return nil, fault.InvalidValue("%s must be a text.", a.Name)
	}
	if s == "" {
		return nil, nil
	}
	return s, a.checkFormat(s)
}

// checkFormat checks the types that are written as texts.
func (a *Attribute) checkFormat(s string) error {
	switch a.Type {
	case "binary":
		if _, err := base64.StdEncoding.DecodeString(s); err != nil {
			return fault.InvalidValue("%s must be base64.", a.Name)
		}
	case "dateTime":
		if _, err := parseTime(s); err != nil {
			return fault.InvalidValue("%s must be a date and time such as 2026-01-02T15:04:05Z.", a.Name)
		}
	}
	return nil
}

func (a *Attribute) boolean(v any) (any, error) {
	switch b := v.(type) {
	case bool:
		return b, nil
	case string:
		switch strings.ToLower(b) {
		case "true":
			return true, nil
		case "false":
			return false, nil
		case "":
			return nil, nil
		}
	}
	return nil, fault.InvalidValue("%s must be true or false.", a.Name)
}

func (a *Attribute) number(v any) (any, error) {
	n, ok := v.(json.Number)
	if ok && a.Type == "integer" {
		_, err := n.Int64()
		ok = err == nil
	}
	if !ok {
		return nil, fault.InvalidValue("%s must be a number.", a.Name)
	}
	return n, nil
}

func (a *Attribute) complexValue(v any) (any, error) {
	if s, ok := v.(string); ok {
		v = a.complexText(s)
	}
	object, ok := v.(map[string]any)
	if !ok {
		return nil, fault.InvalidValue("%s must be an object.", a.Name)
	}
	regular := make(map[string]any, len(object))
	for name, value := range object {
		sub := lookup(a.Sub, name)
		if sub == nil || sub.ReadOnly() {
			continue
		}
		got, err := sub.Value(value)
		if err != nil {
			return nil, err
		}
		if got != nil {
			regular[sub.Name] = got
		}
	}
	if len(regular) == 0 {
		return nil, nil
	}
	return regular, nil
}

// complexText reads a complex value that came as a text.
func (a *Attribute) complexText(s string) any {
	if strings.HasPrefix(s, "{") {
		if object, err := ReadObject([]byte(s)); err == nil {
			return object
		}
	}
	if lookup(a.Sub, "value") != nil {
		return map[string]any{"value": s}
	}
	return s
}

// readObject makes the object of an extension regular. What the extension does
// not declare is kept as it is.
func readObject(urn string, attributes []*Attribute, object map[string]any) (map[string]any, error) {
	regular := make(map[string]any, len(object))
	for name, value := range object {
		if a := lookup(attributes, name); a != nil {
			got, err := a.Value(value)
			if err != nil {
				return nil, err
			}
			name, value = a.Name, got
		}
		if !Empty(value) {
			regular[name] = value
		}
	}
	return regular, nil
}

// Empty reports whether a value is no value: null, or an empty text, list or object.
func Empty(v any) bool {
	switch v := v.(type) {
	case nil:
		return true
	case string:
		return v == ""
	case []any:
		return len(v) == 0
	case map[string]any:
		return len(v) == 0
	}
	return false
}

// parseTime reads a dateTime of XML Schema as far as SCIM uses it.
func parseTime(s string) (time.Time, error) {
	if t, err := time.Parse(time.RFC3339Nano, s); err == nil {
		return t, nil
	}
	return time.ParseInLocation("2006-01-02T15:04:05.999999999", s, time.UTC)
}

package patchtest

import (
	b64 "encoding/base64"
	"slices"
	"strings"
	"time"

	"birthright/scim/resource"
)

// The reasons of a refusal: RFC 7644 table 9.
const (
	invalidSyntax = "invalidSyntax"
	invalidPath   = "invalidPath"
	invalidValue  = "invalidValue"
	invalidFilter = "invalidFilter"
	noTarget      = "noTarget"
	mutability    = "mutability"
)

// regular reads the value of an attribute: nil is unassigned.
func (e evaluator) regular(a attribute, v any) (any, string) {
	if a.kind == free && !a.many {
		return strip(v), ""
	}
	if !a.many {
		if list, ok := v.([]any); ok {
			if e.strict || len(list) > 1 {
				return nil, invalidValue
			}
			if v = nil; len(list) == 1 {
				v = list[0]
			}
		}
		return e.one(a, v)
	}
	if v == nil || v == "" {
		return nil, ""
	}
	list, ok := v.([]any)
	if !ok {
		if e.strict && a.kind != free {
			return nil, invalidValue
		}
		list = []any{v}
	}
	var out []any
	for _, element := range list {
		got, refusal := e.one(a, element)
		if refusal != "" {
			return nil, refusal
		}
		if !says(a, got) {
			continue
		}
		out = append(out, got)
	}
	if out = onceEach(a, out); len(out) == 0 {
		return nil, ""
	}
	return out, ""
}

// onceEach leaves one of the values that have the same "value" and "type", the
// first; it is primary if another of them is.
func onceEach(a attribute, list []any) []any {
	if _, valued := find(a.subs, "value"); !valued {
		return list
	}
	var out []any
	for _, element := range list {
		m, _ := element.(map[string]any)
		i := slices.IndexFunc(out, func(one any) bool {
			o, _ := one.(map[string]any)
			return m["value"] != nil && o["value"] == m["value"] && o["type"] == m["type"]
		})
		switch {
		case i < 0:
			out = append(out, element)
		case isPrimary(element):
			out[i] = join(out[i], map[string]any{"primary": true})
		}
	}
	return out
}

// says reports whether an element says something: more than what kind of value
// it would be if it had one.
func says(a attribute, element any) bool {
	if empty(element) {
		return false
	}
	m, ok := element.(map[string]any)
	if _, valued := find(a.subs, "value"); !ok || !valued { // an address, or nobody knows
		return true
	}
	for name := range m {
		if name != "type" && name != "primary" && name != "display" {
			return true
		}
	}
	return false
}

// one reads one value.
func (e evaluator) one(a attribute, v any) (any, string) {
	if v == nil || v == "" {
		return nil, ""
	}
	s, isText := v.(string)
	switch a.kind {
	case free:
		return v, ""
	case object:
		return e.object(a, v)
	case truth:
		if b, ok := v.(bool); ok {
			return b, ""
		}
		if isText && !e.strict && strings.EqualFold(s, "true") {
			return true, ""
		}
		if isText && !e.strict && strings.EqualFold(s, "false") {
			return false, ""
		}
		return nil, invalidValue
	case moment:
		if isText && isMoment(s) {
			return s, ""
		}
		return nil, invalidValue
	case base64:
		if _, err := b64.RawStdEncoding.DecodeString(strings.TrimRight(s, "=")); isText && err == nil {
			return s, ""
		}
		return nil, invalidValue
	}
	if !isText {
		return nil, invalidValue
	}
	return s, ""
}

// object reads a complex value. What it does not declare or nobody may set is
// left out.
func (e evaluator) object(a attribute, v any) (any, string) {
	m, refusal := e.parts(a, v)
	if refusal != "" {
		return nil, refusal
	}
	out := map[string]any{}
	for name, value := range m {
		sub, ok := find(a.subs, name)
		if !ok || sub.readOnly {
			continue
		}
		got, refusal := e.regular(sub, value)
		if refusal != "" {
			return nil, refusal
		}
		if got != nil {
			out[sub.name] = got
		}
	}
	if len(out) == 0 {
		return nil, ""
	}
	return out, ""
}

// parts returns what is written as a complex value: an object, or leniently one
// inside a text, or a text that is its "value".
func (e evaluator) parts(a attribute, v any) (map[string]any, string) {
	if m, ok := v.(map[string]any); ok {
		return e.role(a, m)
	}
	s, ok := v.(string)
	if !ok || e.strict {
		return nil, invalidValue
	}
	if m, err := resource.ReadObject([]byte(s)); err == nil && strings.HasPrefix(s, "{") {
		return e.role(a, m)
	}
	if _, ok := find(a.subs, "value"); ok {
		return e.role(a, map[string]any{"value": s})
	}
	return nil, invalidValue
}

// role returns the role that the "value" of m has as JSON, as Entra writes
// several, and what m says beside it; any other value is m, and any is where the
// text of a value is a text.
func (e evaluator) role(a attribute, m map[string]any) (map[string]any, string) {
	text, _ := m["value"].(string)
	whole, err := resource.ReadObject([]byte(text))
	if e.strict || a.name != "roles" || !strings.HasPrefix(text, "{") || err != nil || whole["value"] == nil {
		return m, ""
	}
	return join(m, whole).(map[string]any), ""
}

// strip leaves out what says nothing in a value that nobody declares.
func strip(v any) any {
	m, ok := v.(map[string]any)
	if ok {
		out := map[string]any{}
		for name, part := range m {
			if !empty(part) {
				out[name] = part
			}
		}
		v = out
	}
	if empty(v) {
		return nil
	}
	return v
}

func isMoment(s string) bool {
	for _, layout := range []string{time.RFC3339Nano, "2006-01-02T15:04:05.999999999", time.DateOnly} {
		if _, err := time.Parse(layout, s); err == nil {
			return true
		}
	}
	return false
}

func empty(v any) bool {
	switch v := v.(type) {
	case []any:
		return len(v) == 0
	case map[string]any:
		return len(v) == 0
	}
	return v == nil || v == ""
}

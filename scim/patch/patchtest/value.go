package patchtest

import (
	b64 "encoding/base64"
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
	if len(out) == 0 {
		return nil, ""
	}
	return out, ""
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
		if _, err := b64.StdEncoding.DecodeString(s); isText && err == nil {
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
		return m, ""
	}
	s, ok := v.(string)
	if !ok || e.strict {
		return nil, invalidValue
	}
	if m, err := resource.ReadObject([]byte(s)); err == nil && strings.HasPrefix(s, "{") {
		return m, ""
	}
	if _, ok := find(a.subs, "value"); ok {
		return map[string]any{"value": s}, ""
	}
	return nil, invalidValue
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

package rules

import (
	"fmt"
	"reflect"
	"strings"
	"time"
	"unicode"

	"birthright/identity"
	"birthright/internal/duration"
)

// field is one key of a definition that is set, as text in the words of policy
// files.
type field struct{ name, text string }

// fieldsOf lists what a definition says, in the order of its struct. It goes by
// what the hash goes by, all fields but those that JSON leaves out, so that a
// field that is new to a definition is compared from its first day on.
func fieldsOf(definition any) []field {
	return structFields("", reflect.ValueOf(definition).Elem())
}

// inFiles are the names that differ from those of the structs.
var inFiles = map[string]string{
	"no_standing":     "standing",
	"request.default": "request.durations.default",
	"request.max":     "request.durations.max",
}

func structFields(prefix string, v reflect.Value) []field {
	var out []field
	for i := range v.NumField() {
		f := v.Type().Field(i)
		if f.Tag.Get("json") == "-" || !f.IsExported() && !f.Anonymous {
			continue
		}
		if f.Anonymous {
			out = append(out, structFields(prefix, v.Field(i))...)
			continue
		}
		name := prefix + snake(f.Name)
		if known, ok := inFiles[name]; ok {
			name = known
		}
		out = append(out, valueFields(name, v.Field(i))...)
	}
	return out
}

// valueFields is one field, or those of the part that it is.
func valueFields(name string, v reflect.Value) []field {
	if part, ok := partOf(v); ok {
		inner := structFields(name+".", part)
		if len(inner) == 0 { // `request: {}` says more than no request
			inner = []field{{name, "{}"}}
		}
		return inner
	}
	if text := textOf(name, v); text != "" {
		return []field{{name, text}}
	}
	return nil
}

// partOf returns the struct that a set pointer leads to.
func partOf(v reflect.Value) (reflect.Value, bool) {
	if v.Kind() != reflect.Pointer || v.IsNil() || v.Elem().Kind() != reflect.Struct {
		return reflect.Value{}, false
	}
	return v.Elem(), true
}

// textOf is a value as text, "" where it is not set.
func textOf(name string, v reflect.Value) string {
	if v.IsZero() {
		return ""
	}
	switch value := v.Interface().(type) {
	case Condition:
		return value.Source
	case time.Time:
		return value.UTC().Format(time.RFC3339)
	case time.Duration:
		return duration.Format(value)
	case identity.Entitlement:
		return value.String()
	case bool:
		if name == "standing" {
			return "never"
		}
	}
	switch v.Kind() {
	case reflect.Pointer:
		if v.Elem().IsZero() {
			return fmt.Sprint(v.Elem().Interface())
		}
		return textOf(name, v.Elem())
	case reflect.Slice:
		parts := make([]string, v.Len())
		for i := range parts {
			parts[i] = element(name, v.Index(i))
		}
		return strings.Join(parts, ", ")
	case reflect.Struct:
		var parts []string
		for _, f := range structFields("", v) {
			parts = append(parts, f.name+": "+f.text)
		}
		return "{" + strings.Join(parts, ", ") + "}"
	}
	return fmt.Sprint(v.Interface())
}

// element is a value within a list; one with a comma is quoted, so that
// different lists are different texts.
func element(name string, v reflect.Value) string {
	text := textOf(name, v)
	if v.Kind() == reflect.String && (text == "" || strings.ContainsAny(text, `,"`)) {
		return fmt.Sprintf("%q", text)
	}
	return text
}

// snake is a Go name as files write it: NoStanding is no_standing.
func snake(name string) string {
	var b strings.Builder
	for i, r := range name {
		if unicode.IsUpper(r) && i > 0 {
			b.WriteByte('_')
		}
		b.WriteRune(unicode.ToLower(r))
	}
	return b.String()
}

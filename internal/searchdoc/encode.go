package searchdoc

import (
	"bytes"
	"encoding/json"
	"maps"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// Encode writes the document as JSON, always the same for the same content. It is
// written by hand because it runs for every resource that is stored.
func (d Doc) Encode() string {
	if len(d) == 0 {
		return "{}"
	}
	b := append(make([]byte, 0, 1024), '{')
	for i, key := range sortedKeys(d) {
		b = append(appendText(appendNext(b, i), key), ':', '[')
		for j, e := range d[key] {
			b = appendElement(appendNext(b, j), e)
		}
		b = append(b, ']')
	}
	return string(append(b, '}'))
}

func appendElement(b []byte, e Element) []byte {
	b = append(b, '{')
	for i, name := range sortedKeys(e) {
		b = append(appendText(appendNext(b, i), name), ':', '[')
		for j, v := range e[name] {
			b = appendValue(appendNext(b, j), v)
		}
		b = append(b, ']')
	}
	return append(b, '}')
}

func sortedKeys[V any](m map[string]V) []string {
	keys := slices.AppendSeq(make([]string, 0, len(m)), maps.Keys(m))
	slices.Sort(keys)
	return keys
}

func appendNext(b []byte, i int) []byte {
	if i > 0 {
		return append(b, ',')
	}
	return b
}

func appendValue(b []byte, v any) []byte {
	switch v := v.(type) {
	case string:
		return appendText(b, v)
	case bool:
		return strconv.AppendBool(b, v)
	case float64:
		return appendJSON(b, v)
	}
	return append(b, "null"...)
}

// appendText writes a text; one that needs no escapes, as nearly all, at once.
func appendText(b []byte, s string) []byte {
	if !utf8.ValidString(s) || escaped(s) {
		return appendJSON(b, s)
	}
	return append(append(append(b, '"'), s...), '"')
}

// escaped reports whether a text looks otherwise in JSON.
func escaped(s string) bool {
	for i := range len(s) {
		if c := s[i]; c < ' ' || c == '"' || c == '\\' {
			return true
		}
	}
	return strings.ContainsAny(s, "\u2028\u2029\ufffd")
}

// appendJSON writes what encoding/json would.
func appendJSON(b []byte, v any) []byte {
	var out bytes.Buffer
	e := json.NewEncoder(&out)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		return append(b, "null"...) // cannot be: texts and finite numbers only
	}
	return append(b, bytes.TrimSuffix(out.Bytes(), []byte("\n"))...)
}

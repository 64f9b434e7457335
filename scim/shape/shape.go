package shape

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"unicode/utf8"
)

// Decode reads JSON with numbers as they were written.
func Decode(text string) (any, error) {
	decoder := json.NewDecoder(strings.NewReader(text))
	decoder.UseNumber()
	var v any
	if err := decoder.Decode(&v); err != nil {
		return nil, err
	}
	return v, nil
}

// Encode writes a value as JSON.
func Encode(v any) string {
	data, err := json.Marshal(v)
	if err != nil {
		return fmt.Sprintf("(%v)", err)
	}
	return string(data)
}

// Brief shortens a text for a message.
func Brief(text string) string {
	const most = 700
	if len(text) <= most {
		return text
	}
	cut := most
	for cut > 0 && !utf8.RuneStart(text[cut]) {
		cut--
	}
	return fmt.Sprintf("%s… (%d bytes)", text[:cut], len(text))
}

// Empty reports whether a value is as good as none (RFC 7643 section 2.5).
func Empty(v any) bool {
	switch v := v.(type) {
	case nil:
		return true
	case []any:
		return len(v) == 0
	case map[string]any:
		return len(v) == 0
	}
	return false
}

// Differences tells where got does not have the shape want; at names the place.
func Differences(want, got any, at string) []string {
	switch want := want.(type) {
	case nil:
		if !Empty(got) {
			return []string{fmt.Sprintf("%s is %s, want it absent", at, Brief(Encode(got)))}
		}
		return nil
	case map[string]any:
		object, ok := got.(map[string]any)
		if !ok && got != nil { // of nothing, every part is absent
			return []string{mismatch(want, got, at)}
		}
		var out []string
		for _, name := range slices.Sorted(maps.Keys(want)) {
			out = append(out, Differences(want[name], object[name], at+"."+name)...)
		}
		return out
	case []any:
		list, ok := got.([]any)
		if !ok || !Pairs(want, list) {
			return []string{mismatch(want, got, at)}
		}
		return nil
	}
	if Encode(want) != Encode(got) {
		return []string{mismatch(want, got, at)}
	}
	return nil
}

func mismatch(want, got any, at string) string {
	return fmt.Sprintf("%s is %s, want %s", at, Brief(Encode(got)), Brief(Encode(want)))
}

// Pairs reports whether each of the shapes fits an element of its own and none is
// left over. Several elements may fit a shape, so the longest, which say the most,
// choose first.
func Pairs(want, got []any) bool {
	if len(want) != len(got) {
		return false
	}
	want, got = slices.Clone(want), slices.Clone(got)
	slices.SortStableFunc(want, func(a, b any) int { return len(Encode(b)) - len(Encode(a)) })
	for _, w := range want {
		i := slices.IndexFunc(got, func(g any) bool { return len(Differences(w, g, "")) == 0 })
		if i < 0 {
			return false
		}
		got = slices.Delete(got, i, i+1)
	}
	return true
}

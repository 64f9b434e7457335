package conformance

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
)

// decode reads JSON with numbers as they were written.
func decode(text string) (any, error) {
	decoder := json.NewDecoder(strings.NewReader(text))
	decoder.UseNumber()
	var v any
	if err := decoder.Decode(&v); err != nil {
		return nil, err
	}
	return v, nil
}

// encode writes a value as JSON.
func encode(v any) string {
	data, err := json.Marshal(v)
	if err != nil {
		return fmt.Sprintf("(%v)", err)
	}
	return string(data)
}

// differences tells where got disagrees with want: an object may hold more than
// is wanted, null is wanted where nothing is, and the order of a list does not
// matter (RFC 7643 section 2.4).
func differences(want, got any, at string) []string {
	switch want := want.(type) {
	case nil:
		if !empty(got) {
			return []string{fmt.Sprintf("%s is %s, want it absent", at, brief(encode(got)))}
		}
		return nil
	case map[string]any:
		object, ok := got.(map[string]any)
		if !ok {
			return []string{mismatch(want, got, at)}
		}
		var out []string
		for _, name := range slices.Sorted(maps.Keys(want)) {
			out = append(out, differences(want[name], object[name], at+"."+name)...)
		}
		return out
	case []any:
		list, ok := got.([]any)
		if !ok || !sameElements(want, list) {
			return []string{mismatch(want, got, at)}
		}
		return nil
	}
	if encode(want) != encode(got) {
		return []string{mismatch(want, got, at)}
	}
	return nil
}

// empty reports whether a value is as good as none (RFC 7643 section 2.5).
func empty(v any) bool {
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

func mismatch(want, got any, at string) string {
	return fmt.Sprintf("%s is %s, want %s", at, brief(encode(got)), brief(encode(want)))
}

// sameElements pairs the elements of two lists. Shapes of one list may fit
// several elements, so the strictest, which name the most, choose first.
func sameElements(want, got []any) bool {
	if len(want) != len(got) {
		return false
	}
	want, got = slices.Clone(want), slices.Clone(got)
	slices.SortStableFunc(want, func(a, b any) int { return len(encode(b)) - len(encode(a)) })
	for _, w := range want {
		i := slices.IndexFunc(got, func(g any) bool { return len(differences(w, g, "")) == 0 })
		if i < 0 {
			return false
		}
		got = slices.Delete(got, i, i+1)
	}
	return true
}

// lookUp follows a path: $, .name, ['name'], [index].
func lookUp(v any, path string) any {
	rest := strings.TrimPrefix(path, "$")
	for rest != "" && v != nil {
		var step string
		if quoted, ok := strings.CutPrefix(rest, "['"); ok {
			step, rest, _ = strings.Cut(quoted, "']")
		} else if index, ok := strings.CutPrefix(rest, "["); ok {
			step, rest, _ = strings.Cut(index, "]")
		} else {
			rest = strings.TrimPrefix(rest, ".")
			end := strings.IndexAny(rest, ".[")
			if end < 0 {
				end = len(rest)
			}
			step, rest = rest[:end], rest[end:]
		}
		v = child(v, step)
	}
	return v
}

func child(v any, step string) any {
	switch v := v.(type) {
	case map[string]any:
		return v[step]
	case []any:
		if i, err := strconv.Atoi(step); err == nil && i >= 0 && i < len(v) {
			return v[i]
		}
	}
	return nil
}

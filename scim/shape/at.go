package shape

import (
	"strconv"
	"strings"
)

// At returns the value at a path: $ and then any of .name, ['name'] for a name
// with dots such as an extension's URN, [2] for an element of a list, and
// [name=text] for the first element that has that text. Nil is nothing there.
func At(v any, path string) any {
	rest := strings.TrimPrefix(path, "$")
	for rest != "" && v != nil {
		var step string
		if quoted, ok := strings.CutPrefix(rest, "['"); ok {
			step, rest, _ = strings.Cut(quoted, "']")
			v = member(v, step)
			continue
		}
		if index, ok := strings.CutPrefix(rest, "["); ok {
			step, rest, _ = strings.Cut(index, "]")
			v = element(v, step)
			continue
		}
		rest = strings.TrimPrefix(rest, ".")
		end := strings.IndexAny(rest, ".[")
		if end < 0 {
			end = len(rest)
		}
		step, rest = rest[:end], rest[end:]
		v = member(v, step)
	}
	return v
}

func member(v any, name string) any {
	object, _ := v.(map[string]any)
	return object[name]
}

func element(v any, which string) any {
	list, _ := v.([]any)
	if name, text, ok := strings.Cut(which, "="); ok {
		for _, one := range list {
			if member(one, name) == text {
				return one
			}
		}
		return nil
	}
	if i, err := strconv.Atoi(which); err == nil && i >= 0 && i < len(list) {
		return list[i]
	}
	return nil
}

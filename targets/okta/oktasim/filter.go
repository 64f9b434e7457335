package oktasim

import (
	"errors"
	"strings"
)

// clause is one comparison of a filter.
type clause struct{ property, value string }

// parseFilter reads PROPERTY eq "VALUE", joined by "or": what Okta's filters of users
// and groups come to.
func parseFilter(text string) ([]clause, error) {
	var out []clause
	for rest := strings.TrimSpace(text); ; {
		property, after, ok := strings.Cut(rest, " ")
		after, isEq := cutFold(after, "eq ")
		if !ok || !isEq || !strings.HasPrefix(after, `"`) {
			return nil, errors.New("Invalid filter '" + text + "' specified")
		}
		value, left, ok := unquote(after[1:])
		if !ok {
			return nil, errors.New("Invalid filter '" + text + "' specified")
		}
		out = append(out, clause{property, value})
		if rest = strings.TrimSpace(left); rest == "" {
			return out, nil
		}
		if rest, ok = cutFold(rest, "or "); !ok {
			return nil, errors.New("Invalid filter '" + text + "' specified")
		}
	}
}

func cutFold(text, prefix string) (string, bool) {
	if len(text) < len(prefix) || !strings.EqualFold(text[:len(prefix)], prefix) {
		return text, false
	}
	return text[len(prefix):], true
}

// unquote reads up to the quote that is not escaped.
func unquote(text string) (value, rest string, ok bool) {
	var b strings.Builder
	for i := 0; i < len(text); i++ {
		switch text[i] {
		case '"':
			return b.String(), text[i+1:], true
		case '\\':
			if i++; i == len(text) {
				return "", "", false
			}
		}
		b.WriteByte(text[i])
	}
	return "", "", false
}

package rules

import (
	"slices"
	"strings"
)

// clauses splits a condition into the parts that && joins at its top, as they
// are written: all of them must hold for the whole to hold. A condition with ||
// or ?: at its top is one clause. source has been parsed without faults.
func clauses(source string) []string { return parted(source, "&&", "||", "?") }

// sides splits a clause into the parts that || joins at its top: one of them
// must hold. One with ?: at its top has a single side.
func sides(source string) []string { return parted(source, "||", "?") }

// parted splits source at a sign, also within parentheses that enclose a part.
// What has a sign that binds weaker at its top is one part.
func parted(source, sign string, weaker ...string) []string {
	source = strings.TrimSpace(source)
	parts := cut(source, sign, weaker)
	if len(parts) == 1 {
		if inner, ok := unwrap(source); ok {
			return parted(inner, sign, weaker...)
		}
		return parts
	}
	var out []string
	for _, part := range parts {
		out = append(out, parted(part, sign, weaker...)...)
	}
	return out
}

// cut cuts source at the sign where it stands outside of all brackets.
func cut(source, sign string, weaker []string) []string {
	var parts []string
	depth, start := 0, 0
	for at := 0; at < len(source); {
		if n := opaque(source[at:]); n > 0 {
			at += n
			continue
		}
		switch rest := source[at:]; {
		case strings.IndexByte("([{", rest[0]) >= 0:
			depth++
		case strings.IndexByte(")]}", rest[0]) >= 0:
			depth--
		case depth > 0:
		case slices.ContainsFunc(weaker, func(w string) bool { return strings.HasPrefix(rest, w) }):
			return []string{source}
		case strings.HasPrefix(rest, sign):
			parts = append(parts, source[start:at])
			at += len(sign) - 1
			start = at + 1
		}
		at++
	}
	return append(parts, source[start:])
}

// unwrap takes the parentheses off that enclose all of source.
func unwrap(source string) (string, bool) {
	if !strings.HasPrefix(source, "(") {
		return "", false
	}
	depth := 0
	for at := 0; at < len(source); {
		if n := opaque(source[at:]); n > 0 {
			at += n
			continue
		}
		switch source[at] {
		case '(':
			depth++
		case ')':
			if depth--; depth == 0 {
				return source[1:at], at == len(source)-1
			}
		}
		at++
	}
	return "", false
}

// opaque returns the length of the string literal or comment that source begins
// with, 0 when it begins with something else.
func opaque(source string) int {
	if strings.HasPrefix(source, "//") {
		if end := strings.IndexByte(source, '\n'); end >= 0 {
			return end
		}
		return len(source)
	}
	raw := false
	prefix := 0
	for prefix < 2 && prefix < len(source) && strings.IndexByte("rRbB", source[prefix]) >= 0 {
		raw = raw || source[prefix]|0x20 == 'r'
		prefix++
	}
	rest := source[prefix:]
	if rest == "" || (rest[0] != '"' && rest[0] != '\'') {
		return word(source)
	}
	quote := rest[:1]
	if triple := strings.Repeat(quote, 3); strings.HasPrefix(rest, triple) {
		quote = triple
	}
	for at := len(quote); at < len(rest); at++ {
		switch {
		case rest[at] == '\\' && !raw:
			at++
		case strings.HasPrefix(rest[at:], quote):
			return prefix + at + len(quote)
		}
	}
	return len(source)
}

// word returns the length of the name at the start of source, so that a name
// that ends in r or b is not taken for the mark of a raw or byte string.
func word(source string) int {
	n := 0
	for n < len(source) && (source[n] == '_' || source[n]|0x20 >= 'a' && source[n]|0x20 <= 'z' || n > 0 && source[n] >= '0' && source[n] <= '9') {
		n++
	}
	return n
}

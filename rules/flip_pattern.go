package rules

import (
	"regexp"
	"regexp/syntax"
	"strings"
)

// matching returns a short text that a pattern matches, false where text is no
// pattern or none comes to mind.
func matching(text string) (string, bool) {
	if regexp.QuoteMeta(text) == text {
		return "", false
	}
	parsed, err := syntax.Parse(text, syntax.Perl)
	if err != nil {
		return "", false
	}
	var b strings.Builder
	example(&b, parsed)
	shape, err := regexp.Compile(text)
	return b.String(), err == nil && shape.MatchString(b.String())
}

// example writes the shortest text for a part of a pattern.
func example(b *strings.Builder, r *syntax.Regexp) {
	switch r.Op {
	case syntax.OpLiteral:
		b.WriteString(string(r.Rune))
	case syntax.OpCharClass:
		if len(r.Rune) > 0 {
			b.WriteRune(readable(r.Rune))
		}
	case syntax.OpAnyChar, syntax.OpAnyCharNotNL:
		b.WriteByte('x')
	case syntax.OpConcat:
		for _, part := range r.Sub {
			example(b, part)
		}
	case syntax.OpAlternate, syntax.OpCapture, syntax.OpPlus:
		example(b, r.Sub[0])
	case syntax.OpRepeat:
		for range r.Min {
			example(b, r.Sub[0])
		}
	}
}

// readable picks a character of a class, given as pairs of bounds: one that people
// can type, where there is one.
func readable(bounds []rune) rune {
	for _, want := range "a0A_-" {
		for i := 0; i+1 < len(bounds); i += 2 {
			if bounds[i] <= want && want <= bounds[i+1] {
				return want
			}
		}
	}
	return bounds[0]
}

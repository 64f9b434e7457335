package strictyaml

import (
	"bytes"
	"strings"
	"unicode/utf8"
)

const (
	// locateBudget is how many bytes may be parsed again to find the place of a
	// fault; beyond it the library's own line is told.
	locateBudget = 4 << 20
)

// locate finds where a file that does not parse goes wrong: the first line, and
// in it the first character, from which on no beginning of the file parses any
// more. For a quote or bracket that is never closed that is the quote or
// bracket itself. It reports false when looking would cost too much.
func locate(data []byte) (line, column int, ok bool) {
	if openBrackets(data) > 2*MaxDepth {
		return 0, 0, false // the library's time grows with the square of the depth
	}
	ends := lineEnds(data)
	budget := locateBudget
	broken := func(end int) bool {
		budget -= end + 1
		return budget >= 0 && !valid(data[:end])
	}
	// Whole lines, from the end backwards, as long as what is left is broken.
	first := len(ends) - 1
	for first >= 0 && broken(ends[first]) {
		first--
	}
	first++
	if budget < 0 || first >= len(ends) {
		return 0, 0, false
	}
	start := 0
	if first > 0 {
		start = ends[first-1]
	}
	// Then characters of the line that broke it.
	text := data[start:ends[first]]
	at := len(text)
	for at > 0 {
		_, size := utf8.DecodeLastRune(text[:at])
		if !broken(start + at) {
			break
		}
		at -= size
	}
	if budget < 0 {
		return 0, 0, false
	}
	return first + 1, utf8.RuneCount(text[:at]) + 1, true
}

// openBrackets returns about how deep brackets and braces nest, those in quoted
// text included.
func openBrackets(data []byte) int {
	open, most := 0, 0
	for _, b := range data {
		switch b {
		case '[', '{':
			open++
			most = max(most, open)
		case ']', '}':
			open--
		}
	}
	return most
}

// lineEnds returns the offset behind each line, its line end included.
func lineEnds(data []byte) []int {
	var ends []int
	for at := 0; at < len(data); {
		i := bytes.IndexByte(data[at:], '\n')
		if i < 0 {
			return append(ends, len(data))
		}
		at += i + 1
		ends = append(ends, at)
	}
	return ends
}

// plainWords says what the YAML library means. It never repeats the file's
// text: an unquoted secret may stand there.
func plainWords(message string) string {
	for _, t := range []struct{ mark, words string }{
		{"mapping values are not allowed", `a value may not hold ": " here; quote it, or put it below its key and indent it`},
		{"could not find expected ':'", `expected ":" after the key`},
		{"did not find expected key", "expected a key; check the indentation"},
		{"did not find expected '-' indicator", `expected "- " for the next list entry; check the indentation`},
		{"expected ',' or ']'", `the list in brackets lacks a "," or its "]"`},
		{"expected ',' or '}'", `the mapping in braces lacks a "," or its "}"`},
		{"expected node content", "expected a value here; a bracket, brace or comma is in the wrong place, or one is not closed"},
		{"unexpected end of stream", "the quoted text that begins here does not end"},
		{"unexpected document indicator", "the quoted text does not end before the document does"},
		{"cannot start any token", "a value may not begin with this character; quote it, and indent with spaces instead of tabs"},
		{"tab character", "indent with spaces instead of tabs"},
		{"unknown anchor", "an alias to an anchor that is not there; quote a value that begins with *"},
		{"control characters are not allowed", "a control character, which YAML does not allow"},
		{"UTF-8", "the file is not valid UTF-8"},
		{"unknown escape character", `an unknown escape after "\" in a double-quoted text; write "\\" for a backslash, or use single quotes`},
		{"exceeded max depth", "nested too deep"},
	} {
		if strings.Contains(message, t.mark) {
			return t.words
		}
	}
	return "not valid YAML: " + message
}

package scimsim

import (
	"encoding/json"
	"strings"
)

// term is one comparison, attribute eq value; a filter is a conjunction of them.
type term struct {
	attr  string // lower case
	value any    // string or bool
}

// maxTerms bounds a filter.
const maxTerms = 16

// parseFilter reads `a eq "x" and b eq "y"`; everything else of the grammar is
// refused as a server with few filters does.
func parseFilter(in string) ([]term, *fault) {
	var terms []term
	rest := strings.TrimSpace(in)
	for {
		t, left, f := parseTerm(rest)
		if f != nil {
			return nil, f
		}
		terms = append(terms, t)
		if left == "" {
			return terms, nil
		}
		word, after, _ := strings.Cut(left, " ")
		if !strings.EqualFold(word, "and") || len(terms) == maxTerms {
			return nil, bad(invalidFilter, "the filter %q is not supported: join eq comparisons with and", in)
		}
		rest = strings.TrimSpace(after)
	}
}

// parseTerm reads one comparison and returns what follows it. The bracket form
// members[value eq "x"] is the same as members.value eq "x".
func parseTerm(in string) (term, string, *fault) {
	if name, inside, ok := strings.Cut(in, "["); ok && !strings.ContainsAny(name, " \"") {
		t, left, f := parseTerm(inside)
		if f != nil || !strings.HasPrefix(left, "]") {
			return term{}, "", bad(invalidFilter, "the filter %q has no closing bracket after one comparison", in)
		}
		return term{strings.ToLower(name) + "." + t.attr, t.value}, strings.TrimSpace(left[1:]), nil
	}
	name, rest, _ := strings.Cut(in, " ")
	op, rest, _ := strings.Cut(strings.TrimLeft(rest, " "), " ")
	if name == "" || !strings.EqualFold(op, "eq") {
		return term{}, "", bad(invalidFilter, "the filter %q is not supported: use eq", in)
	}
	dec := json.NewDecoder(strings.NewReader(rest))
	var value any
	if err := dec.Decode(&value); err != nil {
		return term{}, "", bad(invalidFilter, "%q in the filter is not a JSON value", rest)
	}
	switch value.(type) {
	case string, bool:
	default:
		return term{}, "", bad(invalidFilter, "%q in the filter is neither a string nor a boolean", rest)
	}
	return term{strings.ToLower(name), value}, strings.TrimLeft(rest[dec.InputOffset():], " "), nil
}

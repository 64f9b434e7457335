package textsearch

import (
	"slices"
	"strings"
	"unicode"
)

// Field is a part of what is searched. What is found in one of more weight counts for more.
type Field struct {
	Text   string
	Weight int
}

// Text is what is searched, made ready.
type Text struct {
	name   string // the first field, in lower case
	fields []field
}

type field struct {
	lower  string
	tokens []token
	weight int
}

// Of makes fields ready to be searched. The first is the name: a search for exactly that
// finds it first.
func Of(fields ...Field) Text {
	t := Text{fields: make([]field, 0, len(fields))}
	for i, f := range fields {
		lower := strings.ToLower(f.Text)
		if i == 0 {
			t.name = lower
		}
		if lower != "" {
			t.fields = append(t.fields, field{lower, tokens(f.Text), f.Weight})
		}
	}
	return t
}

// Query is what somebody typed.
type Query struct {
	whole string
	words []word
}

// word is one word of a query. One that is aside, such as "for", need not be found.
type word struct {
	text  string // as it was typed, in lower case
	parts []token
	aside bool
}

// Parse reads what somebody typed.
func Parse(typed string) Query {
	q := Query{whole: strings.ToLower(strings.TrimSpace(typed))}
	for _, text := range strings.Fields(typed) {
		lower := strings.ToLower(text)
		q.words = append(q.words, word{lower, split(lower), slices.Contains(asides, lower)})
	}
	if !slices.ContainsFunc(q.words, func(w word) bool { return !w.aside }) {
		for i := range q.words {
			q.words[i].aside = false
		}
	}
	return q
}

// Empty reports whether nothing was typed: then everything fits.
func (q *Query) Empty() bool { return len(q.words) == 0 }

// asides say what somebody wants, and nothing of it.
var asides = []string{
	"a", "access", "an", "and", "for", "get", "i", "in", "me", "my", "need", "of", "on", "or", "please", "the", "to", "want", "with",
}

const (
	// theName is what it counts that the whole search is the name, aName that it begins it.
	theName, aName = 1000, 100
	// How well a word fits one of a text.
	same, form, beginning, part, within = 6, 5, 4, 2, 1
)

// Fit is how well a text fits, and whether it does at all.
func (q *Query) Fit(texts ...*Text) (score int, fits bool) {
	for i := range q.words {
		best := 0
		for _, t := range texts {
			best = max(best, q.words[i].in(t))
		}
		if best == 0 && !q.words[i].aside {
			return 0, false
		}
		score += best
	}
	if len(texts) == 0 || q.whole == "" {
		return score, true
	}
	switch name := texts[0].name; {
	case name == q.whole:
		score += theName
	case strings.HasPrefix(name, q.whole):
		score += aName
	}
	return score, true
}

// in is how well the word fits a text; 0 for not at all.
func (w *word) in(t *Text) (best int) {
	for i := range t.fields {
		f := &t.fields[i]
		if got := w.inField(f) * f.weight; got > best {
			best = got
		}
	}
	return best
}

// short reports whether the word is of two letters at most: those are in everything.
func (w *word) short() bool {
	return len(w.text) < shortest-1 && strings.IndexFunc(w.text, unicode.IsLetter) >= 0
}

// inField is how well the word fits a field: as a text that stands in it, or, where it has
// parts, each of them by itself.
func (w *word) inField(f *field) int {
	whole := 0
	if !w.short() && strings.Contains(f.lower, w.text) {
		whole = within
	}
	worst := 0
	for i := range w.parts {
		got := w.parts[i].among(f.tokens)
		if got == 0 {
			return whole
		}
		if worst == 0 || got < worst {
			worst = got
		}
	}
	return max(whole, worst)
}

// among is how well a word fits the best of some.
func (t *token) among(others []token) (best int) {
	for i := range others {
		best = max(best, t.like(&others[i]))
		if best == same {
			return best
		}
	}
	return best
}

// like is how well a word that was typed fits one of a text.
func (t *token) like(other *token) int {
	switch {
	case t.text == other.text:
		return same
	case t.stem == other.stem || t.kin != 0 && t.kin == other.kin:
		return form
	case len(t.text) >= shortest-1 && strings.HasPrefix(other.text, t.text):
		return beginning
	case strings.HasPrefix(other.text, t.text):
		return part
	case len(other.text) >= shortest && strings.HasPrefix(t.text, other.text):
		return part
	}
	return 0
}

package analysis

import (
	"slices"
	"strings"

	"birthright/rules"
	"birthright/rules/population"
)

// other stands for text that no condition names: a character of the private use area.
const other = "\uE0F0"

// The bounds of how many questions about the ends and about parts of one value
// are combined.
const (
	mostEnds  = 12
	mostParts = 4
)

// option is one way in which the questions about one thing can be answered
// together. Where even that leaves an answer open, it is a set.
type option struct {
	answers []answers // in the order of the variable's questions
	// value is an example, for a single value.
	value string
}

// options returns every way in which questions about the single value of a
// reading can be answered together.
func options(view *rules.View, reading population.Reading, questions []int) []option {
	named, others := samples(view, reading, questions)
	var out []option
	add := func(value string, exact bool) {
		o := option{value: value, answers: make([]answers, len(questions))}
		for i, q := range questions {
			o.answers[i] = about(view, q, value, exact)
		}
		if !slices.ContainsFunc(out, func(x option) bool { return slices.Equal(x.answers, o.answers) }) {
			out = append(out, o)
		}
	}
	for _, value := range others {
		add(value, false)
	}
	for _, value := range named {
		add(value, true)
	}
	return out
}

// about answers a question about a value. One that only stands for others like
// it does not tell what CEL says of these.
func about(view *rules.View, question int, value string, exact bool) answers {
	if !exact && view.Questions[question].Asking == rules.AskValue {
		return anyAnswer
	}
	return 1 << view.Answer(question, value)
}

// samples returns the values that conditions name, and one for each way in which
// others can begin, end and contain what they ask for.
func samples(view *rules.View, reading population.Reading, questions []int) (named, others []string) {
	if reading.Kind == population.State {
		return lifecycle, nil
	}
	named = []string{""}
	prefixes, suffixes, parts := []string{""}, []string{""}, []string(nil)
	for _, q := range questions {
		switch texts := view.Questions[q].Texts; view.Questions[q].Asking {
		case rules.AskOneOf:
			named = append(named, texts...)
		case rules.AskPrefix:
			prefixes = append(prefixes, texts...)
		case rules.AskSuffix:
			suffixes = append(suffixes, texts...)
		case rules.AskPart:
			parts = append(parts, texts...)
		}
	}
	for _, prefix := range prefixes {
		for _, suffix := range suffixes {
			for _, middle := range subsets(parts) {
				others = append(others, prefix+other+strings.Join(append(middle, suffix), other))
			}
		}
	}
	return named, others
}

// subsets returns every selection of texts.
func subsets(texts []string) [][]string {
	out := [][]string{nil}
	for _, text := range texts {
		for _, chosen := range slices.Clone(out) {
			out = append(out, append(slices.Clone(chosen), text))
		}
	}
	return out
}

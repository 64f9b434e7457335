package rules

import (
	"reflect"
	"regexp"
	"slices"
	"strings"

	"birthright/identity"
	"birthright/internal/strictyaml"
)

// Known is what there is that a policy can name.
type Known struct {
	Groups []string
	// Values are values that people have of an attribute, nil where they are not known.
	Values func(attribute string) []string
	// Arguments are what a function can be asked about: schedules of oncall, queues of
	// hasTicket.
	Arguments func(function string) []string
}

// Completion is what could stand at a place of a policy file, instead of Prefix, which
// stands before it.
type Completion struct {
	Prefix     string      `json:"prefix"`
	Candidates []Candidate `json:"candidates"`
}

// Candidate is one text, and what it is: an attribute, a function, a group, a value, a key.
type Candidate struct {
	Text string `json:"text"`
	Kind string `json:"kind"`
}

// mostCandidates bounds a list that somebody chooses from.
const mostCandidates = 50

var (
	argumentPlace  = regexp.MustCompile(`\b(oncall|hasTicket|inGroup|reportsTo)\("([^"]*)$`)
	valuePlace     = regexp.MustCompile(`\buser\.(\w+) *(?:==|!=|in +\[(?: *"[^"]*" *,)*) *"([^"]*)$`)
	attributePlace = regexp.MustCompile(`\buser\.(\w*)$`)
	conditionPlace = regexp.MustCompile(`\b(?:when|except|allow|auto_approve): .*?(\w*)$`)
	groupPlace     = regexp.MustCompile(`\b(?:groups|contains|conflict|gets|lacks): *\[(?:[^\]]*[ ,])?([\w-]*)$`)
	keyPlace       = regexp.MustCompile(`^ *(?:- )?(\w*)$`)
	flowKeyPlace   = regexp.MustCompile(`[{,] *(\w*)$`)
	keyLine        = regexp.MustCompile(`^( *(?:- )?)(\w+):`)
)

// Complete tells what could be written behind the beginning of a policy file.
func Complete(before string, k Known) Completion {
	line := before[strings.LastIndexByte(before, '\n')+1:]
	if m := argumentPlace.FindStringSubmatch(line); m != nil {
		return completion(m[2], "name", k.arguments(m[1]))
	}
	if m := valuePlace.FindStringSubmatch(line); m != nil {
		return completion(m[2], "value", k.Values(m[1]))
	}
	if m := attributePlace.FindStringSubmatch(line); m != nil {
		return completion(m[1], "attribute", append(identity.KnownAttributes(), "attributes", "values", "groups", "state"))
	}
	if m := groupPlace.FindStringSubmatch(line); m != nil {
		return completion(m[1], "group", k.Groups)
	}
	if m := conditionPlace.FindStringSubmatch(line); m != nil {
		return completion(m[1], "function", []string{"user.", `oncall("`, `hasTicket("`, `inGroup("`, `reportsTo("`, "true"})
	}
	if m := keyPlace.FindStringSubmatch(line); m != nil {
		return completion(m[1], "key", keysAt(before[:len(before)-len(line)], line))
	}
	if m := flowKeyPlace.FindStringSubmatch(line); m != nil && strings.Contains(line, "{") {
		return completion(m[1], "key", keysAt(before[:len(before)-len(line)], "    "))
	}
	return Completion{Candidates: []Candidate{}}
}

func (k Known) arguments(function string) []string {
	if function == "inGroup" {
		return k.Groups
	}
	return k.Arguments(function)
}

// completion are the texts that begin with a prefix, in any letter case; the prefix alone
// is none.
func completion(prefix, kind string, texts []string) Completion {
	out := Completion{Prefix: prefix, Candidates: []Candidate{}}
	texts = slices.Compact(slices.Sorted(slices.Values(texts)))
	for _, text := range texts {
		fits := len(text) >= len(prefix) && strings.EqualFold(text[:len(prefix)], prefix) && text != prefix
		if fits && len(out.Candidates) < mostCandidates {
			out.Candidates = append(out.Candidates, Candidate{text, kind})
		}
	}
	return out
}

// keysAt are the keys of the mapping in which a line stands, by how it and those above it
// are indented.
func keysAt(above, line string) []string {
	var path []string
	indent := indentOf(line)
	lines := strings.Split(above, "\n")
	for i := len(lines) - 1; i >= 0 && indent > 0; i-- {
		m := keyLine.FindStringSubmatch(lines[i])
		if m == nil || len(m[1]) >= indent {
			continue
		}
		path, indent = append([]string{m[2]}, path...), len(m[1])
		if strings.HasSuffix(m[1], "- ") { // the keys of one entry stand side by side
			path = path[1:]
		}
	}
	return keysBelow(reflect.TypeFor[document](), path)
}

// indentOf is how far in the key of a line begins.
func indentOf(line string) int {
	trimmed := strings.TrimLeft(line, " ")
	n := len(line) - len(trimmed)
	if strings.HasPrefix(trimmed, "- ") {
		n += 2
	}
	return n
}

func keysBelow(t reflect.Type, path []string) []string {
	for t.Kind() == reflect.Slice || t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	if t.Kind() != reflect.Struct {
		return nil
	}
	var names []string
	for _, f := range strictyaml.Fields(t) {
		if len(path) > 0 && f.Name == path[0] {
			return keysBelow(f.Type, path[1:])
		}
		names = append(names, f.Name+": ")
	}
	if len(path) > 0 {
		return nil
	}
	return names
}

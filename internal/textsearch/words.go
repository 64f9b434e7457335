package textsearch

import (
	"slices"
	"strings"
	"unicode"
)

// token is a word of a text: as it is, without its ending, and which others mean the same.
type token struct {
	text, stem string
	kin        int // 0: none
}

// shortest is how long what is left of a word must be to be taken for it.
const shortest = 4

// tokens are the words of a text. Of a name such as ReadOnlyAccess, its parts are words,
// too.
func tokens(text string) []token {
	out := split(strings.ToLower(text))
	for _, name := range strings.FieldsFunc(text, between) {
		for _, p := range humps(name) {
			out = append(out, tokenOf(strings.ToLower(p)))
		}
	}
	return out
}

// split takes a text in lower case apart.
func split(lower string) []token {
	var out []token
	for _, text := range strings.FieldsFunc(lower, between) {
		out = append(out, tokenOf(text))
	}
	return out
}

func between(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) }

func tokenOf(text string) token {
	t := token{text: text, stem: stem(text)}
	if t.kin = kinOf[text]; t.kin == 0 {
		t.kin = kinOf[t.stem]
	}
	return t
}

// humps are the parts of a name in camel case; nil where it is none.
func humps(name string) []string {
	var out []string
	last := 0
	runes := []rune(name)
	for i := 1; i < len(runes); i++ {
		up, next := unicode.IsUpper(runes[i]), i+1 < len(runes) && unicode.IsLower(runes[i+1])
		if up && (unicode.IsLower(runes[i-1]) || unicode.IsUpper(runes[i-1]) && next) {
			out, last = append(out, string(runes[last:i])), i
		}
	}
	if last == 0 {
		return nil
	}
	return append(out, string(runes[last:]))
}

// endings are what words of one stem differ in, the longer ones first.
var endings = []string{"ations", "ation", "ments", "ings", "ment", "ions", "ing", "ers", "ies", "ion", "ed", "er", "es", "e", "s", "y"}

// stem is a word without its ending: the same for read, reads, reader and reading. It is no
// word itself, and only good for comparing.
func stem(text string) string {
	if strings.HasSuffix(text, "ss") {
		return text
	}
	for _, ending := range endings {
		root, cut := strings.CutSuffix(text, ending)
		if !cut || len(root) < shortest-1 {
			continue
		}
		if ending == "y" && strings.ContainsRune("aeiou", rune(root[len(root)-1])) { // deploy
			continue
		}
		if n := len(root); n > shortest-1 && root[n-1] == root[n-2] { // logging, log
			root = root[:n-1]
		}
		return root
	}
	return text
}

// kin are words that mean the same where people name systems and what they do there.
var kin = [][]string{
	{"prod", "prd", "production"},
	{"dev", "development"},
	{"stg", "stage", "staging"},
	{"env", "environment"},
	{"db", "database"},
	{"dwh", "warehouse"},
	{"pg", "postgres", "postgresql"},
	{"k8s", "kubernetes"},
	{"aad", "entra"},
	{"gcp", "gcloud"},
	{"gh", "github"},
	{"repo", "repository"},
	{"ro", "readonly", "viewer"},
	{"rw", "readwrite"},
	{"admin", "administrator", "administration"},
	{"auth", "authentication"},
	{"app", "application"},
	{"cfg", "config", "configuration"},
	{"mgmt", "management"},
	{"infra", "infrastructure"},
	{"ops", "operations"},
	{"eng", "engineering"},
	{"sec", "security"},
	{"fin", "finance"},
	{"ci", "pipeline"},
	{"msg", "message"},
	{"svc", "service"},
	{"acct", "account"},
	{"doc", "document", "documentation"},
	{"perm", "permission"},
}

// kinOf finds a word, or its stem, among kin.
var kinOf = func() map[string]int {
	out := map[string]int{}
	for i, words := range kin {
		for _, text := range words {
			out[text] = i + 1
		}
	}
	for i, words := range kin {
		for _, text := range words {
			if root := stem(text); out[root] == 0 && len(root) >= shortest && !slices.Contains(words, root) {
				out[root] = i + 1
			}
		}
	}
	return out
}()

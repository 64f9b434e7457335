package tokens

import (
	"fmt"
	"slices"
	"strings"
)

// OnlyRead narrows a token to questions: it changes nothing.
const OnlyRead = "read"

// Nouns are the parts of the API that a token can be narrowed to.
func Nouns() []string {
	return []string{
		"audit", "break-glass", "catalog", "clients", "delegations", "doctor", "events", "evidence", "facts", "grants", "groups", "held", "imports", "me", "plans", "policy",
		"reports", "requests", "review-items", "reviews", "runs", "sessions", "signals", "sources", "status", "targets", "tokens", "users", "version",
	}
}

// Only is what a token is narrowed to: OnlyRead, nouns, or both. The empty Only narrows
// nothing.
type Only []string

// ParseOnly checks what a token is to be narrowed to.
func ParseOnly(words []string) (Only, error) {
	var only Only
	for _, word := range words {
		if word != OnlyRead && !slices.Contains(Nouns(), word) {
			return nil, fmt.Errorf("%q is no part of the API: there are %s, and %s for changing nothing", word, strings.Join(Nouns(), ", "), OnlyRead)
		}
		only = append(only, word)
	}
	slices.Sort(only)
	return slices.Compact(only), nil
}

// Allows reports whether a call is within it: of a noun, one that only asks or not.
func (o Only) Allows(noun string, asks bool) bool {
	if len(o) == 0 {
		return true
	}
	reads := slices.Contains(o, OnlyRead)
	if reads && !asks {
		return false
	}
	return reads && len(o) == 1 || slices.Contains(o, noun)
}

// Narrowed is a scope with what it is narrowed to: "admin:held+runs".
func Narrowed(scope string, only Only) string {
	if len(only) == 0 {
		return scope
	}
	return scope + ":" + strings.Join(only, "+")
}

// SplitScope undoes Narrowed.
func SplitScope(narrowed string) (scope string, only Only) {
	scope, words, found := strings.Cut(narrowed, ":")
	if found {
		only = strings.Split(words, "+")
	}
	return scope, only
}

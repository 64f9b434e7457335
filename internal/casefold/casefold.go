// Package casefold is the one meaning of "without letter case" where texts are
// looked up: the store folds what it keeps, and whoever asks folds the question
// with the same function, so that a database need only compare bytes.
package casefold

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// Fold maps texts that differ only in letter case, as strings.EqualFold sees it,
// to the same text. It works rune by rune: a part of a text folds to the part of
// the folded text, so that "contains" and "begins with" can be asked of both.
func Fold(s string) string { return strings.Map(Rune, s) }

// Rune is Fold of one rune.
func Rune(r rune) rune {
	if r < utf8.RuneSelf { // k and s too: their capitals are the smallest of the runes that they equal
		if 'A' <= r && r <= 'Z' {
			r += 'a' - 'A'
		}
		return r
	}
	// The smallest of the runes that are equal but for case stands for them all.
	least := r
	for next := unicode.SimpleFold(r); next != r; next = unicode.SimpleFold(next) {
		least = min(least, next)
	}
	return unicode.ToLower(least)
}

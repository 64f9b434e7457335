package directory

import (
	"strings"
	"unicode/utf8"

	"golang.org/x/text/cases"
	"golang.org/x/text/unicode/norm"
)

// Fold returns value as it takes part in comparisons: without surrounding
// space, in Unicode normal form C, without letter case. "ÅSA " and "åsa"
// are one key, however a source composes its letters.
func Fold(value string) string {
	value = strings.TrimSpace(value)
	if ascii(value) {
		return strings.ToLower(value)
	}
	folded := cases.Fold().String(norm.NFC.String(value))
	return norm.NFC.String(folded) // folding may take a composed letter apart
}

// ascii reports whether value needs no Unicode tables.
func ascii(value string) bool {
	for i := range len(value) {
		if value[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

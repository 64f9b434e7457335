package casefold

import (
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"pgregory.net/rapid"
)

func TestFoldAgreesWithEqualFold(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a := rapid.String().Draw(t, "a")
		b := strings.Map(func(r rune) rune {
			if rapid.Bool().Draw(t, "swap") {
				return unicode.SimpleFold(r)
			}
			return r
		}, a)
		if Fold(a) != Fold(b) || Fold(Fold(a)) != Fold(a) {
			t.Fatalf("%q and %q fold to %q and %q", a, b, Fold(a), Fold(b))
		}
		c := rapid.String().Draw(t, "c")
		if (Fold(a) == Fold(c)) != strings.EqualFold(a, c) {
			t.Fatalf("%q and %q: fold and EqualFold disagree", a, c)
		}
	})
}

func TestFoldOfEveryRune(t *testing.T) {
	for r := rune(0); r <= unicode.MaxRune; r++ {
		if next := unicode.SimpleFold(r); utf8.ValidRune(r) && Rune(r) != Rune(next) {
			t.Errorf("%q and %q fold to %q and %q", r, next, Rune(r), Rune(next))
		}
	}
	if Fold("ADA") != "ada" || Fold("KIM S") != "kim s" {
		t.Errorf("plain letters fold to %q", Fold("KIM S"))
	}
}

// What a text contains, begins or ends with, it does when folded.
func TestPartsFoldToParts(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a, b := rapid.String().Draw(t, "a"), rapid.String().Draw(t, "b")
		if Fold(a+b) != Fold(a)+Fold(b) {
			t.Fatalf("%q and %q fold otherwise together", a, b)
		}
	})
}

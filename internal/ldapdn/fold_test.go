package ldapdn

import (
	"testing"

	"pgregory.net/rapid"
)

func TestFold(t *testing.T) {
	t.Parallel()
	for _, same := range [][2]string{
		{"Ada Lovelace", " ada  lovelace "}, {"STRASSE", "straße"}, {"jose\u0301", "JOS\u00c9"}, {"ﬁn", "FIN"},
	} {
		if Fold(same[0]) != Fold(same[1]) {
			t.Errorf("%q and %q come out as %q and %q", same[0], same[1], Fold(same[0]), Fold(same[1]))
		}
	}
	if Fold("ada") == Fold("adá") {
		t.Error("an accent does not count")
	}
}

func TestFoldTwiceIsFoldOnce(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		v := rapid.StringMatching(`[ \pL\pN]{0,12}`).Draw(t, "value")
		if once, twice := Fold(v), Fold(Fold(v)); once != twice {
			t.Fatalf("%q: once %q, twice %q", v, once, twice)
		}
	})
}

func TestCanonicalKeepsWhatIsNoDN(t *testing.T) {
	t.Parallel()
	if got := Canonical("Nobody"); got != "Nobody" {
		t.Errorf("got %q", got)
	}
	if Canonical("UID=Ada, DC=x") != Canonical("uid=ada,dc=X") {
		t.Error("two spellings of one name differ")
	}
}

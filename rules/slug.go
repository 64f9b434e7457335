package rules

import (
	"crypto/sha256"
	"encoding/hex"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// Slug turns an attribute's value into a part of a group's name: lower case, a
// to z, 0 to 9, and '-' for every run of anything else.
//
// Latin letters lose their diacritics. Values that differ only in case,
// diacritics or punctuation share a slug: "R&D" and "r d" are both "r-d". A
// value with letters or digits that have no Latin form gets a short hash of the
// value, so that two different names in another script never meet in one
// group. The slug of an empty or blank value is empty; no other one is.
func Slug(value string) string {
	value = strings.TrimSpace(value)
	if value == "" {
		return ""
	}
	folded := norm.NFKD.String(strings.ToLower(value))
	var b strings.Builder
	b.Grow(len(folded))
	lost := false
	for _, r := range folded {
		switch {
		case r >= 'a' && r <= 'z', r >= '0' && r <= '9':
			b.WriteRune(r)
		case unicode.Is(unicode.Mn, r) && !lost:
			// A diacritic of the letter before it, which was kept.
		case latin[r] != "":
			b.WriteString(latin[r])
		default:
			lost = lost || unicode.In(r, unicode.Letter, unicode.Number, unicode.Mark)
			separate(&b)
		}
	}
	slug := strings.TrimRight(b.String(), "-")
	if slug != "" && !lost {
		return slug
	}
	return strings.TrimLeft(slug+"-"+digest(norm.NFKC.String(strings.ToLower(value))), "-")
}

// separate writes one '-' between parts, none at the start.
func separate(b *strings.Builder) {
	if s := b.String(); s != "" && s[len(s)-1] != '-' {
		b.WriteByte('-')
	}
}

// digest is short enough for a name and long enough (40 bits) that the values
// of one attribute do not meet.
func digest(value string) string {
	sum := sha256.Sum256([]byte(value))
	return "x" + hex.EncodeToString(sum[:5])
}

// latin holds the Latin letters that Unicode does not take apart.
var latin = map[rune]string{
	'ß': "ss", 'æ': "ae", 'œ': "oe", 'ø': "o", 'đ': "d", 'ð': "d", 'þ': "th", 'ł': "l", 'ı': "i", 'ħ': "h", 'ŧ': "t",
}

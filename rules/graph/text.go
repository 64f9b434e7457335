package graph

import (
	"bytes"
	"encoding/xml"
	"strconv"
	"strings"
	"unicode"
)

// Which font there will be is not known, so texts are measured generously: what
// fits here fits in the widest of the common sans-serifs.

// widthOf estimates how wide a text is, in parts of the size of its letters.
func widthOf(text string) float64 {
	width := 0.0
	for _, r := range text {
		width += runeWidth(r)
	}
	return width
}

func runeWidth(r rune) float64 {
	switch {
	case unicode.In(r, unicode.Mn, unicode.Me, unicode.Cf):
		return 0
	case r >= 0x1100 && !unicode.In(r, unicode.Latin, unicode.Greek, unicode.Cyrillic): // East Asian, emoji
		return 1.15
	case strings.ContainsRune("ijlI.,:;'|! ", r):
		return 0.34
	case strings.ContainsRune("ftr-()[]/", r):
		return 0.43
	case strings.ContainsRune("mwMW@%…", r):
		return 1.02
	case unicode.IsUpper(r):
		return 0.77
	default:
		return 0.65
	}
}

// cut shortens a text to what fits, with an ellipsis for what does not.
func cut(text string, size, room float64) string {
	if widthOf(text)*size <= room {
		return text
	}
	room -= widthOf("…") * size
	kept := 0
	for at, r := range text {
		if room -= runeWidth(r) * size; room < 0 {
			break
		}
		kept = at + len(string(r))
	}
	return strings.TrimRight(text[:kept], " -") + "…"
}

// plain is a text as one line of characters that move nothing: no controls, and
// no marks by which a name could turn around what stands beside it.
func plain(text string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r >= 0x202A && r <= 0x202E, r >= 0x2066 && r <= 0x2069, r == 0xFEFF, r == 0xFFFE, r == 0xFFFF:
			return -1
		case unicode.IsControl(r), r == 0x2028, r == 0x2029:
			return ' '
		}
		return r
	}, strings.ToValidUTF8(text, "\uFFFD"))
}

// escaped is a text as XML may hold it.
func escaped(text string) string {
	var b bytes.Buffer
	_ = xml.EscapeText(&b, []byte(plain(text))) // a buffer takes everything
	return b.String()
}

// isolated is escaped for a text on the drawing: one that runs from right to left
// keeps to its own place.
func isolated(text string) string {
	if strings.ContainsFunc(text, func(r rune) bool {
		return unicode.In(r, unicode.Hebrew, unicode.Arabic, unicode.Syriac, unicode.Thaana, unicode.Nko)
	}) {
		return "\u2068" + escaped(text) + "\u2069"
	}
	return escaped(text)
}

// px writes a measure, the same on every machine.
func px(x float64) string {
	return strings.TrimSuffix(strconv.FormatFloat(x, 'f', 1, 64), ".0")
}

// counted is a number with its noun.
func counted(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return grouped(n) + " " + many
}

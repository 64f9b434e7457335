package document

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// clean is a text that every form can hold: valid UTF-8, lines that end with
// \n, and in place of characters that XML and HTML forbid, or that steer
// terminals and the direction of what stands beside them, the replacement
// character: that something was there must be seen.
func clean(text string) string {
	if harmless(text) {
		return text
	}
	text = strings.ToValidUTF8(text, "�")
	text = strings.ReplaceAll(strings.ReplaceAll(text, "\r\n", "\n"), "\r", "\n")
	return strings.Map(func(r rune) rune {
		if forbidden(r) {
			return utf8.RuneError
		}
		return r
	}, text)
}

// harmless is the quick answer for almost every text.
func harmless(text string) bool {
	for i := range len(text) {
		if b := text[i]; b < ' ' && b != '\n' && b != '\t' || b >= 0x7f {
			return false
		}
	}
	return true
}

// forbidden reports characters that no form may carry.
func forbidden(r rune) bool {
	switch {
	case r == '\n' || r == '\t':
		return false
	case unicode.IsControl(r):
		return true
	case r >= 0x202a && r <= 0x202e, r >= 0x2066 && r <= 0x2069: // overrides and isolates of direction
		return true
	case r == 0xfffe || r == 0xffff: // no characters in XML
		return true
	}
	return false
}

// oneLine is a clean text without line breaks and tabs.
func oneLine(text string) string {
	return strings.Join(strings.FieldsFunc(clean(text), func(r rune) bool { return r == '\n' || r == '\t' }), " ")
}

// cut shortens a text to so many runes, with an ellipsis for the rest.
func cut(text string, runes int) string {
	if utf8.RuneCountInString(text) <= runes {
		return text
	}
	at := 0
	for range runes - 1 {
		_, size := utf8.DecodeRuneInString(text[at:])
		at += size
	}
	return strings.TrimRight(text[:at], " ") + "…"
}

// slug is a name that any file system and address bar takes.
func slug(name string) string {
	var b strings.Builder
	for _, r := range strings.ToLower(name) {
		switch {
		case r >= 'a' && r <= 'z', r >= '0' && r <= '9', r == '_':
			b.WriteRune(r)
		case b.Len() > 0 && !strings.HasSuffix(b.String(), "-"):
			b.WriteByte('-')
		}
	}
	out := strings.Trim(b.String(), "-")
	if len(out) > 60 {
		out = strings.TrimRight(out[:60], "-")
	}
	return out
}

package store

import (
	"crypto/sha256"
	"encoding/json"
	"strings"
	"unicode/utf8"

	"birthright/identity"
)

// Digest stands for the content of a record: equal digests, equal attributes
// and payload.
func Digest(a identity.Attributes, payload []byte) (sum [16]byte) {
	text := append(appendAttributes(nil, a), 0)
	full := sha256.Sum256(append(text, payload...))
	copy(sum[:], full[:])
	return sum
}

func attributesText(a identity.Attributes) string { return string(appendAttributes(nil, a)) }

// appendAttributes writes canonical JSON: names sorted, nothing escaped that
// need not be. It is written by hand because it runs for every record of every
// import.
func appendAttributes(b []byte, a identity.Attributes) []byte {
	b = append(b, '{')
	for i, name := range a.Names() {
		if i > 0 {
			b = append(b, ',')
		}
		b = append(appendString(b, name), ':', '[')
		for j, value := range a[name] {
			if j > 0 {
				b = append(b, ',')
			}
			b = appendString(b, value)
		}
		b = append(b, ']')
	}
	return append(b, '}')
}

const hexDigits = "0123456789abcdef"

// appendString writes a JSON string. Broken UTF-8 and NUL, which no column can
// hold, become U+FFFD.
func appendString(b []byte, s string) []byte {
	if !utf8.ValidString(s) {
		s = strings.ToValidUTF8(s, replacement)
	}
	b = append(b, '"')
	from := 0
	for i := range len(s) {
		c := s[i]
		if c >= ' ' && c != '"' && c != '\\' {
			continue
		}
		b = append(b, s[from:i]...)
		from = i + 1
		switch {
		case c == 0:
			b = append(b, replacement...)
		case c == '"' || c == '\\':
			b = append(b, '\\', c)
		default:
			b = append(b, '\\', 'u', '0', '0', hexDigits[c>>4], hexDigits[c&15])
		}
	}
	return append(append(b, s[from:]...), '"')
}

// parseAttributes reads what appendAttributes wrote. Text without escapes, which
// is nearly all there is, takes the short way.
func parseAttributes(text string) (identity.Attributes, error) {
	if a, ok := parsePlain(text); ok {
		return a, nil
	}
	a := identity.Attributes{}
	err := json.Unmarshal([]byte(text), &a)
	return a, err
}

// parsePlain cuts the text up without copying it; not ok if it is written in
// any other way than the plain one.
func parsePlain(text string) (identity.Attributes, bool) {
	if text == "{}" {
		return identity.Attributes{}, true
	}
	if strings.IndexByte(text, '\\') >= 0 || len(text) < 2 {
		return nil, false
	}
	a := make(identity.Attributes, 8)
	for sep := byte('{'); ; sep = ',' {
		name, rest, ok := cutString(text, sep)
		if !ok || !strings.HasPrefix(rest, ":[") {
			return nil, false
		}
		var values []string
		if values, text, ok = cutValues(rest[1:]); !ok {
			return nil, false
		}
		a[name] = values
		if text == "}" {
			return a, true
		}
	}
}

// cutValues takes ["a","b"] off the front of text.
func cutValues(text string) (values []string, rest string, ok bool) {
	if strings.HasPrefix(text, "[]") {
		return []string{}, text[2:], true
	}
	values = make([]string, 0, 1)
	for sep := byte('['); ; sep = ',' {
		var value string
		if value, text, ok = cutString(text, sep); !ok {
			return nil, "", false
		}
		values = append(values, value)
		if text != "" && text[0] == ']' {
			return values, text[1:], true
		}
	}
}

// cutString takes sep and a string without escapes off the front of text.
func cutString(text string, sep byte) (s, rest string, ok bool) {
	if len(text) < 3 || text[0] != sep || text[1] != '"' {
		return "", "", false
	}
	end := strings.IndexByte(text[2:], '"')
	if end < 0 {
		return "", "", false
	}
	return text[2 : 2+end], text[3+end:], true
}

package store

import (
	"crypto/sha256"
	"encoding/json"
	"slices"
	"strings"
	"unicode/utf8"

	"birthright/identity"
)

// Digest stands for the content of a record: equal digests, equal attributes
// and payload.
func Digest(a identity.Attributes, payload []byte) [16]byte {
	return digestOf(attributesText(a), payload)
}

func digestOf(attributes string, payload []byte) (sum [16]byte) {
	content := make([]byte, 0, len(attributes)+1+len(payload))
	content = append(append(content, attributes...), 0)
	full := sha256.Sum256(append(content, payload...))
	copy(sum[:], full[:])
	return sum
}

func attributesText(a identity.Attributes) string {
	return string(appendAttributes(make([]byte, 0, 512), a))
}

// appendAttributes writes canonical JSON: names sorted, nothing escaped that
// need not be. It is written by hand because it runs for every record of every
// import.
func appendAttributes(b []byte, a identity.Attributes) []byte {
	var room [24]string // enough for most, without a visit to the heap
	names := room[:0]
	for name := range a {
		if !isText(name) {
			return appendAttributes(b, mended(a))
		}
		names = append(names, name)
	}
	slices.Sort(names)
	b = append(b, '{')
	for i, name := range names {
		b = appendNext(b, i)
		b = append(appendString(b, name), ':')
		b = appendList(b, a[name])
	}
	return append(b, '}')
}

// mended returns a with names that a column can hold.
func mended(a identity.Attributes) identity.Attributes {
	out := make(identity.Attributes, len(a))
	for _, name := range a.Names() {
		out[printable(name)] = a[name]
	}
	return out
}

func appendList(b []byte, values []string) []byte {
	b = append(b, '[')
	for i, value := range values {
		b = appendString(appendNext(b, i), value)
	}
	return append(b, ']')
}

func appendNext(b []byte, i int) []byte {
	if i > 0 {
		return append(b, ',')
	}
	return b
}

// originsText writes which attributes came from each source, in the form of
// attributes: it is shorter that way round.
func originsText(origins map[string]string) string {
	var room [24]string
	pairs := room[:0]
	for name, source := range origins {
		pairs = append(pairs, source+"\x00"+name)
	}
	slices.Sort(pairs)
	b := append(make([]byte, 0, 256), '{')
	last := ""
	for i, pair := range pairs {
		source, name, _ := strings.Cut(pair, "\x00")
		switch {
		case i == 0:
			b = append(appendString(b, source), ':', '[')
		case source != last:
			b = append(b, ']', ',')
			b = append(appendString(b, source), ':', '[')
		default:
			b = append(b, ',')
		}
		b, last = appendString(b, name), source
	}
	if len(pairs) > 0 {
		b = append(b, ']')
	}
	return string(append(b, '}'))
}

// parseOrigins reads what originsText wrote.
func parseOrigins(text string) (map[string]string, error) {
	bySource, err := parseAttributes(text)
	origins := make(map[string]string, 4*len(bySource))
	for source, names := range bySource {
		for _, name := range names {
			origins[name] = source
		}
	}
	return origins, err
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
	// Every list ends with a bracket: so many lists there are, or a few fewer. They
	// share one array.
	n := strings.Count(text, "]")
	a := make(identity.Attributes, n)
	_, ok := parseInto(a, make([]string, 0, n), text)
	return a, ok
}

// parseInto is parsePlain into an empty map and an array that lists may share,
// which it returns with what it appended.
func parseInto(a identity.Attributes, shared []string, text string) (_ []string, ok bool) {
	if text == "{}" {
		return shared, true
	}
	if strings.IndexByte(text, '\\') >= 0 || len(text) < 2 {
		return shared, false
	}
	for sep := byte('{'); ; sep = ',' {
		name, rest, ok := cutString(text, sep)
		if !ok || !strings.HasPrefix(rest, ":[") {
			return shared, false
		}
		from := len(shared)
		if shared, text, ok = cutValues(rest[1:], shared); !ok {
			return shared, false
		}
		a[name] = shared[from:len(shared):len(shared)]
		if text == "}" {
			return shared, true
		}
	}
}

// cutValues takes ["a","b"] off the front of text and appends what is in it.
func cutValues(text string, to []string) (values []string, rest string, ok bool) {
	values = to
	if strings.HasPrefix(text, "[]") {
		return values, text[2:], true
	}
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

package store

import (
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"birthright/identity"
	"birthright/internal/casefold"
)

// isText reports whether both kinds of database can hold s as text.
func isText(s string) bool { return utf8.ValidString(s) && strings.IndexByte(s, 0) < 0 }

// fold is how names and addresses are kept and looked up.
func fold(s string) string { return casefold.Fold(s) }

// micros is a time as stored: microseconds since 1970 in UTC, 0 for the zero time.
func micros(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMicro()
}

// instant is the time that micros stored.
func instant(stored int64) time.Time {
	if stored == 0 {
		return time.Time{}
	}
	return time.UnixMicro(stored).UTC()
}

// plain is the primary value of an attribute in a form that a column can hold,
// which is how it stands in the text of the attributes too.
func plain(a identity.Attributes, name string) string {
	return printable(a.First(name))
}

// printable makes text that a column can hold of anything, such as the message
// of a peer.
func printable(text string) string {
	if isText(text) {
		return text
	}
	return strings.ReplaceAll(strings.ToValidUTF8(text, replacement), "\x00", replacement)
}

const replacement = "\uFFFD"

// blob is b as a value that is never NULL.
func blob(b []byte) []byte {
	if b == nil {
		return []byte{}
	}
	return b
}

func concat(lists ...[]column) []column { return slices.Concat(lists...) }

func names(columns []column) []string {
	return mapped(columns, func(c column) string { return c.name })
}

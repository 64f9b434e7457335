// Package searchdoc is the form of a resource in which filters are asked of it,
// and the questions themselves. Whoever knows the schemas makes both; the store
// keeps the one and turns the other into SQL, and knows no schema:
//
//	resource ─▶ Doc ──Encode──▶ the store's JSON column      ┐
//	                └─Terms───▶ the store's index of values  ├─ SQL ⇔ Match
//	filter ───▶ Condition ────▶ the store's WHERE            ┘
//
// Everything that depends on a schema is settled here already: names are folded,
// texts are folded unless their attribute's case counts, times are written so
// that they sort, a primary value comes first. What is left for a database is
// comparing bytes, numbers and truth values, so that every database gives the
// same answer; Match is that answer in plain Go, for tests to hold them to.
package searchdoc

import (
	"encoding/json"
	"math"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"birthright/internal/casefold"
)

// Doc is what can be asked of one resource: by Key, the values of each attribute.
// What is unassigned is not there.
type Doc map[string][]Element

// Element is one value of an attribute: by folded name, the values of its
// sub-attributes. A plain value stands under Value.
type Element map[string][]any // string, float64 or bool

// Value is the sub-attribute that stands for the whole.
const Value = "value"

// NameKey is the key of the name that people know a resource by. It is no
// attribute: no client's filter can name it.
const NameKey = "~name"

// Key is how an attribute is called in a Doc and in conditions: its folded name,
// after the schema's URI and a colon for an extension's.
func Key(schema, name string) string {
	if schema == "" {
		return fold(name)
	}
	if name == "" {
		return fold(schema)
	}
	return fold(schema) + ":" + fold(name)
}

// fold folds a name, and replaces what a path into JSON cannot hold.
func fold(name string) string {
	if isPlain(name) {
		return name
	}
	return strings.Map(func(r rune) rune {
		if r < ' ' || r == '"' || r == '\\' || r == '\u2028' || r == '\u2029' {
			return '\uFFFD'
		}
		return casefold.Rune(r)
	}, name)
}

// isPlain reports whether a name is folded already.
func isPlain(name string) bool {
	for i := range len(name) {
		if c := name[i]; c < ' ' || c >= utf8.RuneSelf || 'A' <= c && c <= 'Z' || c == '"' || c == '\\' {
			return false
		}
	}
	return true
}

// SubKey is how a sub-attribute is called.
func SubKey(name string) string { return fold(name) }

// Text is a text as it is kept and asked for; exact where letter case counts.
func Text(s string, exact bool) string {
	if exact {
		return s
	}
	return casefold.Fold(s)
}

// Number is a number as it is kept and asked for; not ok where no database holds
// it.
func Number(n json.Number) (f float64, ok bool) {
	f, err := n.Float64()
	return f, err == nil && !math.IsInf(f, 0)
}

// Time is an instant as a text that sorts by time, for years of four digits.
func Time(at time.Time) string { return at.UTC().Format("2006-01-02T15:04:05.000000000Z") }

// Decode reads what Encode wrote.
func Decode(text string) (Doc, error) {
	if text == "" || text == "{}" {
		return nil, nil
	}
	var d Doc
	err := json.Unmarshal([]byte(text), &d)
	return d, err
}

// Primary moves the element of a list that says it is primary to the front,
// which is what sorting goes by (RFC 7644 section 3.4.2.3).
func Primary(list []Element) {
	i := slices.IndexFunc(list, func(e Element) bool { return slices.Contains(e["primary"], any(true)) })
	if i > 0 {
		first := list[i]
		copy(list[1:i+1], list[:i])
		list[0] = first
	}
}

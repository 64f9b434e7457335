package store

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"birthright/identity"
)

func drawAttributes(t *rapid.T) identity.Attributes {
	text := rapid.OneOf(rapid.String(), rapid.StringOf(rapid.RuneFrom([]rune("ab\"\\\x00\x01\n<&>\u2028{}[]:,"))))
	return rapid.MapOf(text, rapid.SliceOf(text)).Draw(t, "attributes")
}

func TestAttributesAreReadAsWritten(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a := drawAttributes(t)
		written := attributesText(a)
		want := identity.Attributes{}
		if err := json.Unmarshal([]byte(strings.ReplaceAll(mustJSON(t, a), `\u0000`, replacement)), &want); err != nil {
			t.Fatal(err)
		}
		if len(want) != len(a) {
			return // two names became one
		}
		got, err := parseAttributes(written)
		if err != nil {
			t.Fatalf("%s: %v", written, err)
		}
		if diff := cmp.Diff(want, got, cmpopts.EquateEmpty()); diff != "" {
			t.Fatalf("%s: %s", written, diff)
		}
		if again := attributesText(got); again != written {
			t.Fatalf("%s is written as %s the second time", written, again)
		}
	})
}

func mustJSON(t *rapid.T, v any) string {
	text, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func TestOriginsAreReadAsWritten(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		name := rapid.StringMatching(`[a-zü":]{0,3}`)
		origins := rapid.MapOf(name, name).Draw(t, "origins")
		got, err := parseOrigins(originsText(origins))
		if err != nil {
			t.Fatalf("%s: %v", originsText(origins), err)
		}
		if diff := cmp.Diff(origins, got, cmpopts.EquateEmpty()); diff != "" {
			t.Fatal(diff)
		}
	})
}

// The short way never reads anything otherwise than encoding/json does.
func FuzzParseAttributes(f *testing.F) {
	for _, seed := range []string{`{}`, `{"a":["b","c"],"d":[]}`, `{"a":["b"]`, `{"a":["b"],}`, `{"a" :["b"]}`, `{"a":["b"]}x`, `{"a":["b",]}`, `{"a":[""]}`} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		got, ok := parsePlain(text)
		if !ok || !isText(text) || strings.ContainsFunc(text, func(r rune) bool { return r < ' ' }) {
			return
		}
		var want identity.Attributes
		if err := json.Unmarshal([]byte(text), &want); err != nil {
			t.Fatalf("%q was read, though it is not JSON: %v", text, err)
		}
		if diff := cmp.Diff(want, got, cmpopts.EquateEmpty()); diff != "" {
			t.Fatalf("%q: %s", text, diff)
		}
	})
}

func TestTimesAreReadAsWritten(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		at := time.UnixMicro(rapid.Int64Range(-1e16, 1e16).Filter(func(n int64) bool { return n != 0 }).Draw(t, "µs")).UTC()
		if got := instant(micros(at)); !got.Equal(at) {
			t.Fatalf("%v became %v", at, got)
		}
	})
	if !instant(micros(time.Time{})).IsZero() {
		t.Error("the zero time is not the zero time any more")
	}
}

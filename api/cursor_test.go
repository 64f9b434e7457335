package api

import (
	"testing"

	"birthright/identity"
)

func TestCursors(t *testing.T) {
	for _, n := range []int64{1, 127, 128, 1 << 40, 1 << 62} {
		got, err := parseCursor("q", cursorAt("q", n))
		if err != nil || got != n {
			t.Errorf("%d became %d, %v", n, got, err)
		}
		if _, err := parseCursor("other", cursorAt("q", n)); identity.KindOf(err) != identity.Invalid {
			t.Errorf("a cursor of another question: %v", err)
		}
	}
	if n, err := parseCursor("q", ""); n != 0 || err != nil {
		t.Errorf("no cursor is %d, %v", n, err)
	}
	for _, bad := range []string{cursorAt("q", 0), cursorAt("q", -1), cursorAt("q", 7) + "A", cursorAt("q", 7) + "=", "7", "\x00"} {
		if n, err := parseCursor("q", bad); identity.KindOf(err) != identity.Invalid {
			t.Errorf("%q is %d, %v", bad, n, err)
		}
	}
}

// What is taken for a cursor is one that the hub would give, and nothing else panics.
func FuzzCursor(f *testing.F) {
	f.Add("q", cursorAt("q", 1))
	f.Add("q", cursorAt("q", 1<<62))
	f.Add("", "AAAAAAE")
	f.Fuzz(func(t *testing.T, question, cursor string) {
		n, err := parseCursor(question, cursor)
		switch {
		case err != nil && identity.KindOf(err) != identity.Invalid:
			t.Fatal(err)
		case err == nil && cursor == "" && n != 0, err == nil && cursor != "" && (n < 1 || cursorAt(question, n) != cursor):
			t.Fatalf("%q is %d", cursor, n)
		}
	})
}

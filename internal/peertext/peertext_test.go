package peertext

import (
	"strings"
	"testing"
)

func TestClip(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ text, want string }{
		{"", ""}, {"short", "short"}, {"exactly te", "exactly te"}, {"eleven long", "eleven lon…"},
		{"a\x00\nb\x7f\u0085c", "a  b  c"}, {"äöüäöüäöüäöü", "äöüäöüäöüä…"}, {"a\xffb", "a\ufffdb"},
		{strings.Repeat("x", 1<<20), "xxxxxxxxxx…"},
	} {
		if got := Clip(c.text, 10); got != c.want {
			t.Errorf("%.20q: got %q, want %q", c.text, got, c.want)
		}
	}
}

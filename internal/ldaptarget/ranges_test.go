package ldaptarget

import (
	"fmt"
	"testing"
)

// Whatever a server calls an attribute, a part of its values is either understood or
// never what was asked for.
func FuzzParts(f *testing.F) {
	for _, name := range []string{"member", "member;range=0-1499", "member;Range=1500-*", "member;range=", "member;range=-1-2", "m;x;range=9-3"} {
		f.Add(name)
	}
	f.Fuzz(func(t *testing.T, name string) {
		_, p, ok := parsePart(name)
		if ok && p.from >= 0 && !p.last && p.to < p.from {
			t.Errorf("%q is a part up to %d", name, p.to)
		}
	})
}

func TestParts(t *testing.T) {
	for name, want := range map[string]string{
		"member":              "false",
		"member;range=0-1499": "member 0 1499 false true",
		"member;RANGE=1500-*": "member 1500 0 true true",
		"member;range=x-2":    "member -1 -2 false true",
		"member;range=0--5":   "member -1 -2 false true",
		"member;range=3":      "member -1 -2 false true",
	} {
		attribute, p, ok := parsePart(name)
		got := fmt.Sprint(ok)
		if ok {
			got = fmt.Sprint(attribute, " ", p.from, " ", p.to, " ", p.last, " ", ok)
		}
		if got != want {
			t.Errorf("%s: %s, want %s", name, got, want)
		}
	}
}

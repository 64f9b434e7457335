package filter_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"birthright/scim/filter"
)

// Whatever is typed, the parser returns something within its limits, and writes
// down what it understood in a form that it understands the same way.
func FuzzParse(f *testing.F) {
	for _, seed := range []string{
		`userName eq "a"`, `emails[type eq "work" and value co "@"].value sw "x" or not (a pr)`,
		`urn:a:2.0:User:b.c ge 1.5e3`, `((a eq null))`, `id eq "U" and manager eq "M"`,
		`not pr and not (not (or[and eq False]))`, `a[(b pr or c le -0) and d ew "\u00e9\""] or $ref ne "<"`,
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		x, err := filter.Parse(text)
		if err != nil {
			return
		}
		if comparisons, depth := size(x); comparisons > filter.MaxTerms || depth > filter.MaxDepth+1 {
			t.Fatalf("%q has %d comparisons, %d deep", text, comparisons, depth)
		}
		again, err := filter.Parse(x.String())
		if err != nil {
			if len(x.String()) > filter.MaxLength {
				return
			}
			t.Fatalf("%q became %q, which does not parse: %v", text, x, err)
		}
		if diff := cmp.Diff(x, again); diff != "" {
			t.Fatalf("%q became %q, which means something else:\n%s", text, x, diff)
		}
	})
}

// size counts the comparisons of a filter, those inside brackets too, and how many
// negations and brackets stand inside each other.
func size(x filter.Expr) (comparisons, depth int) {
	inside := func(terms ...filter.Expr) {
		for _, term := range terms {
			n, d := size(term)
			comparisons, depth = comparisons+n, max(depth, d)
		}
	}
	switch x := x.(type) {
	case filter.And:
		inside(x...)
	case filter.Or:
		inside(x...)
	case filter.Not:
		inside(x.X)
		depth++
	case filter.Compare:
		comparisons = 1
		if x.Path.Where != nil {
			inside(x.Path.Where)
			depth++
		}
	}
	return comparisons, depth
}

func FuzzParsePath(f *testing.F) {
	for _, seed := range []string{"a", "name.x", `m[value eq "x"].b`, "urn:a:b.c", "urn:a:1.0", "http://x/y:z[a pr]", "$ref", "a[not (b eq null)]"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		p, err := filter.ParsePath(text)
		if err != nil {
			return
		}
		again, err := filter.ParsePath(p.String())
		if err != nil && len(p.String()) <= filter.MaxLength {
			t.Fatalf("%q became %q, which does not parse: %v", text, p, err)
		}
		if diff := cmp.Diff(p, again); err == nil && diff != "" {
			t.Fatalf("%q became %q, which means something else:\n%s", text, p, diff)
		}
	})
}

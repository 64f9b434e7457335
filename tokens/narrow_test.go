package tokens_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"birthright/tokens"
)

func TestNarrowing(t *testing.T) {
	for _, c := range []struct {
		words []string
		scope string
		may   []string // noun, or noun? for a question, of those tried
	}{
		{nil, "api", []string{"audit", "audit?", "runs", "runs?"}},
		{[]string{"read"}, "api:read", []string{"audit?", "runs?"}},
		{[]string{"runs"}, "api:runs", []string{"runs", "runs?"}},
		{[]string{"runs", "read", "runs"}, "api:read+runs", []string{"runs?"}},
		{[]string{"runs", "audit"}, "api:audit+runs", []string{"audit", "audit?", "runs", "runs?"}},
	} {
		only, err := tokens.ParseOnly(c.words)
		if err != nil {
			t.Fatal(err)
		}
		scope := tokens.Narrowed(tokens.ScopeAPI, only)
		if scope != c.scope {
			t.Errorf("%v: scope %s, want %s", c.words, scope, c.scope)
		}
		base, again := tokens.SplitScope(scope)
		if base != tokens.ScopeAPI {
			t.Errorf("%s: base %s", scope, base)
		}
		var may []string
		for _, noun := range []string{"audit", "runs"} {
			if again.Allows(noun, false) {
				may = append(may, noun)
			}
			if again.Allows(noun, true) {
				may = append(may, noun+"?")
			}
		}
		if d := cmp.Diff(c.may, may); d != "" {
			t.Errorf("%s (-want +got):\n%s", scope, d)
		}
	}
	if _, err := tokens.ParseOnly([]string{"everything"}); err == nil {
		t.Error("a word that means nothing narrows a token")
	}
}

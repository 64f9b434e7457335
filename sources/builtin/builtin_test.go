package builtin

import (
	"maps"
	"slices"
	"testing"

	"birthright/sources/push"

	"github.com/google/go-cmp/cmp"
)

func TestKinds(t *testing.T) {
	t.Parallel()
	kinds := Kinds()
	if diff := cmp.Diff([]string{"facts", "file", "jira", "ldap", "pagerduty", "scim"}, slices.Sorted(maps.Keys(kinds))); diff != "" {
		t.Error(diff)
	}
	for name, make := range kinds {
		if a, b := make(), make(); a == b {
			t.Errorf("%s: two sources would share their settings", name)
		}
	}
	if _, ok := kinds["scim"]().(*push.Config); !ok {
		t.Error("scim is not the kind that pushes")
	}
}

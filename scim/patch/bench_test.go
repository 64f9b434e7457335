package patch_test

import (
	"fmt"
	"testing"

	"birthright/scim/patch"
	"birthright/scim/resource"
)

func BenchmarkPatch(b *testing.B) {
	ids := make([]any, 10_000)
	for i := range ids {
		ids[i] = map[string]any{"value": fmt.Sprintf("id-%d", i)}
	}
	for _, bench := range []struct {
		name      string
		operation map[string]any
	}{
		{"department", map[string]any{"op": "replace", "value": map[string]any{resource.EnterpriseURN: map[string]any{"department": "Sales"}}}},
		{"email", map[string]any{"op": "replace", "path": `emails[type eq "work"].value`, "value": "ada@example.org"}},
		{"10,000 members", map[string]any{"op": "add", "path": "members", "value": ids}},
	} {
		users := resource.Users()
		body := map[string]any{"schemas": []any{patch.URN}, "Operations": []any{bench.operation}}
		b.Run(bench.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				r := &resource.Reading{}
				steps, err := patch.Parse(body, 10, r)
				if err != nil {
					b.Fatal(err)
				}
				if steps, _, err = patch.SplitMembers(steps, r); err != nil {
					b.Fatal(err)
				}
				doc := resource.Document{"userName": "ada", "emails": []any{map[string]any{"value": "ada@example.com", "type": "work"}}}
				if err := patch.Apply(users, doc, steps, r); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

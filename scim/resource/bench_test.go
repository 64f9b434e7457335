package resource

import (
	"bytes"
	"fmt"
	"testing"

	"birthright/internal/searchdoc"
	"birthright/scim/filter"
)

func BenchmarkReadObject(b *testing.B) {
	var members bytes.Buffer
	for i := range 10_000 {
		if i > 0 {
			members.WriteByte(',')
		}
		fmt.Fprintf(&members, `{"value":"0190f3a2-7c1e-7b4a-9d3f-%012d"}`, i)
	}
	for _, bench := range []struct{ name, body string }{
		{"user", `{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"userName":"ada.lovelace","name":{"givenName":"Ada","familyName":"Lovelace"},
			"emails":[{"value":"ada@example.com","type":"work","primary":true}],"active":true,
			"urn:ietf:params:scim:schemas:extension:enterprise:2.0:User":{"employeeNumber":"4711","department":"Engineering"}}`},
		{"10,000 members", `{"schemas":["urn:ietf:params:scim:api:messages:2.0:PatchOp"],"Operations":[{"op":"add","path":"members","value":[` + members.String() + `]}]}`},
	} {
		b.Run(bench.name, func(b *testing.B) {
			b.ReportAllocs()
			b.SetBytes(int64(len(bench.body)))
			for b.Loop() {
				if _, err := ReadObject([]byte(bench.body)); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// A filter from its text to the question that the store is asked.
func BenchmarkFilter(b *testing.B) {
	users := Users()
	for _, text := range []string{
		`userName eq "ada@example.com"`,
		`active eq true and (emails[type eq "work" and value ew "@example.com"] or name.familyName sw "Lov") and not (meta.lastModified lt "2026-01-01T00:00:00Z")`,
	} {
		b.Run(fmt.Sprintf("%d bytes", len(text)), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				x, err := filter.Parse(text)
				if err != nil {
					b.Fatal(err)
				}
				condition, err := users.Condition(x, "http://localhost/scim/v2")
				if err != nil {
					b.Fatal(err)
				}
				searchdoc.Needed(condition, "idp/User")
			}
		})
	}
}

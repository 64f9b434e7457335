package salesforcesim

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestParse(t *testing.T) {
	q, err := parse(`SELECT Id, Name FROM PermissionSet WHERE Name IN ('O\'Brien','a\\','x AND y') AND IsOwnedByProfile = false`)
	want := query{fields: []string{"Id", "Name"}, object: "PermissionSet", terms: []term{
		{"Name", []any{"O'Brien", `a\`, "x AND y"}}, {"IsOwnedByProfile", []any{false}},
	}}
	if err != nil || cmp.Diff(want, q, cmp.AllowUnexported(query{}, term{})) != "" {
		t.Errorf("%+v, %v", q, err)
	}
	for _, bad := range []string{
		"", "SELECT Id", "SELECT Id FROM Nothing", "SELECT Id FROM User WHERE", "SELECT Id FROM User WHERE Name = 'a", `SELECT Id FROM User WHERE Name = 'a\x'`,
		"SELECT Id FROM User WHERE Name = 'a' OR Name = 'b'", "SELECT Id FROM User WHERE Name IN ('a'", "SELECT Id FROM User WHERE Name LIKE 'a%'",
	} {
		if q, err := parse(bad); err == nil {
			t.Errorf("%s is taken for %+v", bad, q)
		}
	}
}

// FuzzParse: no text makes the parser fall, and what it takes names an object it has.
func FuzzParse(f *testing.F) {
	f.Add(`SELECT Id FROM User WHERE Username IN ('a\'b','c') AND UserType = 'Standard'`)
	f.Add(`SELECT Id FROM User WHERE a = '\`)
	f.Fuzz(func(t *testing.T, soql string) {
		if q, err := parse(soql); err == nil && prefixes[q.object] == "" {
			t.Errorf("%q is taken for %+v", soql, q)
		}
	})
}

package sources

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestPickValues(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name    string
		mapping Mapping
		in      []string
		want    []string
		fault   string
	}{
		{"as they are", Mapping{To: "title", From: "t"}, []string{"a", "", "b"}, []string{"a", "b"}, ""},
		{"except", Mapping{To: "department", From: "ou", Except: []string{"people"}}, []string{"Accounting", "People"}, []string{"Accounting"}, ""},
		{"match", Mapping{To: "email", From: "m", Match: `@corp\.test$`}, []string{"a@x.test", "a@corp.test"}, []string{"a@corp.test"}, ""},
		{"match with a group", Mapping{To: "department", From: "dn", Match: `(?i)\bou=([^,]+)`}, []string{"cn=a,OU=Sales,dc=x"}, []string{"Sales"}, ""},
		{"boolean", Mapping{To: "Active", From: "a"}, []string{"TRUE"}, []string{"true"}, ""},
		{"no boolean", Mapping{To: "active", From: "a"}, []string{"maybe"}, nil, "write true or false"},
		{"date", Mapping{To: "endDate", From: "a"}, []string{"2026-03-31"}, []string{"2026-03-31"}, ""},
		{"generalized time", Mapping{To: "endDate", From: "a"}, []string{"20260331120000+0200"}, []string{"2026-03-31T10:00:00Z"}, ""},
		{"generalized time in UTC", Mapping{To: "endDate", From: "a"}, []string{"20260331120000.5Z"}, []string{"2026-03-31T12:00:00.5Z"}, ""},
		{"date that could be two", Mapping{To: "startDate", From: "a"}, []string{"03/04/2026"}, nil, "write a date like"},
	} {
		picks, faults := Compile([]Mapping{tt.mapping})
		if len(faults) > 0 {
			t.Fatalf("%s: %v", tt.name, faults)
		}
		got, err := picks[0].Values(tt.in)
		if tt.fault != "" {
			if err == nil || !strings.Contains(err.Error(), tt.fault) {
				t.Errorf("%s: got %v, want an error with %q", tt.name, err, tt.fault)
			}
			continue
		}
		if diff := cmp.Diff(tt.want, got); diff != "" || err != nil {
			t.Errorf("%s: %v (-want +got):\n%s", tt.name, err, diff)
		}
	}
}

func TestCompileTellsEveryFault(t *testing.T) {
	t.Parallel()
	_, faults := Compile([]Mapping{
		{From: "a"}, {To: "title"}, {To: "title", From: "t"}, {To: "title", From: "t", Match: "("}, {To: "title", From: "t", Match: "(a)(b)"},
	})
	want := []string{"map[0]: to is missing", "map[1]: from is missing", "map[3]: match of title", "map[4]: match of title has 2 capturing groups"}
	if len(faults) != len(want) {
		t.Fatalf("got %d faults, want %d: %v", len(faults), len(want), faults)
	}
	for i, fault := range faults {
		if !strings.HasPrefix(fault.Error(), want[i]) {
			t.Errorf("fault %d: got %q, want %q…", i, fault, want[i])
		}
	}
}

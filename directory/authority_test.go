package directory_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"birthright/directory"
	"birthright/identity"
)

func TestMerge(t *testing.T) {
	authority := directory.NewAuthority([]string{"hr", "corp", "okta"}, []directory.AuthorityRule{
		{Attributes: []string{"Title"}, Sources: []string{"okta", "corp"}},
		{Attributes: []string{"title", "team"}, Sources: []string{"hr"}},
	})
	gone := func(r identity.Record, day int) identity.Record {
		r.GoneAt = time.Date(2026, 11, day, 0, 0, 0, 0, time.UTC)
		return r
	}
	tests := []struct {
		name    string
		records []identity.Record
		want    identity.Attributes
		origins map[string]string
	}{
		{"order of the configuration",
			[]identity.Record{record("okta", "1", "email", "o@x", "phone", "1"), record("hr", "1", "email", "h@x")},
			identity.Attributes{"email": {"h@x"}, "phone": {"1"}}, map[string]string{"email": "hr", "phone": "okta"}},
		{"the listed order, first rule first",
			[]identity.Record{record("corp", "1", "title", "c"), record("okta", "1", "title", "o"), record("hr", "1", "title", "h")},
			identity.Attributes{"title": {"o"}}, map[string]string{"title": "okta"}},
		{"nobody but the listed", []identity.Record{record("corp", "1", "team", "c"), record("hr", "1", "title", "h")},
			identity.Attributes{}, map[string]string{}},
		{"all values of the winner", []identity.Record{record("hr", "1", "email", "a", "email", "b"), record("corp", "1", "email", "c")},
			identity.Attributes{"email": {"a", "b"}}, map[string]string{"email": "hr"}},
		{"gone records are silent", []identity.Record{gone(record("hr", "1", "email", "h"), 1), record("okta", "1", "email", "o")},
			identity.Attributes{"email": {"o"}}, map[string]string{"email": "okta"}},
		{"unless nobody is there: the last that left",
			[]identity.Record{gone(record("hr", "1", "email", "h"), 1), gone(record("okta", "1", "email", "o", "phone", "1"), 2)},
			identity.Attributes{"email": {"o"}, "phone": {"1"}}, map[string]string{"email": "okta", "phone": "okta"}},
		{"one no is enough", []identity.Record{record("hr", "1", "active", "true"), record("okta", "1", "active", "false")},
			identity.Attributes{"active": {"false"}}, map[string]string{"active": "okta"}},
		{"a source that is no longer configured comes last", []identity.Record{record("aaa", "1", "email", "old"), record("okta", "1", "email", "o")},
			identity.Attributes{"email": {"o"}}, map[string]string{"email": "okta"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, origins := authority.Merge(tt.records)
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("attributes (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(tt.origins, origins); diff != "" {
				t.Errorf("origins (-want +got):\n%s", diff)
			}
		})
	}
}

func TestActiveFollowsAuthority(t *testing.T) {
	authority := directory.NewAuthority([]string{"hr", "okta"}, []directory.AuthorityRule{{Attributes: []string{"active"}, Sources: []string{"hr"}}})
	got, _ := authority.Merge([]identity.Record{record("hr", "1", "active", "true"), record("okta", "1", "active", "false")})
	if got.First("active") != "true" {
		t.Errorf("active is %q although only hr is believed", got.First("active"))
	}
}

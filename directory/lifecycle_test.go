package directory_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"birthright/directory"
	"birthright/identity"
)

var noon = time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)

func TestLifecycle(t *testing.T) {
	tests := []struct {
		name  string
		pairs []string
		gone  bool
		want  identity.State
	}{
		{"nothing said", nil, false, identity.Active},
		{"gone", nil, true, identity.Left},
		{"end date yesterday", []string{"endDate", "2026-11-22"}, false, identity.Left},
		{"the end date is the last day", []string{"endDate", "2026-11-23"}, false, identity.Active},
		{"end time this second", []string{"endDate", "2026-11-23T12:00:00Z"}, false, identity.Left},
		{"end time in a second", []string{"endDate", "2026-11-23T13:00:01+01:00"}, false, identity.Active},
		{"end time of an LDAP directory", []string{"endDate", "20261123115959Z"}, false, identity.Left},
		{"end time without zone is UTC", []string{"endDate", "2026-11-23T12:00:00"}, false, identity.Left},
		{"left before suspended", []string{"endDate", "2026-11-01", "active", "false"}, false, identity.Left},
		{"inactive", []string{"active", "FALSE"}, false, identity.Suspended},
		{"suspended before staged", []string{"active", "no", "startDate", "2027-01-01"}, false, identity.Suspended},
		{"starts tomorrow", []string{"startDate", "2026-11-24"}, false, identity.Staged},
		{"starts today", []string{"startDate", "2026-11-23"}, false, identity.Active},
		{"starts now", []string{"startDate", "2026-11-23T12:00:00Z"}, false, identity.Active},
		{"on leave", []string{"onLeave", "true"}, false, identity.OnLeave},
		{"staged before leave", []string{"onLeave", "true", "startDate", "2026-11-24"}, false, identity.Staged},
		{"unreadable end date gives nothing", []string{"endDate", "31.12.2026"}, false, identity.Suspended},
		{"unreadable start date gives nothing", []string{"startDate", "soon"}, false, identity.Staged},
		{"unreadable active gives nothing", []string{"active", "maybe"}, false, identity.Suspended},
		{"unreadable onLeave gives nothing", []string{"onLeave", "maybe"}, false, identity.OnLeave},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r := record("hr", "1", tt.pairs...)
			if tt.gone {
				r.GoneAt = noon
			}
			if got := directory.Lifecycle([]identity.Record{r}, r.Attributes, noon); got != tt.want {
				t.Errorf("state is %s, want %s", got, tt.want)
			}
		})
	}
}

func TestCheck(t *testing.T) {
	a := directory.NewAuthority([]string{"hr", "okta"}, []directory.AuthorityRule{{Attributes: []string{"endDate"}, Sources: []string{"hr"}}})
	bad := []string{"endDate", "31.12.2026", "startDate", "soon"}
	tests := []struct {
		name string
		in   identity.Record
		want string
	}{
		{"fine", record("hr", "1", "endDate", "2026-12-31", "active", "true"), ""},
		{"each fault", record("hr", "1", bad...), "startDate \"soon\" is not a date; write YYYY-MM-DD or an RFC 3339 time such as 2026-11-30T17:00:00Z\n" +
			"endDate \"31.12.2026\" is not a date; write YYYY-MM-DD or an RFC 3339 time such as 2026-11-30T17:00:00Z"},
		{"only what the source is believed for", record("okta", "1", "endDate", "31.12.2026"), ""},
		{"flags", record("hr", "1", "active", "512"), `active "512" is neither true nor false`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got := ""
			if err := a.Check(tt.in); err != nil {
				got = err.Error()
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("faults (-want +got):\n%s", diff)
			}
		})
	}
}

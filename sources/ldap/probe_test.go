package ldap

import (
	"strings"
	"testing"

	"birthright/internal/slapdtest"
	"birthright/sources"
)

func probed(t *testing.T, c Config, mappings ...sources.Mapping) (sources.Report, string) {
	t.Helper()
	report, err := open(t, c, mappings...).Probe(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	var bad []string
	for _, f := range report.Findings {
		if !f.OK {
			bad = append(bad, f.Check+": "+f.Detail+" → "+f.Remedy)
		}
	}
	return report, strings.Join(bad, "\n")
}

func TestProbe(t *testing.T) {
	t.Parallel()
	s := slapdtest.Start(t, slapdtest.Options{SizeLimit: 100, PagedTotal: 100})
	s.MustLoad(t, slapdtest.ExampleLDIF(t))
	admin := configFor(t, s)
	admin.BindDN, admin.BindPassword = s.AdminDN, ref(t, s.AdminPassword)

	report, bad := probed(t, admin)
	if bad != "" || !report.Reachable || report.Users != 150 || report.Groups != 5 || report.Version != "OpenLDAP" {
		t.Errorf("probe of a good server: %+v\n%s", report, bad)
	}

	tests := []struct {
		name   string
		change func(c *Config)
		want   string
	}{
		{"size limit below the number of users", func(c *Config) { *c = configFor(t, s) }, "raise its limit"},
		{"wrong password", func(c *Config) { c.BindPassword = ref(t, "wrong") }, "bind: "},
		{"nobody there", func(c *Config) { c.URL = "ldap://127.0.0.1:1" }, "connect: "},
		{"no users base", func(c *Config) { c.Users.BaseDN = "ou=x," + s.Suffix }, "read users: "},
		{"no users", func(c *Config) { c.Users.Filter = "(uid=nobody)" }, "no users below"},
		{"no groups base", func(c *Config) { c.Groups.BaseDN = "ou=x," + s.Suffix }, "read groups: "},
		{"no key", func(c *Config) { c.Key = "employeeNumber" }, "it has no key"},
	}
	for _, tt := range tests {
		c := admin
		tt.change(&c)
		if _, bad := probed(t, c); !strings.Contains(bad, tt.want) {
			t.Errorf("%s: got %q, want %q in it", tt.name, bad, tt.want)
		}
	}
	if _, bad := probed(t, admin, sources.Mapping{To: "userName", From: "employeeNumber"}); !strings.Contains(bad, "150 users have no userName") {
		t.Errorf("no names: got %q", bad)
	}
}

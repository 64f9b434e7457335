package ldap

import (
	"strings"
	"testing"

	"birthright/internal/ldapconn"
	"birthright/internal/strictyaml"
	"birthright/sources"
)

func TestConfigAsWritten(t *testing.T) {
	t.Parallel()
	const text = `
url: "ldaps://ldap.example.com"
bind_dn: "cn=reader,dc=example,dc=com"
bind_password: "env:LDAP_PASSWORD"
start_tls: false
tls: {ca_file: ca.pem, server_name: ldap.internal}
users: {base_dn: "ou=people,dc=example,dc=com", filter: "(objectClass=inetOrgPerson)", scope: one}
groups: {base_dn: "ou=groups,dc=example,dc=com", filter: "(objectClass=groupOfNames)", member_attributes: [member]}
page_size: 500
key: entryUUID
timeout: 10s
ignore_referrals: true
insecure: false
`
	var c Config
	if _, faults := strictyaml.Decode("birthright.yaml", []byte(text), &c); len(faults) > 0 {
		t.Fatal(faults)
	}
	if faults := c.Validate(); len(faults) > 0 {
		t.Fatal(faults)
	}
	if c.Users.Scope != "one" || c.Timeout.Seconds() != 10 || c.BindPassword.EnvName() != "LDAP_PASSWORD" {
		t.Errorf("decoded %+v", c)
	}
}

func TestValidateTellsEveryFault(t *testing.T) {
	t.Parallel()
	good := Config{Settings: ldapconn.Settings{URL: "ldaps://h"}, Users: Users{BaseDN: "dc=x"}}
	tests := []struct {
		name   string
		change func(c *Config)
		want   []string
	}{
		{"good", func(*Config) {}, nil},
		{"nothing", func(c *Config) { *c = Config{} }, []string{"url is missing", "users.base_dn is missing"}},
		{"scheme", func(c *Config) { c.URL = "https://h" }, []string{"write ldaps:// or ldap://"}},
		{"path", func(c *Config) { c.URL = "ldaps://h/dc=x" }, []string{"users.base_dn"}},
		{"plain text to another machine", func(c *Config) { c.URL = "ldap://10.0.0.1" }, []string{"in plain text"}},
		{"plain text by name", func(c *Config) { c.URL = "ldap://localhost.example.com" }, []string{"in plain text"}},
		{"plain text allowed", func(c *Config) { c.URL, c.Insecure = "ldap://10.0.0.1", true }, nil},
		{"plain text on this machine", func(c *Config) { c.URL = "ldap://[::1]:3890" }, nil},
		{"StartTLS", func(c *Config) { c.URL, c.StartTLS = "ldap://h", true }, nil},
		{"TLS twice", func(c *Config) { c.StartTLS = true }, []string{"drop one of them"}},
		{"no password", func(c *Config) { c.BindDN = "cn=a" }, []string{"bind_password is missing"}},
		{"no name", func(c *Config) { c.BindPassword = ref(t, "x") }, []string{"bind_dn is missing"}},
		{"all kinds", func(c *Config) {
			c.Users = Users{BaseDN: "people", Filter: "(uid=", Scope: "deep"}
			c.PageSize, c.Timeout = -1, -1
		}, []string{"page_size is -1", "timeout is", "users.base_dn is \"people\"", "users.filter is", "users.scope is"}},
	}
	for _, tt := range tests {
		c := good
		tt.change(&c)
		faults := c.Validate()
		if len(faults) != len(tt.want) {
			t.Errorf("%s: got %v, want %d faults", tt.name, faults, len(tt.want))
			continue
		}
		for i, f := range faults {
			if !strings.Contains(f.Error(), tt.want[i]) {
				t.Errorf("%s: got %q, want %q in it", tt.name, f, tt.want[i])
			}
		}
	}
	if _, err := good.Open(sources.Env{Name: "corp", Map: []sources.Mapping{{To: "title"}}}); err == nil {
		t.Error("a mapping without from was taken")
	}
}

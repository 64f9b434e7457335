package ldap_test

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"birthright/identity"
	"birthright/internal/ldapconn"
	"birthright/internal/slapdtest"
	"birthright/internal/strictyaml"
	"birthright/internal/trust"
	"birthright/targets"
	"birthright/targets/ldap"
)

func TestEncryptedConnections(t *testing.T) {
	r := start(t, slapdtest.Options{}, nil)
	r.person(t, "ada")
	junk := filepath.Join(t.TempDir(), "junk.pem")
	if err := os.WriteFile(junk, []byte("not a certificate"), 0o600); err != nil {
		t.Fatal(err)
	}
	authority := trust.TLS{CAFile: r.server.CAFile}
	cases := map[string]struct {
		change func(*ldap.Config)
		want   string // "" means that it works
		kind   identity.Kind
	}{
		"ldaps":              {func(c *ldap.Config) { c.URL, c.TLS = r.server.TLSURL, authority }, "", ""},
		"StartTLS":           {func(c *ldap.Config) { c.URL, c.StartTLS, c.TLS = r.server.URL, true, authority }, "", ""},
		"ldaps untrusted":    {func(c *ldap.Config) { c.URL = r.server.TLSURL }, "set tls.ca_file", identity.Denied},
		"StartTLS untrusted": {func(c *ldap.Config) { c.URL, c.StartTLS = r.server.URL, true }, "set tls.ca_file", identity.Denied},
		"another name": {func(c *ldap.Config) {
			c.URL, c.TLS = r.server.TLSURL, trust.TLS{CAFile: r.server.CAFile, ServerName: "other.example"}
		}, "tls.server_name", identity.Denied},
		"no authority":         {func(c *ldap.Config) { c.URL, c.TLS.CAFile = r.server.TLSURL, junk }, "no certificate in PEM form", identity.Invalid},
		"authority not there":  {func(c *ldap.Config) { c.URL, c.TLS.CAFile = r.server.TLSURL, "nowhere.pem" }, "nowhere.pem", identity.Invalid},
		"wrong password":       {func(c *ldap.Config) { c.BindPassword = ref(t, "wrong-word") }, "check bind_dn and bind_password", identity.Denied},
		"unreadable password":  {func(c *ldap.Config) { c.BindPassword = ref(t, "file:nowhere") }, "nowhere", identity.Invalid},
		"nobody listens":       {func(c *ldap.Config) { c.URL = "ldap://127.0.0.1:1" }, "check url", identity.Unavailable},
		"people are not there": {func(c *ldap.Config) { c.Users.BaseDN = "ou=nowhere,dc=example,dc=com" }, "correct base_dn", identity.Invalid},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			conf := r.config
			c.change(&conf)
			target := r.open(t, conf)
			_, err := targets.ReadState(t.Context(), target, targets.Query{})
			if c.want == "" && err != nil {
				t.Fatal(err)
			}
			if c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want) || identity.KindOf(err) != c.kind) {
				t.Errorf("error %v of kind %q, want kind %q and %q", err, identity.KindOf(err), c.kind, c.want)
			}
			if err != nil && strings.Contains(err.Error(), "wrong-word") {
				t.Errorf("the error tells the password: %v", err)
			}
			result := target.Apply(t.Context(), []targets.Op{on(targets.CreateAccount, "new "+name, "")})[0]
			if (c.want == "") != result.Outcome.OK() {
				t.Errorf("a change: %s: %v", result.Outcome, result.Err)
			}
			if c.want == "" {
				return
			}
			report, err := target.Probe(t.Context())
			if err != nil || !strings.Contains(fmt.Sprint(report), c.want) && name != "people are not there" {
				t.Errorf("probe: %v, error %v; want %q", report, err, c.want)
			}
		})
	}
}

func TestTheProbeTellsWhatMayBeWritten(t *testing.T) {
	r := start(t, slapdtest.Options{}, nil)
	r.person(t, "ada")
	r.group(t, "eng", personDN("ada"))
	before := r.values(t, groupDN("eng"), "modifyTimestamp")
	verdict := func(c ldap.Config) targets.Finding {
		report, err := r.open(t, c).Probe(t.Context())
		if err != nil || !report.Reachable || report.Version != "OpenLDAP" {
			t.Fatalf("probe: %+v, error %v", report, err)
		}
		for _, f := range report.Findings {
			if f.Check == "write members" {
				return f
			}
		}
		t.Fatalf("no finding about members in %+v", report)
		return targets.Finding{}
	}
	if f := verdict(r.config); !f.OK {
		t.Errorf("as administrator: %+v", f)
	}
	c := r.config
	c.BindDN, c.BindPassword = r.server.ReaderDN, ref(t, r.server.ReaderPassword)
	if f := verdict(c); f.OK || f.Remedy == "" {
		t.Errorf("as reader: %+v", f)
	}
	if after := r.values(t, groupDN("eng"), "modifyTimestamp"); after[0] != before[0] {
		t.Error("the probe changed the group")
	}
	result := r.open(t, c).Apply(t.Context(), []targets.Op{on(targets.Remove, "ada", "eng")})[0]
	if result.Outcome != targets.Refused || identity.KindOf(result.Err) != identity.Denied {
		t.Errorf("a change as reader: %s: %v, want refused and denied", result.Outcome, result.Err)
	}
}

func TestAnIdleConnectionThatDiedIsReplaced(t *testing.T) {
	r := start(t, slapdtest.Options{}, nil)
	now := time.Now()
	target, err := r.config.Open(targets.Env{Name: "dir", Now: func() time.Time { return now }})
	if err != nil {
		t.Fatal(err)
	}
	defer target.(targets.Closer).Close()
	for range 3 {
		if result := target.Apply(t.Context(), []targets.Op{on(targets.CreateAccount, "ada", "")})[0]; !result.Outcome.OK() {
			t.Fatalf("%s: %v", result.Outcome, result.Err)
		}
		r.proxy.CutAll()
		now = now.Add(time.Minute)
	}
}

func TestConfigFaults(t *testing.T) {
	good := func() ldap.Config {
		return ldap.Config{
			Settings: ldapconn.Settings{URL: "ldaps://x", BindDN: "cn=a", BindPassword: ref(t, "env:P")},
			Users:    ldap.Users{BaseDN: "ou=p"}, Groups: ldap.Groups{BaseDN: "ou=g"},
		}
	}
	cases := map[string]struct {
		change func(*ldap.Config)
		want   string
	}{
		"nothing":                {func(*ldap.Config) {}, ""},
		"no url":                 {func(c *ldap.Config) { c.URL = "" }, "url is missing"},
		"another protocol":       {func(c *ldap.Config) { c.URL = "http://x" }, "ldaps://"},
		"no host":                {func(c *ldap.Config) { c.URL = "ldap://" }, "host is missing"},
		"a path":                 {func(c *ldap.Config) { c.URL = "ldaps://x/dc=a" }, "host and port only"},
		"plain text":             {func(c *ldap.Config) { c.URL = "ldap://x" }, "plain text"},
		"both sorts of TLS":      {func(c *ldap.Config) { c.StartTLS = true }, "start_tls"},
		"no name":                {func(c *ldap.Config) { c.BindDN = "" }, "bind_dn"},
		"no password":            {func(c *ldap.Config) { c.BindPassword = ref(t, "") }, "bind_password"},
		"no people":              {func(c *ldap.Config) { c.Users.BaseDN = "" }, "users.base_dn"},
		"bad DN":                 {func(c *ldap.Config) { c.Groups.BaseDN = "groups" }, "groups.base_dn"},
		"bad filter":             {func(c *ldap.Config) { c.Users.Filter = "(uid=" }, "users.filter"},
		"unknown class of group": {func(c *ldap.Config) { c.Groups.ObjectClass = "team" }, "groups.member"},
		"POSIX groups made":      {func(c *ldap.Config) { c.Groups.ObjectClass, c.Groups.Create = "posixGroup", true }, "gidNumber"},
		"mark without attribute": {func(c *ldap.Config) { c.Users.Disable.Inactive = "x" }, "users.disable.attribute"},
		"mark without value":     {func(c *ldap.Config) { c.Users.Disable.Attribute = "x" }, "users.disable.inactive"},
		"huge pages":             {func(c *ldap.Config) { c.PageSize = 1 << 30 }, "page_size"},
		"negative time":          {func(c *ldap.Config) { c.Timeout = -1 }, "timeout"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			conf := good()
			c.change(&conf)
			err := errors.Join(conf.Validate()...)
			if (c.want == "") != (err == nil) || err != nil && !strings.Contains(err.Error(), c.want) {
				t.Errorf("faults %v, want %q", err, c.want)
			}
		})
	}
}

func TestMappingFaults(t *testing.T) {
	conf := ldap.Config{
		Settings: ldapconn.Settings{URL: "ldaps://x", BindDN: "cn=a", BindPassword: ref(t, "env:P")},
		Users:    ldap.Users{BaseDN: "ou=p", Disable: ldap.Disable{Attribute: "employeeType", Inactive: "x"}},
	}
	for name, mapping := range map[string][]targets.Mapping{
		"half":                {{To: "mail"}},
		"twice":               {{To: "mail", From: "email"}, {To: "MAIL", From: "title"}},
		"the login name":      {{To: "uid", From: "email"}},
		"the mark":            {{To: "employeeType", From: "employeeType"}},
		"the default is told": nil, // it maps employeeType as well
	} {
		if _, err := conf.Open(targets.Env{Name: "dir", Map: mapping}); identity.KindOf(err) != identity.Invalid {
			t.Errorf("%s: error %v, want one of kind invalid", name, err)
		}
	}
}

func TestTheSettingsArePeoplesWords(t *testing.T) {
	text := `
url: ldaps://ldap.example.com
start_tls: false
tls: {ca_file: ca.pem, server_name: ldap}
bind_dn: cn=hub,dc=example,dc=com
bind_password: file:/run/secrets/ldap
insecure: false
users:
  base_dn: ou=people,dc=example,dc=com
  filter: (objectClass=inetOrgPerson)
  rdn: uid
  object_classes: [inetOrgPerson]
  id: entryUUID
  disable: {attribute: description, active: "", inactive: "left"}
groups: {base_dn: "ou=groups,dc=example,dc=com", filter: "", name: cn, object_class: groupOfNames, member: member, create: true, placeholder: "cn=nobody"}
page_size: 500
timeout: 10s
ignore_referrals: true
`
	var c ldap.Config
	if _, faults := strictyaml.Decode("x.yaml", []byte(text), &c); len(faults) > 0 {
		t.Fatal(faults)
	}
	if faults := c.Validate(); len(faults) > 0 {
		t.Error(faults)
	}
}

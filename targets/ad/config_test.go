package ad_test

import (
	"errors"
	"strings"
	"testing"

	"birthright/internal/ldapconn"
	"birthright/targets"
	"birthright/targets/ad"
)

func TestFaultsAreToldAtOnce(t *testing.T) {
	good := func() ad.Config {
		return ad.Config{
			Settings: ldapconn.Settings{URL: "ldaps://dc1.example.com", BindDN: "svc@example.com", BindPassword: ref(t, "secret")},
			Users:    ad.Users{BaseDN: "OU=Staff,DC=example,DC=com"},
			Groups:   ad.Groups{BaseDN: "OU=Groups,DC=example,DC=com"},
		}
	}
	for name, c := range map[string]struct {
		change func(*ad.Config)
		want   string // "" means no fault
	}{
		"good":            {func(*ad.Config) {}, ""},
		"simulated":       {func(c *ad.Config) { c.Settings, c.Simulate = ldapconn.Settings{}, true }, ""},
		"nothing":         {func(c *ad.Config) { *c = ad.Config{} }, "url is missing"},
		"no base":         {func(c *ad.Config) { c.Users.BaseDN = "" }, "users.base_dn is missing"},
		"global catalog":  {func(c *ad.Config) { c.URL = "ldaps://dc1.example.com:3269" }, "global catalog"},
		"plain":           {func(c *ad.Config) { c.URL = "ldap://dc1.example.com" }, "plain text"},
		"no DN":           {func(c *ad.Config) { c.Users.BaseDN = "staff" }, "users.base_dn is \"staff\""},
		"unit elsewhere":  {func(c *ad.Config) { c.Users.OU = "OU={team},DC=example,DC=com" }, "does not lie under"},
		"leavers outside": {func(c *ad.Config) { c.Users.DisabledOU = "OU=Leavers,DC=example,DC=com" }, "users.disabled_ou"},
		"filter":          {func(c *ad.Config) { c.Users.Filter = "(cn=" }, "users.filter"},
		"account name":    {func(c *ad.Config) { c.Users.Name = "mail" }, "users.name"},
		"suffix":          {func(c *ad.Config) { c.Users.UPNSuffix = "@example.com" }, "without the @"},
		"group name":      {func(c *ad.Config) { c.Groups.Name = "displayName" }, "groups.name"},
		"scope":           {func(c *ad.Config) { c.Groups.Scope = "world" }, "groups.scope"},
		"made by GUID":    {func(c *ad.Config) { c.Groups.Name, c.Groups.Create = "objectGUID", true }, "groups.create"},
		"made nowhere":    {func(c *ad.Config) { c.Groups = ad.Groups{Create: true} }, "groups.base_dn is missing"},
	} {
		conf := good()
		c.change(&conf)
		err := errors.Join(conf.Validate()...)
		if c.want == "" && err != nil || c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)) {
			t.Errorf("%s: %v, want %q", name, err, c.want)
		}
	}
}

func TestMapsThatCannotBeMeant(t *testing.T) {
	conf := ad.Config{Simulate: true, Users: ad.Users{BaseDN: "OU=Staff,DC=example,DC=com"}}
	for _, to := range []string{"sAMAccountName", "cn", "userAccountControl", "unicodePwd", ""} {
		if _, err := conf.Open(targets.Env{Name: "ad", Map: []targets.Mapping{{To: to, From: "title"}}}); err == nil {
			t.Errorf("%q may be written by a map", to)
		}
	}
	conf.Users.OU = "OU={team},OU=Staff,DC=example,DC=com"
	if _, err := conf.Open(targets.Env{Name: "ad"}); err == nil || !strings.Contains(err.Error(), "{team}") {
		t.Errorf("a place by what is not written: %v", err)
	}
}

package ldap

import (
	"errors"
	"fmt"
	"strings"

	"birthright/identity"
	"birthright/internal/ldapconn"
	"birthright/internal/ldapsim"
	"birthright/targets"

	goldap "github.com/go-ldap/ldap/v3"
)

// Config is the settings of `kind: ldap`.
type Config struct {
	ldapconn.Settings `yaml:",inline"`

	Users  Users  `yaml:"users"`
	Groups Groups `yaml:"groups"`
	// Simulate puts a directory within the program in the place of the server.
	Simulate bool `yaml:"simulate"`
}

// Users says which entries are accounts, and how new ones are made.
type Users struct {
	// BaseDN is where they are, at any depth, and where new ones are made.
	BaseDN string `yaml:"base_dn"`
	// Filter tells accounts from other entries; default: the last object class.
	Filter string `yaml:"filter"`
	// RDN is the attribute that holds the login name and names new entries; default uid.
	RDN string `yaml:"rdn"`
	// ObjectClasses of new entries; default inetOrgPerson.
	ObjectClasses []string `yaml:"object_classes"`
	// ID is the attribute that never changes; default entryUUID.
	ID string `yaml:"id"`
	// LastUsed is the attribute in which the server notes when somebody last signed in,
	// as a GeneralizedTime: authTimestamp or pwdLastSuccess; without it none is told.
	LastUsed string `yaml:"last_used"`
	// Disable says how an account is marked inactive; without it accounts are
	// not disabled.
	Disable Disable `yaml:"disable"`
}

// Disable is the mark of an inactive account: Attribute has the value Inactive.
// Enabling sets it to Active, or removes it where that is empty.
type Disable struct {
	Attribute string `yaml:"attribute"`
	Active    string `yaml:"active"`
	Inactive  string `yaml:"inactive"`
}

// Groups says which entries are entitlements of kind group; without a BaseDN
// there are none.
type Groups struct {
	BaseDN string `yaml:"base_dn"`
	// Filter tells groups from other entries; default: the object class.
	Filter string `yaml:"filter"`
	// Name is the attribute with the group's name; default cn.
	Name string `yaml:"name"`
	// ObjectClass is groupOfNames (default), groupOfMembers, groupOfUniqueNames or
	// posixGroup; others need Member.
	ObjectClass string `yaml:"object_class"`
	// Member is the attribute with the members; default: that of the class.
	Member string `yaml:"member"`
	// Create lets groups be made that are not there.
	Create bool `yaml:"create"`
	// Placeholder is the DN that stands in a group which must not be empty;
	// default cn=birthright-placeholder under BaseDN. It need not exist.
	Placeholder string `yaml:"placeholder"`
}

// withDefaults fills in what was left out.
func (c Config) withDefaults() Config {
	fill := func(s *string, v string) {
		if *s == "" {
			*s = v
		}
	}
	fill(&c.Users.RDN, "uid")
	fill(&c.Users.ID, "entryUUID")
	if len(c.Users.ObjectClasses) == 0 {
		c.Users.ObjectClasses = []string{"inetOrgPerson"}
	}
	fill(&c.Users.Filter, "(objectClass="+c.Users.ObjectClasses[len(c.Users.ObjectClasses)-1]+")")
	fill(&c.Groups.Name, "cn")
	fill(&c.Groups.ObjectClass, "groupOfNames")
	fill(&c.Groups.Filter, "(objectClass="+c.Groups.ObjectClass+")")
	fill(&c.Groups.Member, memberAttributes[strings.ToLower(c.Groups.ObjectClass)])
	if c.Groups.BaseDN != "" {
		fill(&c.Groups.Placeholder, "cn=birthright-placeholder,"+c.Groups.BaseDN)
	}
	if c.Simulate {
		c.Settings = ldapsim.Connection(c.Settings)
	}
	c.Settings = c.Settings.WithDefaults()
	return c
}

// Validate returns every fault that can be told without asking the server.
func (c *Config) Validate() []error {
	full := c.withDefaults()
	faults := full.Settings.Validate()
	check := func(ok bool, format string, args ...any) {
		if !ok {
			faults = append(faults, fmt.Errorf(format, args...))
		}
	}
	check(full.BindDN != "", "bind_dn is missing: nobody may change a directory without a name")
	check(!full.BindPassword.IsZero(), "bind_password is missing")
	check(full.Users.BaseDN != "", "users.base_dn is missing: where the accounts are, for example ou=people,dc=example,dc=com")
	for _, dn := range []struct{ key, value string }{
		{"bind_dn", full.BindDN}, {"users.base_dn", full.Users.BaseDN}, {"groups.base_dn", full.Groups.BaseDN},
		{"groups.placeholder", full.Groups.Placeholder},
	} {
		_, err := goldap.ParseDN(dn.value)
		check(err == nil, "%s is %q, which is not a DN: %v", dn.key, dn.value, err)
	}
	for _, f := range []struct{ key, value string }{{"users.filter", full.Users.Filter}, {"groups.filter", full.Groups.Filter}} {
		_, err := goldap.CompileFilter(f.value)
		check(err == nil, "%s is %q, which is not a filter: %v", f.key, f.value, err)
	}
	faults = append(faults, full.Users.validate()...)
	return append(faults, full.Groups.validate()...)
}

func (u Users) validate() []error {
	var faults []error
	d := u.Disable
	if d.Attribute == "" && d != (Disable{}) {
		faults = append(faults, errors.New("users.disable.attribute is missing: which attribute holds the mark?"))
	}
	if d.Attribute != "" && d.Inactive == "" {
		faults = append(faults, errors.New("users.disable.inactive is missing: the value that marks an inactive account"))
	}
	if d.Attribute != "" && d.Inactive == d.Active {
		faults = append(faults, errors.New("users.disable: active and inactive are the same value"))
	}
	return faults
}

func (g Groups) validate() []error {
	if g.BaseDN == "" {
		if g.Create {
			return []error{errors.New("groups.base_dn is missing: where new groups are made")}
		}
		return nil
	}
	if g.Member == "" {
		return []error{fmt.Errorf("groups.member is missing: which attribute of a %s holds its members?", g.ObjectClass)}
	}
	if g.Create && strings.EqualFold(g.ObjectClass, "posixGroup") {
		return []error{errors.New("groups.create: a posixGroup needs a gidNumber, which the hub does not give out: make the groups yourself")}
	}
	return nil
}

// Open makes the target without connecting.
func (c *Config) Open(env targets.Env) (targets.Target, error) {
	if faults := c.Validate(); len(faults) > 0 {
		return nil, &identity.Error{Kind: identity.Invalid, Op: "open target " + env.Name, Err: errors.Join(faults...)}
	}
	full := c.withDefaults()
	schema, err := newSchema(full, env.Map)
	if err != nil {
		return nil, &identity.Error{Kind: identity.Invalid, Op: "open target " + env.Name, Err: err}
	}
	return newTarget(full, schema, env)
}

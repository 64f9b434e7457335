package ldap

import (
	"errors"
	"fmt"

	"birthright/internal/ldapconn"
	"birthright/internal/ldapdn"
	"birthright/internal/ldapwire"
	"birthright/sources"

	goldap "github.com/go-ldap/ldap/v3"
)

// Config is what people write for a source of kind ldap.
type Config struct {
	ldapconn.Settings `yaml:",inline"`

	Users  Users  `yaml:"users"`
	Groups Groups `yaml:"groups"`

	// Key is the attribute that identifies an entry for ever; default: entryUUID,
	// or objectGUID where a server has that instead. "dn" is the last resort: a
	// person who is renamed or moved is then another one.
	Key string `yaml:"key"`
}

// Users says which entries are people.
type Users struct {
	BaseDN string `yaml:"base_dn"`
	Filter string `yaml:"filter"` // default (objectClass=person)
	Scope  string `yaml:"scope"`  // sub (default), one or base
}

// Groups says which entries are groups; without a BaseDN none are read.
type Groups struct {
	BaseDN string `yaml:"base_dn"`
	Filter string `yaml:"filter"` // default: every usual class of group
	Scope  string `yaml:"scope"`
	// MemberAttributes name members by DN, except memberUid, which names them by
	// uid; default member, uniqueMember, memberUid.
	MemberAttributes []string `yaml:"member_attributes"`
	// Name is the attribute with the group's name; default cn.
	Name string `yaml:"name"`
	// Key is as for people; default: theirs if it is one that every entry has.
	Key string `yaml:"key"`
}

const (
	defaultUserFilter  = "(objectClass=person)"
	defaultGroupFilter = "(|(objectClass=groupOfNames)(objectClass=groupOfUniqueNames)(objectClass=groupOfMembers)(objectClass=posixGroup)(objectClass=group))"
)

// keyDN stands for the name of the entry itself.
const keyDN = "dn"

// autoKey are the attributes that servers give every entry, never to change it.
var autoKey = []string{"entryUUID", "objectGUID"}

// withDefaults fills in what was left out.
func (c Config) withDefaults() Config {
	fill := func(s *string, v string) {
		if *s == "" {
			*s = v
		}
	}
	fill(&c.Users.Filter, defaultUserFilter)
	fill(&c.Users.Scope, "sub")
	fill(&c.Groups.Filter, defaultGroupFilter)
	fill(&c.Groups.Scope, "sub")
	fill(&c.Groups.Name, "cn")
	if len(c.Groups.MemberAttributes) == 0 {
		c.Groups.MemberAttributes = []string{"member", "uniqueMember", memberUID}
	}
	c.Settings = c.Settings.WithDefaults()
	return c
}

var scopes = map[string]ldapwire.Scope{"sub": ldapwire.Subtree, "one": ldapwire.One, "base": ldapwire.Base}

// Validate returns every fault that can be told without asking the server.
func (c Config) Validate() []error {
	c = c.withDefaults()
	faults := c.Settings.Validate()
	check := func(ok bool, format string, args ...any) {
		if !ok {
			faults = append(faults, fmt.Errorf(format, args...))
		}
	}
	check(c.BindDN == "" || !c.BindPassword.IsZero(), "bind_password is missing: bind_dn needs one (leave out both to read anonymously)")
	check(c.BindDN != "" || c.BindPassword.IsZero(), "bind_dn is missing: whose password is bind_password?")
	check(c.Users.BaseDN != "", "users.base_dn is missing: where the people are, for example ou=people,dc=example,dc=com")
	for _, part := range []struct{ name, base, filter, scope string }{
		{"users", c.Users.BaseDN, c.Users.Filter, c.Users.Scope}, {"groups", c.Groups.BaseDN, c.Groups.Filter, c.Groups.Scope},
	} {
		_, err := ldapdn.Append(nil, []byte(part.base))
		check(err == nil, "%s.base_dn is %q: %v", part.name, part.base, err)
		_, err = goldap.CompileFilter(part.filter)
		check(err == nil, "%s.filter is %q: %v", part.name, part.filter, err)
		_, known := scopes[part.scope]
		check(known, "%s.scope is %q: write sub, one or base", part.name, part.scope)
	}
	return faults
}

// Open makes the source.
func (c Config) Open(env sources.Env) (sources.Source, error) {
	if faults := c.Validate(); len(faults) > 0 {
		return nil, errors.Join(faults...)
	}
	c = c.withDefaults()
	endpoint, err := c.Endpoint()
	if err != nil {
		return nil, err
	}
	people, err := newPlan(c, env.Map)
	if err != nil {
		return nil, fmt.Errorf("source %s: %w", env.Name, err)
	}
	return &Source{config: c, env: env, endpoint: endpoint, people: people}, nil
}

package ldap

import (
	"errors"
	"fmt"
	"net"
	"net/url"
	"strings"
	"time"

	"birthright/internal/ldapwire"
	"birthright/internal/secret"
	"birthright/sources"

	goldap "github.com/go-ldap/ldap/v3"
)

// Config is what people write for a source of kind ldap.
type Config struct {
	// URL is ldaps://HOST[:PORT] or ldap://HOST[:PORT].
	URL          string     `yaml:"url"`
	BindDN       string     `yaml:"bind_dn"`
	BindPassword secret.Ref `yaml:"bind_password"`
	// StartTLS upgrades an ldap:// connection before anything is said on it.
	StartTLS bool `yaml:"start_tls"`
	TLS      TLS  `yaml:"tls"`
	// Insecure allows ldap:// without StartTLS to another machine, where both
	// the password and the people can be read and changed on the way.
	Insecure bool `yaml:"insecure"`

	Users  Users  `yaml:"users"`
	Groups Groups `yaml:"groups"`

	// Key is the attribute that identifies an entry for ever; default: entryUUID,
	// or objectGUID where a server has that instead. "dn" is the last resort: a
	// person who is renamed or moved is then another one.
	Key string `yaml:"key"`
	// PageSize is the number of entries asked for at a time; default 1000.
	PageSize int `yaml:"page_size"`
	// Timeout bounds every wait for the server; default 30s.
	Timeout time.Duration `yaml:"timeout"`
	// IgnoreReferrals accepts that parts of the tree lie on other servers, which
	// are not read.
	IgnoreReferrals bool `yaml:"ignore_referrals"`
}

// TLS says whom to trust.
type TLS struct {
	// CAFile holds the certificates (PEM) of the authorities trusted; default:
	// those of the machine. A relative path starts at the configuration's folder.
	CAFile string `yaml:"ca_file"`
	// ServerName is the name that the certificate must bear; default: the URL's host.
	ServerName string `yaml:"server_name"`
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
	defaultPageSize    = 1000
	maxPageSize        = 100_000
	defaultTimeout     = 30 * time.Second
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
	if c.PageSize == 0 {
		c.PageSize = defaultPageSize
	}
	if c.Timeout == 0 {
		c.Timeout = defaultTimeout
	}
	return c
}

var scopes = map[string]ldapwire.Scope{"sub": ldapwire.Subtree, "one": ldapwire.One, "base": ldapwire.Base}

// Validate returns every fault that can be told without asking the server.
func (c Config) Validate() []error {
	c = c.withDefaults()
	var faults []error
	check := func(ok bool, format string, args ...any) {
		if !ok {
			faults = append(faults, fmt.Errorf(format, args...))
		}
	}
	if _, err := c.endpoint(); err != nil {
		faults = append(faults, err)
	}
	check(c.BindDN == "" || !c.BindPassword.IsZero(), "bind_password is missing: bind_dn needs one (leave out both to read anonymously)")
	check(c.BindDN != "" || c.BindPassword.IsZero(), "bind_dn is missing: whose password is bind_password?")
	check(c.Users.BaseDN != "", "users.base_dn is missing: where the people are, for example ou=people,dc=example,dc=com")
	check(c.PageSize > 0 && c.PageSize <= maxPageSize, "page_size is %d: write a number from 1 to %d", c.PageSize, maxPageSize)
	check(c.Timeout > 0, "timeout is %s: write a time above zero", c.Timeout)
	for _, part := range []struct{ name, base, filter, scope string }{
		{"users", c.Users.BaseDN, c.Users.Filter, c.Users.Scope}, {"groups", c.Groups.BaseDN, c.Groups.Filter, c.Groups.Scope},
	} {
		_, err := appendCanonical(nil, []byte(part.base))
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
	endpoint, err := c.endpoint()
	if err != nil {
		return nil, err
	}
	people, err := newPlan(c, env.Map)
	if err != nil {
		return nil, fmt.Errorf("source %s: %w", env.Name, err)
	}
	return &Source{config: c, env: env, endpoint: endpoint, people: people}, nil
}

// endpoint is where and how to connect.
type endpoint struct {
	address string // host:port
	host    string
	tls     bool // from the first byte
}

func (c Config) endpoint() (endpoint, error) {
	const example = "for example ldaps://ldap.example.com"
	if c.URL == "" {
		return endpoint{}, fmt.Errorf("url is missing: the directory's address, %s", example)
	}
	u, err := url.Parse(c.URL)
	if err != nil {
		return endpoint{}, fmt.Errorf("url: %w", err)
	}
	port := map[string]string{"ldap": "389", "ldaps": "636"}[u.Scheme]
	switch {
	case port == "":
		return endpoint{}, fmt.Errorf("url is %q: write ldaps:// or ldap://, %s", c.URL, example)
	case u.Hostname() == "":
		return endpoint{}, fmt.Errorf("url is %q: the host is missing, %s", c.URL, example)
	case u.User != nil || strings.Trim(u.Path, "/") != "" || u.RawQuery != "" || u.Fragment != "":
		return endpoint{}, fmt.Errorf("url is %q: write scheme, host and port only; the rest has keys of its own (bind_dn, users.base_dn …)", u.Redacted())
	case u.Scheme == "ldaps" && c.StartTLS:
		return endpoint{}, errors.New("start_tls upgrades ldap://; ldaps:// is secured already: drop one of them")
	case u.Scheme == "ldap" && !c.StartTLS && !c.Insecure && !loopback(u.Hostname()):
		return endpoint{}, fmt.Errorf("url is %q: it would send the password and the people in plain text; write ldaps://, or add start_tls: true (insecure: true allows it)", c.URL)
	}
	if u.Port() != "" {
		port = u.Port()
	}
	return endpoint{address: net.JoinHostPort(u.Hostname(), port), host: u.Hostname(), tls: u.Scheme == "ldaps"}, nil
}

// loopback reports whether host is this machine by its very name.
func loopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

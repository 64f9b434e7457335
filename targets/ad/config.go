package ad

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"

	"birthright/identity"
	"birthright/internal/ldapconn"
	"birthright/internal/ldapsim"
	"birthright/targets"

	goldap "github.com/go-ldap/ldap/v3"
)

// Config is the settings of `kind: ad`.
type Config struct {
	ldapconn.Settings `yaml:",inline"`

	Users  Users  `yaml:"users"`
	Groups Groups `yaml:"groups"`
	// Critical lets accounts and groups be changed that the domain itself rests on
	// or protects (isCriticalSystemObject, adminCount).
	Critical bool `yaml:"critical"`
	// Simulate puts a domain within the program in the place of the server.
	Simulate bool `yaml:"simulate"`
}

// Users says which people are accounts, and where new ones are made.
type Users struct {
	// BaseDN is where they are, at any depth.
	BaseDN string `yaml:"base_dn"`
	// Filter narrows them further.
	Filter string `yaml:"filter"`
	// Name is what accounts are called: sAMAccountName (default) or userPrincipalName.
	Name string `yaml:"name"`
	// OU is where new ones are made: a DN under BaseDN, in which {attribute} stands
	// for an attribute of the hub; default BaseDN.
	OU string `yaml:"ou"`
	// DisabledOU is where accounts go as they are disabled, and come back from.
	DisabledOU string `yaml:"disabled_ou"`
	// UPNSuffix follows the login name and an @ in userPrincipalName; default the
	// domain of BaseDN.
	UPNSuffix string `yaml:"upn_suffix"`
}

// Groups says which groups are entitlements; without a BaseDN there are none.
type Groups struct {
	BaseDN string `yaml:"base_dn"`
	// Filter narrows them further.
	Filter string `yaml:"filter"`
	// Name is what entitlements call a group: sAMAccountName (default), cn or
	// objectGUID.
	Name string `yaml:"name"`
	// Create lets groups be made that are not there, in OU.
	Create bool `yaml:"create"`
	// OU is where new groups are made; default BaseDN.
	OU string `yaml:"ou"`
	// Scope of new groups: global (default), universal or domain_local.
	Scope string `yaml:"scope"`
}

// The attributes that a group can be called by.
const (
	attrLogin = "sAMAccountName"
	attrCN    = "cn"
	attrGUID  = "objectGUID"
)

// scopes are the groupType of security groups.
var scopes = map[string]string{"global": "-2147483646", "domain_local": "-2147483644", "universal": "-2147483640"}

// withDefaults fills in what was left out.
func (c Config) withDefaults() Config {
	if c.Simulate {
		c.Settings = ldapsim.Connection(c.Settings)
	}
	c.Settings = c.Settings.WithDefaults()
	c.Users.Name = cmp.Or(c.Users.Name, attrLogin)
	c.Users.OU = cmp.Or(c.Users.OU, c.Users.BaseDN)
	c.Users.UPNSuffix = cmp.Or(c.Users.UPNSuffix, domainOf(c.Users.BaseDN))
	c.Groups.OU = cmp.Or(c.Groups.OU, c.Groups.BaseDN)
	c.Groups.Name = cmp.Or(c.Groups.Name, attrLogin)
	c.Groups.Scope = cmp.Or(c.Groups.Scope, "global")
	return c
}

// domainOf returns the DNS name of the domain that a DN is in.
func domainOf(dn string) string {
	parsed, err := goldap.ParseDN(dn)
	if err != nil {
		return ""
	}
	var labels []string
	for _, rdn := range parsed.RDNs {
		if a := rdn.Attributes[0]; strings.EqualFold(a.Type, "dc") {
			labels = append(labels, a.Value)
		}
	}
	return strings.ToLower(strings.Join(labels, "."))
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
	endpoint, _ := full.Endpoint() // its fault is among them
	check(!strings.HasSuffix(endpoint.Address, ":3268") && !strings.HasSuffix(endpoint.Address, ":3269"),
		"url is %q: ports 3268 and 3269 are the global catalog, which takes no changes: leave the port out", full.URL)
	check(full.BindDN != "", "bind_dn is missing: nobody may change a directory without a name; birthright@corp.example.com will do")
	check(!full.BindPassword.IsZero(), "bind_password is missing")
	check(full.Users.BaseDN != "", "users.base_dn is missing: where the accounts are, for example OU=Staff,DC=corp,DC=example,DC=com")
	return append(append(faults, full.Users.validate()...), full.Groups.validate()...)
}

func (u Users) validate() []error {
	faults := []error{dnFault("users.base_dn", u.BaseDN, ""), filterFault("users.filter", u.Filter)}
	faults = append(faults, dnFault("users.ou", template(u.OU).fill(func(string) string { return "x" }), u.BaseDN), dnFault("users.disabled_ou", u.DisabledOU, u.BaseDN))
	if u.Name != attrLogin && u.Name != attrUPN {
		faults = append(faults, fmt.Errorf("users.name is %q: write sAMAccountName or userPrincipalName", u.Name))
	}
	if strings.Contains(u.UPNSuffix, "@") {
		faults = append(faults, fmt.Errorf("users.upn_suffix is %q: write it without the @", u.UPNSuffix))
	}
	return compact(faults)
}

func (g Groups) validate() []error {
	if g.BaseDN == "" {
		if g.Create {
			return []error{errors.New("groups.base_dn is missing: where the groups are")}
		}
		return nil
	}
	faults := []error{dnFault("groups.base_dn", g.BaseDN, ""), filterFault("groups.filter", g.Filter), dnFault("groups.ou", g.OU, g.BaseDN)}
	if !slices.Contains([]string{attrLogin, attrCN, attrGUID}, g.Name) {
		faults = append(faults, fmt.Errorf("groups.name is %q: write sAMAccountName, cn or objectGUID", g.Name))
	}
	if g.Create && g.Name == attrGUID {
		faults = append(faults, errors.New("groups.create: what a new group's objectGUID will be is not ours to say: make the groups yourself, or use another groups.name"))
	}
	if scopes[g.Scope] == "" {
		faults = append(faults, fmt.Errorf("groups.scope is %q: write global, universal or domain_local", g.Scope))
	}
	return compact(faults)
}

func compact(faults []error) []error {
	return slices.DeleteFunc(faults, func(err error) bool { return err == nil })
}

// dnFault tells what is wrong with a DN; it must lie under base where there is one.
func dnFault(key, dn, base string) error {
	parsed, err := goldap.ParseDN(dn)
	if err != nil {
		return fmt.Errorf("%s is %q, which is not a DN: %w", key, dn, err)
	}
	if above, err := goldap.ParseDN(base); dn != "" && base != "" && err == nil && !above.EqualFold(parsed) && !above.AncestorOfFold(parsed) {
		return fmt.Errorf("%s is %q, which does not lie under the base_dn beside it: accounts and groups there would not be seen", key, dn)
	}
	return nil
}

func filterFault(key, filter string) error {
	if filter == "" {
		return nil
	}
	if _, err := goldap.CompileFilter(filter); err != nil {
		return fmt.Errorf("%s is %q, which is not a filter: %w", key, filter, err)
	}
	return nil
}

// Open makes the target without connecting.
func (c *Config) Open(env targets.Env) (targets.Target, error) {
	if faults := c.Validate(); len(faults) > 0 {
		return nil, &identity.Error{Kind: identity.Invalid, Op: "open target " + env.Name, Err: errors.Join(faults...)}
	}
	t, err := newTarget(c.withDefaults(), env)
	if err != nil {
		return nil, &identity.Error{Kind: identity.Invalid, Op: "open target " + env.Name, Err: err}
	}
	return t, nil
}

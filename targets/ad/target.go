package ad

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"birthright/identity"
	"birthright/internal/ldapapp"
	"birthright/internal/ldapsim"
	"birthright/internal/ldaptarget"
	"birthright/targets"

	goldap "github.com/go-ldap/ldap/v3"
)

const (
	// kindGroup is the one kind of entitlement that a domain gives.
	kindGroup = "group"
	// maxValues is how many members one modify carries. Windows takes 5000 changed
	// links in a transaction without complaint; there is little gain beyond this.
	maxValues = 500
	// people are accounts of people: computers, their managed service accounts and
	// trusts have other types ([MS-ADA3] 2.221).
	people = "(sAMAccountType=805306368)"
	groups = "(objectClass=group)"
)

// defaultMap is written where the configuration maps nothing.
var defaultMap = []targets.Mapping{
	{To: "displayName", From: identity.AttrDisplayName},
	{To: "givenName", From: identity.AttrGivenName},
	{To: "sn", From: identity.AttrFamilyName},
	{To: "mail", From: identity.AttrEmail},
	{To: "title", From: identity.AttrTitle},
	{To: "department", From: identity.AttrDepartment},
	{To: "employeeNumber", From: identity.AttrEmployeeNumber},
	{To: "employeeType", From: identity.AttrEmployeeType},
}

// multiValued are the usual attributes of a person that hold several values; all
// others hold one.
var multiValued = []string{
	"proxyaddresses", "othertelephone", "othermobile", "othermailbox", "otherhomephone", "otherpager", "url", "description",
}

// Target is a domain. It is safe for concurrent use.
type Target struct {
	*ldaptarget.Directory
	config  Config
	mapping ldaptarget.Mapping
}

func newTarget(c Config, env targets.Env) (*Target, error) {
	t := &Target{config: c, mapping: env.Map}
	if len(env.Map) == 0 {
		t.mapping = defaultMap
	}
	if err := t.mapping.Check(claimed); err != nil {
		return nil, err
	}
	if c.Users.Name == attrUPN && t.mapped(attrUPN) {
		return nil, errors.New("map: userPrincipalName is the account's name (users.name), which is always written")
	}
	for _, name := range template(c.Users.OU).names() {
		if !slices.Contains(t.mapping.Attributes(), name) {
			return nil, fmt.Errorf("users.ou has {%s}, which map does not write: an account could not be told to be in its place", name)
		}
	}
	var err error
	t.Directory, err = ldaptarget.New(env, c.Settings, t.layout(), t, targets.Capabilities{
		CreateAccounts: true, UpdateAccounts: true, DisableAccounts: true, DeleteAccounts: true,
		CreateEntitlements: c.Groups.Create,
		Attributes:         t.mapping.Attributes(),
		LastUsed:           true,
	})
	if err != nil || !c.Simulate {
		return t, err
	}
	return t, t.simulate(env)
}

// simulate puts a domain within the program in the place of the server.
func (t *Target) simulate(env targets.Env) error {
	u, g := t.config.Users, t.config.Groups
	simulator, err := ldapsim.New(ldapsim.Options{
		Domain: &ldapapp.Domain{DNS: domainOf(u.BaseDN)},
		Bases:  ldaptarget.Sorted([]string{u.BaseDN, u.DisabledOU, g.BaseDN, g.OU}),
		Account: func(a targets.Account) *goldap.AddRequest {
			if t.loginFault(a.Name) != nil {
				return nil
			}
			return t.request(a)
		},
		Group: func(name string) *goldap.AddRequest {
			request, _, err := t.Group(name)
			if err != nil {
				return nil
			}
			return request
		},
	}, env)
	if err == nil {
		t.Simulate(simulator)
	}
	return err
}

// claimed tells why an attribute is not for the mapping to write.
func claimed(m targets.Mapping) error {
	switch strings.ToLower(m.To) {
	case "samaccountname":
		if m.From != identity.AttrUserName {
			return errors.New("holds the login name and can be nothing else")
		}
		return errors.New("is always written from userName: leave it out")
	case "cn", "name", "distinguishedname":
		return errors.New("is the name of the entry; displayName is what people see")
	case "useraccountcontrol", "unicodepwd", "objectguid", "objectsid", "memberof", "primarygroupid", "admincount":
		return errors.New("is not for a map to write")
	}
	return nil
}

// Normalise returns a as a later read shows it: with the mapped attributes,
// sorted, of which most hold one value.
func (t *Target) Normalise(a targets.Account) targets.Account {
	a.Attributes = t.mapping.Normal(t.fields(a))
	return a
}

// fields returns the values of each mapped attribute.
func (t *Target) fields(a targets.Account) map[string][]string {
	out := map[string][]string{}
	for _, m := range t.mapping {
		values := ldaptarget.Sorted(a.Attributes[m.From])
		if len(values) > 1 && !slices.Contains(multiValued, strings.ToLower(m.To)) {
			values = []string{cmp.Or(a.Attributes.First(m.From), values[0])}
		}
		out[m.To] = values
	}
	return out
}

// layout says what accounts and groups look like in a domain.
func (t *Target) layout() ldaptarget.Layout {
	u, g := t.config.Users, t.config.Groups
	return ldaptarget.Layout{
		Users: ldaptarget.Part{Base: u.BaseDN, Filter: "(&" + people + u.Filter + ")", Fields: append([]string{
			attrGUID, "objectSid", attrLogin, "userPrincipalName", "userAccountControl", "primaryGroupID", "isCriticalSystemObject", "adminCount",
			attrLastLogon,
		}, t.mapping.Fields()...)},
		Groups: ldaptarget.Part{Base: g.BaseDN, Filter: "(&" + groups + g.Filter + ")", Fields: []string{
			attrGUID, "objectSid", attrLogin, attrCN, "description", "isCriticalSystemObject", "adminCount",
		}},
		Kind: kindGroup, Member: "member", Batch: maxValues, Form: form, Controls: searchControls(),
		Plain:  plain,
		Ref:    reference,
		Person: t.person, Team: t.team,
		ByID: guidFilter, ByName: equal(t.config.Users.Name), ByTeam: t.byTeam,
		ByKey: func(key string) string { return "(objectSid=" + escaped([]byte(key)) + ")" },
	}
}

func equal(attribute string) func(string) string {
	return func(v string) string { return "(" + attribute + "=" + goldap.EscapeFilter(v) + ")" }
}

// byTeam finds a group by what entitlements call it.
func (t *Target) byTeam(name string) string {
	if t.config.Groups.Name == attrGUID {
		return guidFilter(name)
	}
	return equal(t.config.Groups.Name)(name)
}

func (t *Target) person(e *goldap.Entry) (*ldaptarget.Person, bool) {
	guid := guidText(e.GetEqualFoldRawAttributeValue(attrGUID))
	p := &ldaptarget.Person{
		DN: plain(e.DN), Sought: plain(e.DN), Ref: byGUID(guid), Value: byGUID(guid), Protected: t.protected(e),
		Primary: string(sid(e.GetEqualFoldRawAttributeValue("objectSid")).sibling(e.GetEqualFoldAttributeValue("primaryGroupID"))),
		Account: targets.Account{
			ID: guid, Name: e.GetEqualFoldAttributeValue(t.config.Users.Name), Active: control(e)&disabled == 0, Attributes: t.mapping.Values(e),
			LastUsed: instant(e.GetEqualFoldAttributeValue(attrLastLogon)),
		},
	}
	return p, p.ID != "" && p.Name != ""
}

func (t *Target) team(e *goldap.Entry) (*ldaptarget.Team, bool) {
	guid := guidText(e.GetEqualFoldRawAttributeValue(attrGUID))
	g := &ldaptarget.Team{
		DN: plain(e.DN), Ref: byGUID(guid), Protected: t.protected(e),
		Title: e.GetEqualFoldAttributeValue("description"), Key: string(e.GetEqualFoldRawAttributeValue("objectSid")),
		Name: e.GetEqualFoldAttributeValue(t.config.Groups.Name),
	}
	if t.config.Groups.Name == attrGUID {
		g.Name, g.Title = guid, cmp.Or(e.GetEqualFoldAttributeValue(attrLogin), g.Title)
	}
	return g, guid != "" && g.Name != ""
}

// protected tells why an entry is not for us to change, "" where it is.
func (t *Target) protected(e *goldap.Entry) string {
	switch {
	case t.config.Critical:
	case strings.EqualFold(e.GetEqualFoldAttributeValue("isCriticalSystemObject"), "TRUE"):
		return "the domain rests on it (isCriticalSystemObject); critical: true allows it"
	case e.GetEqualFoldAttributeValue("adminCount") == "1":
		return "the domain protects it as an administrator's (adminCount); critical: true allows it"
	}
	return ""
}

// disabled is the bit of userAccountControl that switches an account off, and
// normalAccount the one of an account of a person ([MS-ADTS] 2.2.16).
const (
	disabled      = 0x2
	normalAccount = 0x200
)

// control returns the bits of userAccountControl.
func control(e *goldap.Entry) int {
	bits, err := strconv.Atoi(e.GetEqualFoldAttributeValue("userAccountControl"))
	if err != nil {
		return disabled // not shown to us: nobody is taken for active unseen
	}
	return bits
}

package ldap

import (
	"birthright/internal/ldapdn"
	"birthright/internal/ldapsim"
	"birthright/internal/ldaptarget"
	"birthright/targets"

	goldap "github.com/go-ldap/ldap/v3"
)

const (
	// kindGroup is the one kind of entitlement that a directory gives.
	kindGroup = "group"
	// maxValues is how many values one modify carries.
	maxValues = 500
)

// Target is a directory. It is safe for concurrent use.
type Target struct {
	*ldaptarget.Directory
	schema schema
}

func newTarget(c Config, s schema, env targets.Env) (*Target, error) {
	t := &Target{schema: s}
	var err error
	t.Directory, err = ldaptarget.New(env, c.Settings, s.layout(), t, targets.Capabilities{
		CreateAccounts: true, UpdateAccounts: true, DeleteAccounts: true, DisableAccounts: c.Users.Disable.Attribute != "",
		CreateEntitlements: c.Groups.Create,
		Attributes:         s.mapping.Attributes(),
		LastUsed:           c.Users.LastUsed != "",
	})
	if err != nil || !c.Simulate {
		return t, err
	}
	simulator, err := ldapsim.New(ldapsim.Options{
		Bases:   ldaptarget.Sorted([]string{s.users.BaseDN, s.groups.BaseDN}),
		Account: t.request,
		Group: func(name string) *goldap.AddRequest {
			request, _, _ := t.Group(name)
			return request
		},
	}, env)
	if err != nil {
		return nil, err
	}
	t.Simulate(simulator)
	return t, nil
}

// Normalise returns a as a later read shows it: with the mapped attributes,
// sorted, and with the names that every entry must have.
func (t *Target) Normalise(a targets.Account) targets.Account {
	a.Attributes = t.schema.mapping.Normal(t.schema.fields(a))
	return a
}

// layout says what accounts and groups look like here.
func (s schema) layout() ldaptarget.Layout {
	equal := func(attribute string) func(string) string {
		return func(v string) string { return "(" + attribute + "=" + goldap.EscapeFilter(v) + ")" }
	}
	l := ldaptarget.Layout{
		Users:  ldaptarget.Part{Base: s.users.BaseDN, Filter: s.users.Filter, Fields: s.userFields()},
		Groups: ldaptarget.Part{Base: s.groups.BaseDN, Filter: s.groups.Filter, Fields: []string{s.groups.Name, "description"}},
		Kind:   kindGroup, Member: s.groups.Member, Flat: s.names, Batch: maxValues,
		Person: s.person, Team: s.team,
		ByID: s.idFilter, ByName: equal(s.users.RDN), ByTeam: equal(s.groups.Name), ByKey: equal(s.groups.Name),
		Form: ldapdn.Canonical, Ref: func(dn string) string { return dn },
	}
	if s.names {
		l.Form = func(v string) string { return v }
	}
	if s.crowded {
		l.Placeholder = s.groups.Placeholder
	}
	return l
}

func (s schema) person(e *goldap.Entry) (*ldaptarget.Person, bool) {
	a, ok := s.account(e)
	p := &ldaptarget.Person{DN: e.DN, Ref: e.DN, Account: a}
	p.Value = s.value(p)
	p.Sought = p.Value
	return p, ok
}

// value is what groups call a person.
func (s schema) value(p *ldaptarget.Person) string {
	if s.names {
		return p.Name
	}
	return p.DN
}

func (s schema) team(e *goldap.Entry) (*ldaptarget.Team, bool) {
	g := &ldaptarget.Team{DN: e.DN, Ref: e.DN, Name: nameIn(e, s.groups.Name), Title: e.GetEqualFoldAttributeValue("description")}
	return g, g.Name != ""
}

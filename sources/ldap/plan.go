package ldap

import (
	"errors"
	"strings"

	"birthright/identity"
	"birthright/sources"
)

// defaultMap is for inetOrgPerson, with Active Directory's names behind it where
// those differ.
var defaultMap = []sources.Mapping{
	{To: identity.AttrUserName, From: "uid"},
	{To: identity.AttrUserName, From: "sAMAccountName"},
	{To: identity.AttrDisplayName, From: "displayName"},
	{To: identity.AttrDisplayName, From: "cn"},
	{To: identity.AttrGivenName, From: "givenName"},
	{To: identity.AttrFamilyName, From: "sn"},
	{To: identity.AttrEmail, From: "mail"},
	{To: identity.AttrTitle, From: "title"},
	{To: identity.AttrDepartment, From: "departmentNumber"},
	{To: identity.AttrDepartment, From: "department"},
	{To: identity.AttrOrganization, From: "o"},
	{To: identity.AttrOrganization, From: "company"},
	{To: identity.AttrLocation, From: "l"},
	{To: identity.AttrManager, From: "manager"},
	{To: identity.AttrEmployeeNumber, From: "employeeNumber"},
	{To: identity.AttrEmployeeType, From: "employeeType"},
	{To: identity.AttrPhone, From: "telephoneNumber"},
	{To: identity.AttrLocale, From: "preferredLanguage"},
	{To: identity.AttrActive, From: "userAccountControl"},
}

// memberUID is the member attribute that holds a uid instead of a DN.
const memberUID = "memberUid"

// plan says what to ask of a person's entry and what becomes of it. Each
// attribute asked for has a slot, so that an entry is sorted into a small array
// instead of a map.
type plan struct {
	slots    *slots
	fields   []field
	key      []int // slots that may hold the key, best first
	keyIsDN  bool
	uid      int // slot of uid, for memberUid; -1 where nobody needs it
	indexDN  bool
	managers bool // a field gives the manager, perhaps as a DN
}

// field is one attribute of the hub with the places that it may come from.
type field struct {
	to    string
	picks []pick
}

// pick is a place where a field's values may come from.
type pick struct {
	slot    int
	rule    sources.Pick
	convert conversion // nil: text
	plain   bool       // values are taken as they are
}

// newPlan compiles the mappings; none means the default ones.
func newPlan(c Config, mappings []sources.Mapping) (*plan, error) {
	if len(mappings) == 0 {
		mappings = defaultMap
	}
	compiled, faults := sources.Compile(mappings)
	if len(faults) > 0 {
		return nil, errors.Join(faults...)
	}
	p := &plan{slots: newSlots(), uid: -1}
	p.keySlots(c.Key)
	for i, rule := range compiled {
		m := mappings[i]
		convert := conversionOf(m.From, rule.To)
		p.add(rule.To, pick{
			slot: p.slots.of(m.From), rule: rule, convert: convert,
			plain: convert == nil && len(m.Except) == 0 && m.Match == "" && !normalised(rule.To),
		})
		p.managers = p.managers || rule.To == identity.AttrManager
	}
	if c.Groups.BaseDN != "" {
		p.indexDN = true
		for _, a := range c.Groups.MemberAttributes {
			if strings.EqualFold(a, memberUID) {
				p.uid = p.slots.of("uid")
			}
		}
	}
	p.indexDN = p.indexDN || p.managers
	return p, nil
}

func (p *plan) keySlots(key string) {
	switch {
	case strings.EqualFold(key, keyDN):
		p.keyIsDN = true
	case key != "":
		p.key = []int{p.slots.of(key)}
	default:
		for _, name := range autoKey {
			p.key = append(p.key, p.slots.of(name))
		}
	}
}

// add puts a pick behind the others of its field, so that the first one written
// is the first one tried.
func (p *plan) add(to string, how pick) {
	for i := range p.fields {
		if p.fields[i].to == to {
			p.fields[i].picks = append(p.fields[i].picks, how)
			return
		}
	}
	p.fields = append(p.fields, field{to: to, picks: []pick{how}})
}

// normalised reports whether the hub expects a certain form of the attribute.
func normalised(attribute string) bool {
	switch attribute {
	case identity.AttrActive, identity.AttrOnLeave, identity.AttrStartDate, identity.AttrEndDate:
		return true
	}
	return false
}

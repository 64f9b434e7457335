package ldap

import (
	"cmp"
	"encoding/hex"
	"errors"
	"slices"
	"strings"

	"birthright/identity"
	"birthright/internal/ldapdn"
	"birthright/internal/ldaptarget"
	"birthright/targets"

	goldap "github.com/go-ldap/ldap/v3"
)

// memberAttributes is where each class of group keeps its members, by the
// class's lower-case name.
var memberAttributes = map[string]string{
	"groupofnames": "member", "groupofmembers": "member", "groupofuniquenames": "uniqueMember",
	"posixgroup": "memberUid", "group": "member",
}

// defaultMap is written where the configuration maps nothing.
var defaultMap = []targets.Mapping{
	{To: "cn", From: identity.AttrDisplayName},
	{To: "sn", From: identity.AttrFamilyName},
	{To: "givenName", From: identity.AttrGivenName},
	{To: "mail", From: identity.AttrEmail},
	{To: "title", From: identity.AttrTitle},
	{To: "departmentNumber", From: identity.AttrDepartment},
	{To: "ou", From: identity.AttrTeam},
	{To: "employeeNumber", From: identity.AttrEmployeeNumber},
	{To: "employeeType", From: identity.AttrEmployeeType},
}

// singleValued are those usual attributes that the standard schema allows one
// value of (RFC 2798).
var singleValued = []string{"displayname", "employeenumber", "preferredlanguage"}

// schema is what accounts and groups look like in this directory.
type schema struct {
	users   Users
	groups  Groups
	mapping ldaptarget.Mapping
	// names is true where members are login names instead of DNs.
	names bool
	// crowded is true where a group must have a member.
	crowded bool
}

func newSchema(c Config, mapping []targets.Mapping) (schema, error) {
	if len(mapping) == 0 {
		mapping = defaultMap
	}
	s := schema{users: c.Users, groups: c.Groups, names: strings.EqualFold(c.Groups.Member, "memberUid")}
	class := strings.ToLower(c.Groups.ObjectClass)
	s.crowded = class == "groupofnames" || class == "groupofuniquenames"
	err := ldaptarget.Mapping(mapping).Check(s.claimed)
	for _, m := range mapping {
		if !strings.EqualFold(m.To, c.Users.RDN) {
			s.mapping = append(s.mapping, m)
		}
	}
	return s, err
}

// claimed tells why an attribute is not for the mapping to write.
func (s schema) claimed(m targets.Mapping) error {
	switch {
	case strings.EqualFold(m.To, s.users.RDN) && m.From != identity.AttrUserName:
		return errors.New("holds the login name (users.rdn) and can be nothing else")
	case strings.EqualFold(m.To, s.users.Disable.Attribute):
		return errors.New("is the mark of inactive accounts (users.disable)")
	}
	return nil
}

// userFields are the LDAP attributes that make up an account.
func (s schema) userFields() []string {
	fields := append([]string{s.users.ID, s.users.RDN}, s.mapping.Fields()...)
	if s.users.Disable.Attribute != "" {
		fields = append(fields, s.users.Disable.Attribute)
	}
	if s.users.LastUsed != "" {
		fields = append(fields, s.users.LastUsed)
	}
	return fields
}

// account reads an account out of its entry; one without id or name is none.
func (s schema) account(e *goldap.Entry) (targets.Account, bool) {
	a := targets.Account{ID: s.idOf(e), Name: nameIn(e, s.users.RDN), Active: s.active(e), Attributes: s.mapping.Values(e)}
	a.LastUsed = s.lastUsed(e)
	return a, a.ID != "" && a.Name != ""
}

// idOf returns the entry's immutable id in a printable form.
func (s schema) idOf(e *goldap.Entry) string {
	if s.binaryID() {
		return hex.EncodeToString(e.GetEqualFoldRawAttributeValue(s.users.ID))
	}
	return e.GetEqualFoldAttributeValue(s.users.ID)
}

func (s schema) binaryID() bool { return strings.EqualFold(s.users.ID, "objectGUID") }

// idFilter finds an entry by its id.
func (s schema) idFilter(id string) string {
	if s.binaryID() {
		raw, err := hex.DecodeString(id)
		if err != nil {
			return "(!(objectClass=*))"
		}
		id = string(raw)
	}
	return "(" + s.users.ID + "=" + goldap.EscapeFilter(id) + ")"
}

func (s schema) active(e *goldap.Entry) bool {
	d := s.users.Disable
	return d.Attribute == "" || !slices.ContainsFunc(e.GetEqualFoldAttributeValues(d.Attribute), func(v string) bool {
		return strings.EqualFold(v, d.Inactive)
	})
}

// fields returns the values of each mapped LDAP attribute, and of cn and sn,
// which every person must have.
func (s schema) fields(a targets.Account) map[string][]string {
	out := map[string][]string{}
	for _, m := range s.mapping {
		values := ldaptarget.Sorted(a.Attributes[m.From])
		if len(values) > 1 && slices.Contains(singleValued, strings.ToLower(m.To)) {
			values = []string{a.Attributes.First(m.From)}
		}
		out[m.To] = values
	}
	full := cmp.Or(a.Attributes.First(identity.AttrDisplayName), joined(a.Attributes.First(identity.AttrGivenName), a.Attributes.First(identity.AttrFamilyName)), a.Name)
	s.need(out, "cn", full)
	s.need(out, "sn", cmp.Or(a.Attributes.First(identity.AttrFamilyName), full[strings.LastIndex(strings.TrimRight(full, " "), " ")+1:], full))
	return out
}

// need fills in an attribute that an entry cannot be without.
func (s schema) need(fields map[string][]string, name, value string) {
	if strings.EqualFold(s.users.RDN, name) {
		return
	}
	for to := range fields {
		if strings.EqualFold(to, name) {
			if len(fields[to]) == 0 {
				fields[to] = []string{value}
			}
			return
		}
	}
	if fields[name] == nil {
		fields[name] = []string{value}
	}
}

func joined(a, b string) string { return strings.TrimSpace(a + " " + b) }

// nameIn returns the value of attribute that names the entry: that of its RDN
// where it is one, else the first.
func nameIn(e *goldap.Entry, attribute string) string {
	values := e.GetEqualFoldAttributeValues(attribute)
	if len(values) < 2 {
		return cmp.Or(values...)
	}
	if rdn, ok := ldaptarget.RDNValue(e.DN, attribute); ok {
		for _, v := range values {
			if ldapdn.Fold(v) == ldapdn.Fold(rdn) {
				return v
			}
		}
	}
	return slices.Min(values)
}

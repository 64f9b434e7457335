package ldapapp

import (
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// Domain makes the directory behave as Active Directory does where clients notice.
type Domain struct {
	// DNS is its name, for example "example.com".
	DNS string
	// Range is the most values of an attribute in one answer; default 1500.
	Range int
}

// The numbers of accounts and groups that every domain has, and the first that is
// given out.
const (
	ridAdmins  = 512
	ridUsers   = 513
	ridAdmin   = 500
	ridTickets = 502
	firstRID   = 1104
	uacOff     = 0x2
	uacNoWord  = 0x20
	uacNormal  = 0x200
	uacMachine = 0x1000
)

// linked reports whether the attribute holds entries, which are followed wherever
// they go.
func linked(key string) bool { return key == "member" }

// guid is how a link is stored.
func (e *entry) guid() string { return "<GUID=" + e.uuid + ">" }

// rawGUID is the entry's objectGUID: the first three parts in Intel's order.
func (e *entry) rawGUID() string {
	b, err := hex.DecodeString(strings.ReplaceAll(e.uuid, "-", ""))
	if err != nil || len(b) != 16 {
		return ""
	}
	slices.Reverse(b[:4])
	slices.Reverse(b[4:6])
	slices.Reverse(b[6:8])
	return string(b)
}

// rawSID is the entry's objectSid, "" where it has none.
func (e *entry) rawSID() string {
	if e.rid == 0 {
		return ""
	}
	out := []byte{1, 5, 0, 0, 0, 0, 0, 5}
	for _, n := range []uint32{21, 1111111111, 222222222, 333333333, uint32(e.rid)} {
		out = binary.LittleEndian.AppendUint32(out, n)
	}
	return string(out)
}

// sidText is the entry's objectSid as it is written in a <SID=…>.
func (e *entry) sidText() string {
	return fmt.Sprintf("S-1-5-21-1111111111-222222222-333333333-%d", e.rid)
}

// computed returns what a domain tells of an entry without keeping it.
func (e *entry) computed(key string) ([]string, bool) {
	one := func(v string) ([]string, bool) {
		if v == "" {
			return nil, true
		}
		return []string{v}, true
	}
	switch key {
	case "objectguid":
		return one(e.rawGUID())
	case "objectsid":
		return one(e.rawSID())
	case "distinguishedname":
		return one(e.dn())
	case "name":
		return one(e.rdn.parts[0].value)
	case "samaccounttype":
		return one(e.accountType())
	case "allowedattributeseffective":
		return strings.Fields("member sAMAccountName userPrincipalName userAccountControl displayName givenName sn mail title department " +
			"employeeNumber employeeType description"), true
	case "allowedchildclasseseffective":
		return []string{"user", "group", "organizationalUnit"}, true
	}
	return nil, false
}

// accountType tells people, machines and groups apart.
func (e *entry) accountType() string {
	switch {
	case e.rid == 0:
		return ""
	case e.holds("objectclass", "group"):
		return "268435456"
	case e.control()&uacMachine != 0:
		return "805306369"
	}
	return "805306368"
}

func (e *entry) control() int {
	n, _ := strconv.Atoi(strings.Join(e.values("useraccountcontrol"), ""))
	return n
}

// complete fills in what a domain gives a new entry, and holds it against its rules.
func (t *tree) complete(e *entry) *refusal {
	if t.domain == nil {
		return nil
	}
	for _, p := range e.rdn.parts {
		e.fill(p.attr, p.value)
	}
	if !e.holds("objectclass", "user") && !e.holds("objectclass", "group") {
		return nil
	}
	t.lastRID = max(t.lastRID, firstRID-1) + 1
	e.rid = t.lastRID
	e.fill("sAMAccountName", fmt.Sprintf("$%X", e.rid))
	if e.holds("objectclass", "group") {
		e.fill("groupType", "-2147483646")
		return t.unique(e)
	}
	bits := uacNormal | uacNoWord | uacOff
	if e.holds("objectclass", "computer") || e.holds("objectclass", "msDS-GroupManagedServiceAccount") {
		bits = uacMachine
	}
	e.fill("userAccountControl", strconv.Itoa(bits))
	e.fill("primaryGroupID", strconv.Itoa(ridUsers))
	return t.unique(e)
}

// fill sets an attribute that is not there.
func (e *entry) fill(name, value string) {
	key := attrKey(name)
	if e.attrs[key] == nil {
		a := newAttribute(name)
		a.add(value)
		e.put(key, a)
	}
}

// unique holds an entry's login name against those of all others, and against what
// can be one.
func (t *tree) unique(e *entry) *refusal {
	name := strings.Join(e.values("samaccountname"), "")
	switch {
	case e.rid == 0:
		return nil
	case strings.ContainsAny(name, `"/\[]:|<>+=;?,*`) || name == "":
		return refuse(constraintViolation, "0000202F: sAMAccountName contains an invalid character")
	case e.accountType() == "805306368" && e.control()&(uacOff|uacNoWord) == 0 && !e.password:
		return refuse(unwillingToPerform, "0000052D: the password does not meet the password policy")
	}
	if other := t.known.logins[foldText(name)]; other != nil && other.uuid != e.uuid {
		return refuse(entryAlreadyExists, "00002071: sAMAccountName is in use")
	}
	return nil
}

// inward makes what a client says of an attribute what is kept of it: links as the
// entries that they lead to, passwords as being there.
func (t *tree) inward(e *entry, in newAttr) (newAttr, *refusal) {
	key := attrKey(in.name)
	if t.domain == nil || !linked(key) {
		return in, nil
	}
	out := newAttr{name: in.name}
	for _, v := range in.values {
		to, _, r := t.find(v)
		if r != nil {
			return in, refuse(noSuchObject, "00000525: the specified DN does not exist")
		}
		if group := strconv.Itoa(e.rid); slices.Contains(to.values("primarygroupid"), group) && e.rid != 0 {
			return in, refuse(entryAlreadyExists, "00002071: it is a member by its primaryGroupID")
		}
		out.values = append(out.values, to.guid())
	}
	return out, nil
}

// inDomain turns the codes for values that are there, or not, into those of links.
func inDomain(key string, r *refusal) *refusal {
	if r == nil || !linked(key) {
		return r
	}
	switch r.code {
	case attributeOrValueExists:
		return refuse(entryAlreadyExists, "00000562: %s", r.text)
	case noSuchAttribute:
		return refuse(unwillingToPerform, "00000561: %s", r.text)
	}
	return r
}

// unlink takes an entry out of every group.
func (t *tree) unlink(gone *entry) {
	if t.domain == nil {
		return
	}
	for _, e := range t.entries {
		if a := e.attrs["member"]; a != nil && a.drop(gone.guid()) {
			e.put("member", a)
		}
	}
}

// localise makes a filter ask for links as they are kept.
func (t *tree) localise(f filter) filter {
	switch f := f.(type) {
	case andFilter:
		return andFilter(t.localiseAll(f))
	case orFilter:
		return orFilter(t.localiseAll(f))
	case notFilter:
		return notFilter{t.localise(f.of)}
	case equalFilter:
		if t.domain != nil && linked(f.attr) {
			if to, _, r := t.find(f.value); r == nil {
				f.value = to.guid()
			}
		}
		return f
	}
	return f
}

func (t *tree) localiseAll(in []filter) []filter {
	out := make([]filter, len(in))
	for i, f := range in {
		out[i] = t.localise(f)
	}
	return out
}

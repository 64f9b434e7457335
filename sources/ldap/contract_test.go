package ldap

import (
	"encoding/base64"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"birthright/identity"
	"birthright/internal/ldapdn"
	"birthright/internal/slapdtest"
	"birthright/sources/sourcetest"

	goldap "github.com/go-ldap/ldap/v3"
)

// The contract over a real slapd, through a proxy that can cut.
func TestContract(t *testing.T) {
	t.Parallel()
	sourcetest.Run(t, sourcetest.Harness{Nested: true, Open: func(t testing.TB, w sourcetest.World) sourcetest.Peer {
		d := contractServer{slapdtest.Start(t, slapdtest.Options{})}
		tree := fmt.Sprintf("dn: %s\nobjectClass: domain\ndc: example\n\n", d.Suffix)
		for _, p := range w.People {
			tree += ldif(d.personDN(p.UserName), d.person(p))
		}
		for _, g := range w.Groups {
			tree += ldif(d.groupDN(g.Name), d.group(g))
		}
		if err := d.Bulk(d.Suffix, strings.NewReader(tree)); err != nil {
			t.Fatal(err)
		}
		proxy := slapdtest.StartProxy(t, d.Server)
		c := configFor(t, d.Server)
		c.URL = proxy.URL
		return sourcetest.Peer{Source: open(t, c), Change: d.change, Break: func(testing.TB) { proxy.CutAfter(30_000) }}
	}})
}

// contractServer writes worlds into a directory.
type contractServer struct{ *slapdtest.Server }

func (d contractServer) personDN(userName string) string {
	return "uid=" + goldap.EscapeDN(userName) + "," + d.Suffix
}

func (d contractServer) groupDN(name string) string {
	return "cn=" + goldap.EscapeDN(name) + "," + d.Suffix
}

// ldapNames are the attributes behind the hub's names.
var ldapNames = map[string]string{
	identity.AttrGivenName: "givenName", identity.AttrFamilyName: "sn", identity.AttrDisplayName: "cn",
	identity.AttrEmail: "mail", identity.AttrTitle: "title", identity.AttrEmployeeNumber: "employeeNumber",
}

func (d contractServer) person(p sourcetest.Person) map[string][]string {
	out := map[string][]string{"objectClass": {"inetOrgPerson"}, "uid": {p.UserName}}
	for name, values := range p.Attributes {
		out[ldapNames[name]] = values
	}
	return out
}

func (d contractServer) group(g sourcetest.Group) map[string][]string {
	members := []string{"cn=nobody," + d.Suffix} // groupOfNames is never without
	for _, name := range slices.Concat(g.People, g.Strangers) {
		members = append(members, strings.ToUpper(d.personDN(name)))
	}
	for _, name := range g.Groups {
		members = append(members, d.groupDN(name))
	}
	return map[string][]string{"objectClass": {"groupOfNames"}, "cn": {g.Name}, "member": members}
}

func ldif(dn string, attributes map[string][]string) string {
	var b strings.Builder
	fmt.Fprintf(&b, "dn:: %s\n", base64.StdEncoding.EncodeToString([]byte(dn)))
	for _, name := range slices.Sorted(maps.Keys(attributes)) {
		for _, v := range attributes[name] {
			fmt.Fprintf(&b, "%s:: %s\n", name, base64.StdEncoding.EncodeToString([]byte(v)))
		}
	}
	return b.String() + "\n"
}

// change makes w the tree's content: entries that stay are modified, because a
// new entry would be a new person.
func (d contractServer) change(t testing.TB, w sourcetest.World) {
	t.Helper()
	conn, err := d.Dial()
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	there, err := conn.Search(goldap.NewSearchRequest(d.Suffix, goldap.ScopeSingleLevel, goldap.NeverDerefAliases, 0, 0, false, "(objectClass=*)", []string{"uid", "cn"}, nil))
	if err != nil {
		t.Fatal(err)
	}
	gone := map[string]string{}
	for _, e := range there.Entries {
		gone[ldapdn.Canonical(e.DN)] = e.DN
	}
	put := func(dn string, attributes map[string][]string) {
		delete(gone, ldapdn.Canonical(dn))
		modify := goldap.NewModifyRequest(dn, nil)
		for name, values := range attributes {
			modify.Replace(name, values)
		}
		if err := conn.Modify(modify); err != nil {
			t.Fatal(err)
		}
	}
	for _, p := range w.People {
		put(d.personDN(p.UserName), d.person(p))
	}
	for _, g := range w.Groups {
		put(d.groupDN(g.Name), d.group(g))
	}
	for _, dn := range gone {
		if err := conn.Del(goldap.NewDelRequest(dn, nil)); err != nil {
			t.Fatal(err)
		}
	}
}

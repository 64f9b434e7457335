package ldapsim_test

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"birthright/identity"
	"birthright/internal/ldapapp"
	"birthright/internal/ldapsim"
	"birthright/targets"

	goldap "github.com/go-ldap/ldap/v3"
)

const base = "OU=Staff,DC=example,DC=com"

// open begins a simulated domain that keeps itself in file.
func open(t *testing.T, file string, begin func(context.Context) (targets.State, error)) (*ldapsim.Simulator, *goldap.Conn) {
	t.Helper()
	entry := func(class, name string) *goldap.AddRequest {
		request := goldap.NewAddRequest("CN="+name+","+base, nil)
		request.Attribute("objectClass", []string{class})
		request.Attribute("sAMAccountName", []string{name})
		return request
	}
	s, err := ldapsim.New(ldapsim.Options{
		Domain: &ldapapp.Domain{DNS: "example.com"}, Bases: []string{base},
		Account: func(a targets.Account) *goldap.AddRequest { return entry("user", a.Name) },
		Group:   func(name string) *goldap.AddRequest { return entry("group", name) },
	}, targets.Env{Now: time.Now, Simulation: targets.Simulation{File: file, Begin: begin}})
	if err != nil {
		t.Fatal(err)
	}
	socket, err := s.Dial(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	conn := goldap.NewConn(socket, false)
	conn.Start()
	t.Cleanup(func() { conn.Close() })
	if err := conn.Bind(ldapsim.BindDN, ldapsim.Password); err != nil {
		t.Fatal(err)
	}
	return s, conn
}

func find(t *testing.T, conn *goldap.Conn, filter string, attributes ...string) []*goldap.Entry {
	t.Helper()
	found, err := conn.Search(goldap.NewSearchRequest("DC=example,DC=com", goldap.ScopeWholeSubtree, goldap.NeverDerefAliases, 0, 0, false, filter, attributes, nil))
	if err != nil {
		t.Fatal(err)
	}
	return found.Entries
}

// What was there at the end of a run is there at the beginning of the next one: ids
// and memberships too, and what others made since is added.
func TestItKeepsWhatItHolds(t *testing.T) {
	file := filepath.Join(t.TempDir(), "simulated", "ad.json")
	group := func(names ...string) func(context.Context) (targets.State, error) {
		var s targets.State
		for _, n := range names {
			s.Entitlements = append(s.Entitlements, targets.Entitlement{Address: identity.Entitlement{Target: "ad", Kind: "group", ID: n}})
		}
		s.Accounts = []targets.Account{{Name: "ada", Active: true}}
		return func(context.Context) (targets.State, error) { return s, nil }
	}
	first, conn := open(t, file, group("eng"))
	add := goldap.NewModifyRequest("CN=eng,"+base, nil)
	add.Add("member", []string{"CN=ada," + base})
	if err := conn.Modify(add); err != nil {
		t.Fatal(err)
	}
	ada := find(t, conn, "(sAMAccountName=ada)", "objectGUID", "objectSid")[0]
	if err := first.Close(); err != nil {
		t.Fatal(err)
	}
	_, conn = open(t, file, group("eng", "ops"))
	again := find(t, conn, "(sAMAccountName=ada)", "objectGUID", "objectSid")
	if len(again) != 1 || again[0].GetAttributeValue("objectGUID") != ada.GetAttributeValue("objectGUID") || again[0].GetAttributeValue("objectSid") != ada.GetAttributeValue("objectSid") {
		t.Errorf("ada came back as %v", again)
	}
	if groups := find(t, conn, "(&(objectClass=group)(|(cn=eng)(cn=ops)))", "member"); len(groups) != 2 || groups[0].GetAttributeValue("member") != "CN=ada,"+base {
		t.Errorf("the groups came back as %v", groups)
	}
	if admins := find(t, conn, "(cn=Domain Admins)", "1.1"); len(admins) != 1 {
		t.Errorf("there are %d groups of administrators", len(admins))
	}
	fresh := goldap.NewAddRequest("CN=eve,"+base, nil)
	fresh.Attribute("objectClass", []string{"user"})
	if err := conn.Add(fresh); err != nil {
		t.Fatal(err)
	}
	if eve := find(t, conn, "(cn=eve)", "objectGUID")[0]; eve.GetAttributeValue("objectGUID") == ada.GetAttributeValue("objectGUID") {
		t.Error("a new entry has an id that was given before")
	}
}

func TestABrokenFileIsNoEmptyDirectory(t *testing.T) {
	file := filepath.Join(t.TempDir(), "ad.json")
	if err := os.WriteFile(file, []byte(`[{"dn":"CN=`), 0o600); err != nil {
		t.Fatal(err)
	}
	s, err := ldapsim.New(ldapsim.Options{Bases: []string{base}}, targets.Env{Now: time.Now, Simulation: targets.Simulation{File: file}})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.Dial(t.Context()); err == nil || !strings.Contains(err.Error(), "delete the file") {
		t.Errorf("error %v, want one that says what to do", err)
	}
}

package ldapapp

import (
	"errors"
	"testing"
	"time"

	"github.com/go-ldap/ldap/v3"

	"birthright/identity"
	"birthright/internal/ldapconn"
	"birthright/internal/secret"
	"birthright/targets"
	ldaptarget "birthright/targets/ldap"
	"birthright/targets/targettest"
)

// TestTargetContract holds the LDAP target against this directory as it is held
// against slapd: the demo shows what works.
func TestTargetContract(t *testing.T) {
	targettest.Run(t, targettest.Harness{New: directoryPeer})
}

func directoryPeer(t testing.TB) targettest.Peer {
	s := serve(t, Options{})
	password, err := secret.New("secret")
	if err != nil {
		t.Fatal(err)
	}
	c := ldaptarget.Config{
		Settings: ldapconn.Settings{URL: s.URL(), BindDN: admin, BindPassword: password, PageSize: 3},
		Users: ldaptarget.Users{
			BaseDN:  people,
			Disable: ldaptarget.Disable{Attribute: "description", Inactive: "disabled by birthright"},
		},
		Groups: ldaptarget.Groups{BaseDN: groups, Create: true},
	}
	if faults := c.Validate(); len(faults) > 0 {
		t.Fatal(errors.Join(faults...))
	}
	target, err := c.Open(targets.Env{Name: "dir", Now: time.Now, Map: []targets.Mapping{
		{To: "cn", From: identity.AttrDisplayName}, {To: "sn", From: identity.AttrFamilyName}, {To: "title", From: identity.AttrTitle},
	}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = target.(targets.Closer).Close() })
	return targettest.Peer{
		Target: target, Name: "dir", Page: 3, Canary: "secret-canary", Said: func() string { return "" }, Nests: true,
		Seed: func(t testing.TB, state targets.State) { seedDirectory(t, s, state) },
		Outage: func(t testing.TB, down bool) {
			if down {
				s.Down()
			} else if err := s.Up(); err != nil {
				t.Fatal(err)
			}
		},
	}
}

// seedDirectory writes entries as another program would.
func seedDirectory(t testing.TB, s *Server, state targets.State) {
	t.Helper()
	c := dial(t, s)
	for _, a := range state.Accounts {
		person(t, c, a.Name)
	}
	members := map[string][]string{}
	for _, a := range state.Assignments {
		name, dn := a.Entitlement.ID, "uid="+ldap.EscapeDN(a.AccountID)+","+people
		if a.Indirect {
			dn = group(t, c, name+"-inner", dn)
		}
		members[name] = append(members[name], dn)
	}
	for _, e := range state.Entitlements {
		group(t, c, e.Address.ID, members[e.Address.ID]...)
	}
}

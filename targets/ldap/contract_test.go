package ldap_test

import (
	"strings"
	"testing"

	"birthright/internal/ldapapp"
	"birthright/internal/slapdtest"
	"birthright/targets"
	"birthright/targets/ldap"
	"birthright/targets/targettest"

	goldap "github.com/go-ldap/ldap/v3"
)

func TestContract(t *testing.T) {
	t.Run("groupOfNames", func(t *testing.T) {
		targettest.Run(t, targettest.Harness{New: func(t testing.TB) targettest.Peer {
			return peer(start(t, slapdtest.Options{}, nil))
		}})
	})
	t.Run("with memberof and refint", func(t *testing.T) {
		targettest.Run(t, targettest.Harness{New: func(t testing.TB) targettest.Peer {
			return peer(start(t, slapdtest.Options{MemberOf: true}, nil))
		}})
	})
	t.Run("the simulator", func(t *testing.T) {
		targettest.Run(t, targettest.Harness{New: func(t testing.TB) targettest.Peer { return peer(simulated(t)) }})
	})
	t.Run("groupOfUniqueNames", func(t *testing.T) {
		targettest.Run(t, targettest.Harness{New: func(t testing.TB) targettest.Peer {
			p := peer(start(t, slapdtest.Options{}, func(c *ldap.Config) { c.Groups.ObjectClass = "groupOfUniqueNames" }))
			p.Seed = nil
			return p
		}})
	})
}

// simulated runs the directory of `simulate: true` behind a socket.
func simulated(t testing.TB) *rig {
	server, err := ldapapp.Start(ldapapp.Options{
		Suffixes: []string{"dc=example,dc=com"}, BindDN: "cn=admin", Password: adminPassword, SizeLimit: 1000,
	}, "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = server.Close() })
	if err := server.Load(strings.NewReader(tree)); err != nil {
		t.Fatal(err)
	}
	r := &rig{dial: func() (*goldap.Conn, error) {
		conn, err := goldap.DialURL(server.URL())
		if err == nil {
			err = conn.Bind("cn=admin", adminPassword)
		}
		return conn, err
	}}
	r.begin(t, server.URL(), "cn=admin", adminPassword, nil)
	return r
}

// peer makes a rig's directory do all that the contract asks for.
func peer(r *rig) targettest.Peer {
	return r.proxy.Peer(targettest.Peer{
		Target: r.target, Name: "dir", Page: 3, Nests: true,
		Seed:   func(t testing.TB, s targets.State) { r.seed(t, s) },
		Canary: adminPassword,
		Said:   r.log.String,
	})
}

// seed writes entries as another program would; who is in a group indirectly is
// put into a group inside it.
func (r *rig) seed(t testing.TB, s targets.State) {
	for _, a := range s.Accounts {
		r.person(t, a.Name)
	}
	members := map[string][]string{}
	for _, a := range s.Assignments {
		name := a.Entitlement.ID
		if !a.Indirect {
			members[name] = append(members[name], personDN(a.AccountID))
			continue
		}
		inner := name + "-inner"
		r.group(t, inner, personDN(a.AccountID))
		members[name] = append(members[name], groupDN(inner))
	}
	for _, e := range s.Entitlements {
		r.group(t, e.Address.ID, members[e.Address.ID]...)
	}
}

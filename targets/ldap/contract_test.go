package ldap_test

import (
	"testing"

	"birthright/internal/slapdtest"
	"birthright/targets"
	"birthright/targets/ldap"
	"birthright/targets/targettest"
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
	t.Run("groupOfUniqueNames", func(t *testing.T) {
		targettest.Run(t, targettest.Harness{New: func(t testing.TB) targettest.Peer {
			p := peer(start(t, slapdtest.Options{}, func(c *ldap.Config) { c.Groups.ObjectClass = "groupOfUniqueNames" }))
			p.Seed = nil
			return p
		}})
	})
}

// peer makes a rig's directory do all that the contract asks for.
func peer(r *rig) targettest.Peer {
	return r.proxy.Peer(targettest.Peer{
		Target: r.target, Name: "dir", Page: 3, Nests: true,
		Seed:   func(t testing.TB, s targets.State) { r.seed(t, s) },
		Canary: r.server.AdminPassword,
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

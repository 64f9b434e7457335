package ad_test

import (
	"strings"
	"testing"

	"birthright/internal/ldapapp"
	"birthright/internal/sambatest"
	"birthright/targets"
	"birthright/targets/targettest"

	goldap "github.com/go-ldap/ldap/v3"
)

func TestContractOnSamba(t *testing.T) {
	targettest.Run(t, targettest.Harness{New: func(t testing.TB) targettest.Peer { return peer(start(t, nil)) }})
}

func TestContractOnTheSimulator(t *testing.T) {
	targettest.Run(t, targettest.Harness{New: func(t testing.TB) targettest.Peer { return peer(simulated(t, nil)) }})
}

// peer makes a rig's domain do all that the contract asks for.
func peer(r *rig) targettest.Peer {
	return r.proxy.Peer(targettest.Peer{
		Target: r.target, Name: "ad", Page: 3, Nests: true, RefusesName: refusesName,
		Seed:   func(t testing.TB, s targets.State) { r.seed(t, s) },
		Canary: sambatest.AdminPassword,
		Said:   r.log.String,
	})
}

// simulated runs the domain of `simulate: true` behind a socket. It hands out four
// members at a time.
func simulated(t testing.TB, change func(*rig)) *rig {
	server, err := ldapapp.Start(ldapapp.Options{
		Suffixes: []string{sambatest.Suffix}, BindDN: "cn=" + sambatest.AdminName, Password: sambatest.AdminPassword, SizeLimit: 1000,
		Domain: &ldapapp.Domain{DNS: "example.com", Range: 4},
	}, "127.0.0.1:0")
	if err == nil {
		err = server.Found(sambatest.Suffix)
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = server.Close() })
	r := &rig{dial: func() (*goldap.Conn, error) {
		conn, err := goldap.DialURL(server.URL())
		if err == nil {
			err = conn.Bind("cn="+sambatest.AdminName, sambatest.AdminPassword)
		}
		return conn, err
	}}
	r.begin(t, strings.TrimPrefix(server.URL(), "ldap://"), func(r *rig) {
		r.config.BindDN = "cn=" + sambatest.AdminName
		if change != nil {
			change(r)
		}
	})
	return r
}

// both tells a story on the real server and on the simulator, which must not differ.
func both(t *testing.T, change func(*rig), story func(*testing.T, *rig)) {
	t.Run("samba", func(t *testing.T) { story(t, start(t, change)) })
	t.Run("simulator", func(t *testing.T) { story(t, simulated(t, change)) })
}

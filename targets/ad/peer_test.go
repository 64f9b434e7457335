package ad_test

import (
	"errors"
	"fmt"
	"log/slog"
	"os"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"birthright/identity"
	"birthright/internal/ldapconn"
	"birthright/internal/sambatest"
	"birthright/internal/secret"
	"birthright/internal/trust"
	"birthright/targets"
	"birthright/targets/ad"
	"birthright/targets/targettest/ldaptest"
	"birthright/targets/targettest/simtest"

	goldap "github.com/go-ldap/ldap/v3"
)

// server is the one domain controller of these tests; each test has organisational
// units of its own in it, and takes them away.
var server *sambatest.Server

func TestMain(m *testing.M) { os.Exit(run(m)) }

func run(m *testing.M) int {
	dir, err := os.MkdirTemp("", "ad-")
	if err == nil {
		defer os.RemoveAll(dir)
		server, err = sambatest.Run(dir, sambatest.Options{})
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "these tests need a domain controller:", err)
		return 1
	}
	code := m.Run()
	if err := server.Stop(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	return code
}

// rig is a part of the domain with a proxy before it and a target that uses both.
type rig struct {
	base   string // the organisational unit that is this test's own
	proxy  *ldaptest.Proxy
	config ad.Config
	target targets.Target
	log    *simtest.Log
	dial   func() (*goldap.Conn, error)
	admin  *goldap.Conn
}

var rigs atomic.Int64

func (r *rig) people() string { return "OU=people," + r.base }
func (r *rig) groups() string { return "OU=groups," + r.base }

// start makes empty units and opens a target on them.
func start(t testing.TB, change func(*rig)) *rig {
	t.Helper()
	r := &rig{dial: server.Dial}
	r.begin(t, server.Address(), change)
	t.Cleanup(func() { r.clear(t) })
	return r
}

// begin makes empty units on a server and opens a target on them, with a proxy in
// between.
func (r *rig) begin(t testing.TB, address string, change func(*rig)) {
	t.Helper()
	r.base, r.log = fmt.Sprintf("OU=test%d,%s", rigs.Add(1), sambatest.Suffix), new(simtest.Log)
	r.proxy = ldaptest.Start(t, address)
	conn, err := r.dial()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	r.admin = conn
	for _, dn := range []string{r.base, r.people(), r.groups(), "OU=leavers," + r.people()} {
		r.entry(t, dn, "objectClass", "organizationalUnit")
	}
	r.config = ad.Config{
		Settings: ldapconn.Settings{URL: r.proxy.URL(), BindDN: sambatest.AdminName, BindPassword: ref(t, sambatest.AdminPassword), PageSize: 3},
		Users:    ad.Users{BaseDN: r.people()},
		Groups:   ad.Groups{BaseDN: r.groups(), Create: true},
	}
	if change != nil {
		change(r)
	}
	r.target = r.open(t, r.config)
}

// clear deletes the units with all that is below.
func (r *rig) clear(t testing.TB) {
	request := goldap.NewDelRequest(r.base, []goldap.Control{goldap.NewControlSubtreeDelete()})
	if err := r.admin.Del(request); err != nil {
		t.Errorf("clear %s: %v", r.base, err)
	}
}

func ref(t testing.TB, text string) secret.Ref {
	t.Helper()
	out, err := secret.New(text)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func (r *rig) open(t testing.TB, c ad.Config) targets.Target {
	t.Helper()
	if faults := c.Validate(); len(faults) > 0 {
		t.Fatal(errors.Join(faults...))
	}
	target, err := c.Open(targets.Env{Name: "ad", Log: slog.New(slog.NewTextHandler(r.log, nil)), Now: time.Now})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := target.(targets.Closer).Close(); err != nil {
			t.Errorf("close: %v", err)
		}
	})
	return target
}

// secured returns the configuration without the proxy, over TLS.
func (r *rig) secured() ad.Config {
	c := r.config
	c.URL, c.TLS = server.TLSURL, trust.TLS{CAFile: server.CAFile}
	return c
}

// entry adds an entry by hand; attributes are name, value pairs.
func (r *rig) entry(t testing.TB, dn string, pairs ...string) {
	t.Helper()
	request := goldap.NewAddRequest(dn, nil)
	values := map[string][]string{}
	for i := 0; i+1 < len(pairs); i += 2 {
		values[pairs[i]] = append(values[pairs[i]], pairs[i+1])
	}
	for name, vs := range values {
		request.Attribute(name, vs)
	}
	if err := r.admin.Add(request); err != nil {
		t.Fatalf("add %s: %v", dn, err)
	}
}

func (r *rig) personDN(name string) string {
	return "CN=" + goldap.EscapeDN(name) + "," + r.people()
}
func (r *rig) groupDN(name string) string { return "CN=" + goldap.EscapeDN(name) + "," + r.groups() }

func (r *rig) person(t testing.TB, name string) {
	t.Helper()
	r.entry(t, r.personDN(name), "objectClass", "user", "sAMAccountName", name, "userAccountControl", "544") // enabled without a password
}

func (r *rig) group(t testing.TB, name string, members ...string) {
	t.Helper()
	pairs := []string{"objectClass", "group", "sAMAccountName", name}
	for _, m := range members {
		pairs = append(pairs, "member", m)
	}
	r.entry(t, r.groupDN(name), pairs...)
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
			members[name] = append(members[name], r.personDN(a.AccountID))
			continue
		}
		inner := name + "-inner"
		r.group(t, inner, r.personDN(a.AccountID))
		members[name] = append(members[name], r.groupDN(inner))
	}
	for _, e := range s.Entitlements {
		r.group(t, e.Address.ID, members[e.Address.ID]...)
	}
}

// values returns an attribute as the server has it.
func (r *rig) values(t testing.TB, dn, attribute string) []string {
	t.Helper()
	found, err := r.admin.Search(goldap.NewSearchRequest(dn, goldap.ScopeBaseObject, goldap.NeverDerefAliases, 0, 0, false, "(objectClass=*)", []string{attribute}, nil))
	if err != nil {
		t.Fatalf("look at %s: %v", dn, err)
	}
	return found.Entries[0].GetAttributeValues(attribute)
}

// set replaces an attribute by hand.
func (r *rig) set(t testing.TB, dn, attribute string, values ...string) {
	t.Helper()
	request := goldap.NewModifyRequest(dn, nil)
	request.Replace(attribute, values)
	if err := r.admin.Modify(request); err != nil {
		t.Fatalf("set %s of %s: %v", attribute, dn, err)
	}
}

func (r *rig) read(t testing.TB) targets.State {
	t.Helper()
	s, err := targets.ReadState(t.Context(), r.target, targets.Query{})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// must applies ops that have to work.
func (r *rig) must(t testing.TB, ops ...targets.Op) []targets.Result {
	t.Helper()
	results := r.target.Apply(t.Context(), ops)
	for i, result := range results {
		if !result.Outcome.OK() {
			t.Fatalf("%s %q %s: %s: %v", ops[i].Action, ops[i].Account.Name, ops[i].Entitlement.ID, result.Outcome, result.Err)
		}
	}
	return results
}

// one applies one op.
func (r *rig) one(t testing.TB, op targets.Op) targets.Result {
	t.Helper()
	return r.target.Apply(t.Context(), []targets.Op{op})[0]
}

func on(action targets.Action, account, group string) targets.Op {
	op := targets.Op{Action: action, Account: targets.Account{Name: account, Active: true}}
	if group != "" {
		op.Entitlement = identity.Entitlement{Target: "ad", Kind: "group", ID: group}
	}
	return op
}

// refusesName tells which names no account or group of a domain can have.
func refusesName(name string) bool {
	return len([]rune(name)) > 20 || strings.ContainsAny(name, `"/\[]:|<>+=;?,*@`) || strings.TrimSpace(name) != name || strings.HasSuffix(name, ".")
}

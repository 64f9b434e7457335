package ldap_test

import (
	"errors"
	"log/slog"
	"strings"
	"testing"
	"time"

	"birthright/identity"
	"birthright/internal/ldapconn"
	"birthright/internal/secret"
	"birthright/internal/slapdtest"
	"birthright/targets"
	"birthright/targets/ldap"
	"birthright/targets/targettest/ldaptest"
	"birthright/targets/targettest/simtest"

	goldap "github.com/go-ldap/ldap/v3"
)

const (
	adminPassword = "admin-secret"
	peopleDN      = "ou=people,dc=example,dc=com"
	groupsDN      = "ou=groups,dc=example,dc=com"
	tree          = `dn: dc=example,dc=com
objectClass: domain
dc: example

dn: ou=people,dc=example,dc=com
objectClass: organizationalUnit
ou: people

dn: ou=groups,dc=example,dc=com
objectClass: organizationalUnit
ou: groups
`
)

// rig is a directory with a proxy before it and a target that uses both.
type rig struct {
	server *slapdtest.Server
	proxy  *ldaptest.Proxy
	config ldap.Config
	target targets.Target
	log    *simtest.Log
	dial   func() (*goldap.Conn, error)
	admin  *goldap.Conn
}

// start runs a server with an empty tree and opens a target on it.
func start(t testing.TB, options slapdtest.Options, change func(*ldap.Config)) *rig {
	t.Helper()
	r := &rig{server: slapdtest.Start(t, options)}
	r.server.MustLoad(t, tree)
	r.dial = r.server.Dial
	r.begin(t, r.server.URL, r.server.AdminDN, r.server.AdminPassword, change)
	return r
}

// begin opens a target on a server, with a proxy in between.
func (r *rig) begin(t testing.TB, url, name, word string, change func(*ldap.Config)) {
	t.Helper()
	r.proxy, r.log = ldaptest.Start(t, strings.TrimPrefix(url, "ldap://")), new(simtest.Log)
	password, err := secret.New(word)
	if err != nil {
		t.Fatal(err)
	}
	r.config = ldap.Config{
		Settings: ldapconn.Settings{URL: r.proxy.URL(), BindDN: name, BindPassword: password, PageSize: 3},
		Users: ldap.Users{
			BaseDN:  peopleDN,
			Disable: ldap.Disable{Attribute: "description", Inactive: "disabled by birthright"},
		},
		Groups: ldap.Groups{BaseDN: groupsDN, Create: true},
	}
	if change != nil {
		change(&r.config)
	}
	r.target = r.open(t, r.config)
}

func (r *rig) open(t testing.TB, c ldap.Config) targets.Target {
	t.Helper()
	if faults := c.Validate(); len(faults) > 0 {
		t.Fatal(errors.Join(faults...))
	}
	target, err := c.Open(targets.Env{Name: "dir", Log: slog.New(slog.NewTextHandler(r.log, nil)), Now: time.Now, Map: []targets.Mapping{
		{To: "cn", From: identity.AttrDisplayName}, {To: "sn", From: identity.AttrFamilyName},
		{To: "mail", From: identity.AttrEmail}, {To: "departmentNumber", From: identity.AttrDepartment}, {To: "title", From: identity.AttrTitle},
	}})
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

// conn returns the administrator's own connection, past the proxy.
func (r *rig) conn(t testing.TB) *goldap.Conn {
	t.Helper()
	if r.admin == nil || r.admin.IsClosing() {
		conn, err := r.dial()
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { conn.Close() })
		r.admin = conn
	}
	return r.admin
}

// entry adds an entry by hand; attributes are name, value pairs.
func (r *rig) entry(t testing.TB, dn string, pairs ...string) {
	t.Helper()
	request := goldap.NewAddRequest(dn, nil)
	values := map[string][]string{}
	var names []string
	for i := 0; i+1 < len(pairs); i += 2 {
		if values[pairs[i]] == nil {
			names = append(names, pairs[i])
		}
		values[pairs[i]] = append(values[pairs[i]], pairs[i+1])
	}
	for _, n := range names {
		request.Attribute(n, values[n])
	}
	if err := r.conn(t).Add(request); err != nil {
		t.Fatalf("add %s: %v", dn, err)
	}
}

func personDN(name string) string { return "uid=" + goldap.EscapeDN(name) + "," + peopleDN }
func groupDN(name string) string  { return "cn=" + goldap.EscapeDN(name) + "," + groupsDN }

func (r *rig) person(t testing.TB, name string) {
	t.Helper()
	r.entry(t, personDN(name), "objectClass", "inetOrgPerson", "uid", name, "cn", name, "sn", name)
}

// group adds a groupOfNames with those member DNs.
func (r *rig) group(t testing.TB, name string, members ...string) {
	t.Helper()
	pairs := []string{"objectClass", "groupOfNames", "cn", name}
	for _, m := range members {
		pairs = append(pairs, "member", m)
	}
	r.entry(t, groupDN(name), pairs...)
}

// values returns an attribute as the server has it.
func (r *rig) values(t testing.TB, dn, attribute string) []string {
	t.Helper()
	found, err := r.conn(t).Search(goldap.NewSearchRequest(dn, goldap.ScopeBaseObject, goldap.NeverDerefAliases, 0, 0, false, "(objectClass=*)", []string{attribute}, nil))
	if err != nil {
		t.Fatalf("look at %s: %v", dn, err)
	}
	return found.Entries[0].GetAttributeValues(attribute)
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

func on(action targets.Action, account, group string) targets.Op {
	op := targets.Op{Action: action, Account: targets.Account{Name: account, Active: true}}
	if group != "" {
		op.Entitlement = identity.Entitlement{Target: "dir", Kind: "group", ID: group}
	}
	return op
}

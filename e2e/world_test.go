package e2e

import (
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/go-ldap/ldap/v3"
	"github.com/google/go-cmp/cmp"

	"birthright/internal/slapdtest"
	"birthright/targets/scim/scimsim"
)

// The suffixes of the sample directory and of the target beside it.
const (
	sourceSuffix = slapdtest.DefaultSuffix
	targetSuffix = "dc=downstream,dc=test"
)

// appToken is what the SCIM application wants to see.
const appToken = "e2e-app-token"

// world is a directory with the sample company, two targets, and a hub between.
type world struct {
	*hub
	company *company
	source  *slapdtest.Server // serves the sample directory
	// directory is the server of the directory target, by default the source's,
	// and base the suffix or branch that the target lives under.
	directory *slapdtest.Server
	base      string
	app       *scimsim.Server
	setup     setup
}

// setup is what a test chooses. The zero value is the ordinary world.
type setup struct {
	database string            // default: a SQLite file
	guard    string            // default: one that nothing trips
	second   bool              // the directory target has a slapd of its own
	options  slapdtest.Options // of the new server
	push     bool              // people come by SCIM, from a source called okta
	app      *scimsim.Options  // default: an ordinary application
	source   func(*slapdtest.Server) (url, bindDN, password string)
}

const looseGuard = "{max_removals: 1000, max_removal_percent: 100, max_missing_percent: 10}"

// newWorld starts the servers and writes the hub's files.
func newWorld(t *testing.T, s setup) *world {
	t.Helper()
	ldif := slapdtest.ExampleLDIF(t)
	s.options.Suffixes = []string{sourceSuffix, targetSuffix}
	w := &world{
		hub: &hub{dir: t.TempDir()}, company: readCompany(t, ldif), source: slapdtest.Start(t, s.options), base: targetSuffix, setup: s,
	}
	w.source.MustLoad(t, ldif)
	w.source.MustLoad(t, branch(targetSuffix))
	w.directory = w.source
	if s.second {
		w.directory = slapdtest.Start(t, slapdtest.Options{Suffixes: []string{targetSuffix}})
		w.directory.MustLoad(t, branch(targetSuffix))
	}
	w.app = startApp(t, s.app)
	w.env = []string{
		"E2E_READER=" + w.source.ReaderPassword, "E2E_ADMIN=" + w.directory.AdminPassword, "E2E_APP=" + appToken,
	}
	w.writeFiles(t)
	return w
}

// fork is a world with the same source and a copy of the hub as it is now, but
// with targets of its own: an empty application, and a new branch of the
// directory if that is given a name.
func (w *world) fork(t *testing.T, name string) *world {
	t.Helper()
	other := *w
	other.hub = &hub{dir: t.TempDir(), env: w.env}
	other.company = w.company.clone()
	other.app = startApp(t, w.setup.app)
	if name != "" {
		other.base = "ou=" + name + "," + w.base
		other.directory.MustLoad(t, branch(other.base))
	}
	files, err := filepath.Glob(filepath.Join(w.dir, "hub.db*"))
	if err != nil || len(files) == 0 {
		t.Fatalf("the hub has no database to copy: %v", err)
	}
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		other.write(t, filepath.Base(file), string(data))
	}
	other.writeFiles(t)
	return &other
}

// branch is the LDIF of a place for a directory target.
func branch(base string) string {
	rdn, _, _ := strings.Cut(base, ",")
	kind, name, _ := strings.Cut(rdn, "=")
	class := map[string]string{"dc": "domain", "ou": "organizationalUnit"}[kind]
	text := fmt.Sprintf("dn: %s\nobjectClass: %s\n%s: %s\n", base, class, kind, name)
	for _, ou := range []string{"people", "groups"} {
		text += fmt.Sprintf("\ndn: ou=%s,%s\nobjectClass: organizationalUnit\nou: %s\n", ou, base, ou)
	}
	return text
}

func startApp(t *testing.T, o *scimsim.Options) *scimsim.Server {
	t.Helper()
	if o == nil {
		o = &scimsim.Options{}
	}
	o.Token = appToken
	app, err := scimsim.Start(scimsim.New(*o), "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(app.Down)
	return app
}

// writeFiles writes configuration and policy as the setup wants them.
func (w *world) writeFiles(t *testing.T) {
	t.Helper()
	w.write(t, "birthright.yaml", w.config())
	w.write(t, "policies/company.yaml", policy(""))
}

func (w *world) config() string {
	s := w.setup
	if s.database == "" {
		s.database = "sqlite:hub.db"
	}
	if s.guard == "" {
		s.guard = looseGuard
	}
	source := "  - {name: okta, kind: scim}\n"
	if !s.push {
		url, bindDN, password := w.source.URL, w.source.ReaderDN, "env:E2E_READER"
		if s.source != nil {
			url, bindDN, password = s.source(w.source)
		}
		source = fmt.Sprintf(ldapSource, url, bindDN, password)
	}
	return fmt.Sprintf(configuration, s.database, s.guard, source, w.directory.URL, w.directory.AdminDN, w.base, w.base, w.app.URL())
}

const configuration = `server: {listen: "127.0.0.1:0"}
database: {url: %q}
policies: [policies/*.yaml]
sync:
  schedule: ""
  guard: %s
sources:
%stargets:
  - name: directory
    kind: ldap
    url: %q
    bind_dn: %q
    bind_password: "env:E2E_ADMIN"
    users: {base_dn: "ou=people,%s"}
    groups: {base_dn: "ou=groups,%s", create: true}
    accounts: {create: true, leaver: delete}
  - name: app
    kind: scim
    url: %q
    token: "env:E2E_APP"
    groups: {create: true}
    accounts: {create: true}
`

const ldapSource = `  - name: corp
    kind: ldap
    url: %q
    bind_dn: %q
    bind_password: %q
    users: {base_dn: "ou=People,dc=example,dc=com"}
    groups: {base_dn: "ou=Groups,dc=example,dc=com"}
    page_size: 50
    map:
      - {to: userName, from: uid}
      - {to: displayName, from: cn}
      - {to: givenName, from: givenName}
      - {to: familyName, from: sn}
      - {to: email, from: mail}
      - {to: department, from: ou, except: [People]}
      - {to: location, from: l}
      - {to: manager, from: manager}
`

// policy is a group for each department and the four of the managers, each on
// both targets; more goes below them.
func policy(more string) string {
	var groups, rules strings.Builder
	for _, name := range slices.Sorted(maps.Keys(managerGroups)) {
		group := managerGroups[name]
		fmt.Fprintf(&groups, "  - {name: %[1]s, access: [\"directory:group/%[1]s\", \"app:group/%[1]s\"]}\n", group)
		fmt.Fprintf(&rules, "  - {name: %s, when: '%q in user.groups', groups: [%s]}\n", group, name, group)
	}
	return "groups:\n" + groups.String() +
		"rules:\n  - {name: departments, when: 'user.department != \"\"', groups: [\"dept-{department}\"]}\n" + rules.String() +
		"templates:\n  - {match: \"dept-*\", access: [\"directory:group/{name}\", \"app:group/{name}\"]}\n" + more
}

// right checks that both targets hold exactly what they should.
func (w *world) right(t *testing.T) {
	t.Helper()
	same(t, "the directory", w.company.inDirectory(), readDirectory(t, w.directory, w.base))
	same(t, "the application", w.company.inApp(), readApp(w.app))
}

// settled checks that there is nothing left to do: plans are empty, and runs
// write nothing to any target.
func (w *world) settled(t *testing.T) {
	t.Helper()
	before := fingerprint(t, w.directory, w.base)
	w.app.ResetRequests()
	for _, line := range []string{"sync", "sync --full", "plan --full --exit-code"} {
		var got runs
		w.mustJSON(t, exitDone, line, &got)
		if changes, held, _ := got.count(); len(got.Runs) != 2 || changes+held > 0 {
			t.Fatalf("birthright %s: %d runs with %d changes and %d held, want 2 with none: %+v", line, len(got.Runs), changes, held, got)
		}
	}
	if n := appWrites(w.app); n > 0 {
		t.Fatalf("nothing was to do, and the application got %d writes: %v", n, w.app.Requests())
	}
	if diff := cmp.Diff(before, fingerprint(t, w.directory, w.base)); diff != "" {
		t.Fatalf("nothing was to do, and the directory was written:\n%s", diff)
	}
}

// move changes somebody's department in the sample directory and in the model.
func (w *world) move(t *testing.T, uid, department string) {
	t.Helper()
	modify(t, w.source, entryOf(uid), func(m *ldap.ModifyRequest) { m.Replace("ou", []string{department, "People"}) })
	w.company.change(uid, func(p *person) { p.department = department })
}

// remove deletes somebody from the sample directory. The groups there go on
// naming the entry, as they do on servers without referential integrity.
func (w *world) remove(t *testing.T, uid string) {
	t.Helper()
	conn := dial(t, w.source)
	if err := conn.Del(ldap.NewDelRequest(entryOf(uid), nil)); err != nil {
		t.Fatal(err)
	}
	w.company.leave(uid)
}

func entryOf(uid string) string { return "uid=" + uid + ",ou=People," + sourceSuffix }

func (w *world) account(uid string) string { return "uid=" + uid + ",ou=people," + w.base }

func (w *world) group(name string) string { return "cn=" + name + ",ou=groups," + w.base }

func modify(t *testing.T, s *slapdtest.Server, dn string, how func(*ldap.ModifyRequest)) {
	t.Helper()
	conn := dial(t, s)
	request := ldap.NewModifyRequest(dn, nil)
	how(request)
	if err := conn.Modify(request); err != nil {
		t.Fatalf("modify %s: %v", dn, err)
	}
}

// dial returns the administrator's connection, closed with the test.
func dial(t *testing.T, s *slapdtest.Server) *ldap.Conn {
	t.Helper()
	conn, err := s.Dial()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	return conn
}

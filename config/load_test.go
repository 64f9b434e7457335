package config_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"birthright/config"
	"birthright/identity"
	"birthright/internal/secret"
	"birthright/sources"
	"birthright/targets"
)

// write makes a configuration file with policies beside it.
func write(t *testing.T, text string) string {
	t.Helper()
	dir := t.TempDir()
	path := filepath.Join(dir, "birthright.yaml")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func load(t *testing.T, path string, env ...string) *config.Config {
	t.Helper()
	cfg, err := config.Load(path, kinds(), env)
	if err != nil {
		t.Fatal(err)
	}
	return cfg
}

func ref(t *testing.T, text string) secret.Ref {
	t.Helper()
	r, err := secret.New(text)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func TestComplete(t *testing.T) {
	dir, err := filepath.Abs("testdata")
	if err != nil {
		t.Fatal(err)
	}
	percent, removals, floor := 25.0, 5, 3
	want := &config.Config{
		Server: config.Server{
			Listen: "0.0.0.0:8080", PublicURL: "https://hub.example.com", TLS: config.TLS{Cert: "hub.pem", Key: "hub.key"},
		},
		Database: config.Database{URL: ref(t, "postgres://hub:pg-hunter2@db/birthright")},
		Policies: []string{"policies/*.yaml", "policies/base.yaml"},
		Auth: config.Auth{OIDC: config.OIDC{
			Issuer: "https://login.example.com", ClientID: "hub", ClientSecret: ref(t, "env:BIRTHRIGHT_OWN_SECRET"),
			Scopes: []string{"profile", "groups"}, UserClaim: "upn", Admins: []string{"group:birthright-admins"},
			Auditors: []string{"claim:realm_access.roles=audit"}, CAFile: "complete.yaml",
		}, Tokens: config.Tokens{Lifetime: 90 * time.Minute}, Session: config.Session{Life: 12 * time.Hour, Idle: 20 * time.Minute}},
		Sync: config.Sync{Schedule: "@every 1d", Guard: config.Guard{MaxRemovals: 50, MaxRemovalPercent: 2.5}},
		Sources: []config.Source{
			{Name: "okta", Kind: "scim", Settings: &scimKind{}},
			{
				Name: "corp", Kind: "ldap", Schedule: "@every 15m", Guard: &config.SourceGuard{MaxMissingPercent: &percent},
				SelfEditable: []string{"displayName", "groups", "nickName"},
				Map: []sources.Mapping{
					{To: "userName", From: "uid"}, {To: "departmnt", From: "departmentNumber"}, {To: "team", From: "ou", Except: []string{"People"}},
				},
				Settings: &ldapKind{
					URL: "ldaps://ldap.example.com", BindDN: "cn=reader,dc=example,dc=com", BindPassword: ref(t, "ldap-hunter2"),
					Users:   &search{BaseDN: "ou=people,dc=example,dc=com", Filter: "(objectClass=inetOrgPerson)"},
					Groups:  search{BaseDN: "ou=groups,dc=example,dc=com", Filter: "(objectClass=groupOfNames)"},
					Headers: map[string]secret.Ref{"X-Key": ref(t, "header-hunter2"), "x-other": ref(t, "env:OTHER")},
				},
			},
		},
		Correlate: [][]string{{"employeeNumber"}, {"email", "costCenter"}},
		Authority: []config.Authority{{Attributes: []string{"department", "team"}, Sources: []string{"corp", "okta"}}},
		Targets: []config.Target{
			{
				Name: "github", Kind: "github", Unmanaged: "remove", Observe: "all", Match: []string{"email", "userName"},
				Accounts: config.Accounts{Create: true, Leaver: "disable"},
				Guard:    &config.TargetGuard{MaxRemovals: &removals, MinRemovals: &floor},
				Settings: &githubKind{Org: "acme", Token: ref(t, "env:GITHUB_TOKEN")},
			},
			{
				Name: "wiki", Kind: "csv", Unmanaged: "report", Observe: "all", Match: []string{"userName"},
				Accounts: config.Accounts{Leaver: "keep"}, Settings: &csvKind{Path: "wiki.csv"},
			},
		},
		Reports: usualReports(), Reviews: usualReviews(), Telemetry: config.Telemetry{Sample: 0.1},
		File: "testdata/complete.yaml", Dir: dir,
		PolicyFiles: []string{dir + "/policies/base.yaml", dir + "/policies/more.yaml"},
		Warnings: []string{
			"testdata/complete.yaml:2:17: database.url: a secret is written into the file; put env:NAME, file:PATH or exec:COMMAND there instead",
			"testdata/complete.yaml:25:20: sources[1].bind_password: a secret is written into the file; put env:NAME, file:PATH or exec:COMMAND there instead",
			"testdata/complete.yaml:28:22: sources[1].headers.X-Key: a secret is written into the file; put env:NAME, file:PATH or exec:COMMAND there instead",
			`testdata/complete.yaml:29:43: sources[1].map[1].to: "departmnt" is an attribute of your own; did you mean department?`,
		},
	}
	got := load(t, "testdata/complete.yaml", "BIRTHRIGHT_OWN_SECRET=x", "HOME=/root")
	if diff := cmp.Diff(want, got, cmp.AllowUnexported(scimKind{}, ldapKind{}, csvKind{}, githubKind{})); diff != "" {
		t.Error(diff)
	}
}

func TestDefaults(t *testing.T) {
	for name, text := range map[string]string{
		"empty":    "",
		"nulls":    "server:\ndatabase: {url: ~}\npolicies: null\nsync: {schedule: , guard: {max_removals: ~}}\nsources:\ntargets: ~\ncorrelate:\n",
		"comments": "# nothing yet\n",
	} {
		t.Run(name, func(t *testing.T) {
			path := write(t, text)
			want := &config.Config{
				Server:   config.Server{Listen: "127.0.0.1:8080", PublicURL: "http://127.0.0.1:8080"},
				Database: config.Database{URL: secret.Value("sqlite:birthright.db")},
				Policies: []string{"policies/*.yaml"},
				Auth: config.Auth{
					OIDC:   config.OIDC{Scopes: []string{"profile", "email"}, Admins: []string{}, Auditors: []string{}},
					Tokens: config.Tokens{Lifetime: time.Hour}, Session: config.Session{Life: 8 * time.Hour, Idle: time.Hour},
				},
				Sync:      config.Sync{Schedule: "*/15 * * * *", Guard: config.Guard{MaxRemovals: 500, MaxRemovalPercent: 10, MaxMissingPercent: 10, MinRemovals: 10}},
				Correlate: [][]string{{"employeeNumber"}, {"email"}, {"userName"}},
				Reports:   usualReports(), Reviews: usualReviews(), Telemetry: config.Telemetry{Sample: 0.1},
				File: path, Dir: filepath.Dir(path),
			}
			if diff := cmp.Diff(want, load(t, path)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestPublicURLFollowsListen(t *testing.T) {
	for listen, want := range map[string]string{
		":9000": "http://127.0.0.1:9000", "0.0.0.0:80": "http://127.0.0.1:80", "[::]:80": "http://127.0.0.1:80",
		"[::1]:80": "http://[::1]:80", "hub.local:80": "http://hub.local:80",
	} {
		if got := load(t, write(t, "server: {listen: '"+listen+"'}")).Server.PublicURL; got != want {
			t.Errorf("%s: %s; want %s", listen, got, want)
		}
	}
	if got := load(t, write(t, "server: {listen: ':443', tls: {cert: c, key: k}}")).Server.PublicURL; got != "https://127.0.0.1:443" {
		t.Error(got)
	}
}

func TestEnvironment(t *testing.T) {
	path := write(t, `
server: {listen: ":1", tls: {cert: a, key: b}}
policies: []
sync: {schedule: "@daily", guard: {max_removals: 1}}
sources:
  - {name: corp-ldap.eu, kind: ldap, url: "ldap://file", start_tls: true, hosts: [a]}
targets:
  - {name: code, kind: github}
`)
	cfg := load(t, path,
		"BIRTHRIGHT_SERVER_LISTEN=:2", "BIRTHRIGHT_SERVER_PUBLIC_URL=https://env", "BIRTHRIGHT_DATABASE_URL=env:BIRTHRIGHT_DSN",
		"BIRTHRIGHT_SYNC_GUARD_MAX_REMOVALS=7", "BIRTHRIGHT_SYNC_GUARD_MAX_REMOVAL_PERCENT=1.5", "BIRTHRIGHT_AUTH_OIDC_ADMINS=group:a, user:b",
		"BIRTHRIGHT_SOURCES_CORP_LDAP_EU_URL=ldap://env", "BIRTHRIGHT_SOURCES_CORP_LDAP_EU_BIND_PASSWORD=from-env-hunter2",
		"BIRTHRIGHT_SOURCES_CORP_LDAP_EU_START_TLS=false", "BIRTHRIGHT_SOURCES_CORP_LDAP_EU_TIMEOUT=1d", "BIRTHRIGHT_SOURCES_CORP_LDAP_EU_PAGE_SIZE=100",
		"BIRTHRIGHT_SOURCES_CORP_LDAP_EU_USERS_BASE_DN=ou=people,dc=x", "BIRTHRIGHT_SOURCES_CORP_LDAP_EU_HOSTS=[b, c]",
		"BIRTHRIGHT_SOURCES_CORP_LDAP_EU_SCHEDULE=@hourly", "BIRTHRIGHT_SOURCES_CORP_LDAP_EU_GUARD_MAX_MISSING_PERCENT=50",
		"BIRTHRIGHT_TARGETS_CODE_ORG=12345", "BIRTHRIGHT_TARGETS_CODE_ACCOUNTS_CREATE=true", "BIRTHRIGHT_TARGETS_CODE_MATCH=email,userName",
		// Set to nothing is not set.
		"BIRTHRIGHT_SYNC_SCHEDULE=",
		// Not the configuration's, and no fault.
		"BIRTHRIGHT_CONFIG=x", "BIRTHRIGHT_LOG_LEVEL=debug", "BIRTHRIGHT_DSN=postgres://x", "BIRTHRIGHT_TEST_POSTGRES=y", "OTHER=z",
		"BIRTHRIGHT_SERVICE_HOST=10.0.0.1", "BIRTHRIGHT_SERVICE_PORT=8080", "BIRTHRIGHT_SERVICE_PORT_HTTP=8080", "BIRTHRIGHT_PORT=tcp://10.0.0.1:8080",
		"BIRTHRIGHT_PORT_8080_TCP=tcp://10.0.0.1:8080", "BIRTHRIGHT_PORT_8080_TCP_ADDR=10.0.0.1", "BIRTHRIGHT_DB_SERVICE_HOST=10.0.0.2", "BIRTHRIGHT_DB_PORT=tcp://10.0.0.2:5432",
	)
	missing := 50.0
	type seen struct {
		Listen, Public, Schedule string
		Guard                    config.Guard
		Admins                   []string
		Source                   config.Source
		Target                   config.Target
		Warnings                 []string
	}
	want := seen{
		Listen: ":2", Public: "https://env", Schedule: "@daily",
		Guard:  config.Guard{MaxRemovals: 7, MaxRemovalPercent: 1.5, MaxMissingPercent: 10, MinRemovals: 10},
		Admins: []string{"group:a", "user:b"},
		Source: config.Source{
			Name: "corp-ldap.eu", Kind: "ldap", Schedule: "@hourly", Guard: &config.SourceGuard{MaxMissingPercent: &missing},
			Settings: &ldapKind{
				URL: "ldap://env", BindPassword: ref(t, "from-env-hunter2"), Timeout: 24 * time.Hour, PageSize: 100,
				Users: &search{BaseDN: "ou=people,dc=x"}, Hosts: []string{"b", "c"},
			},
		},
		Target: config.Target{
			Name: "code", Kind: "github", Unmanaged: "report", Observe: "all", Match: []string{"email", "userName"},
			Accounts: config.Accounts{Create: true, Leaver: "disable"}, Settings: &githubKind{Org: "12345"},
		},
	}
	got := seen{cfg.Server.Listen, cfg.Server.PublicURL, cfg.Sync.Schedule, cfg.Sync.Guard, cfg.Auth.OIDC.Admins, cfg.Sources[0], cfg.Targets[0], cfg.Warnings}
	if diff := cmp.Diff(want, got, cmp.AllowUnexported(ldapKind{}, githubKind{})); diff != "" {
		t.Error(diff)
	}
	if !cfg.Database.URL.Equal(ref(t, "env:BIRTHRIGHT_DSN")) {
		t.Errorf("database from %s", cfg.Database.URL.Reference())
	}
}

// A port that is no Kubernetes address is somebody's misspelt setting.
func TestPortIsNotKubernetes(t *testing.T) {
	_, err := config.Load(write(t, ""), kinds(), []string{"BIRTHRIGHT_SERVER_PORT=8080"})
	if err == nil || !strings.Contains(err.Error(), "BIRTHRIGHT_SERVER_PORT: stands for no key") {
		t.Error(err)
	}
}

func TestLoadFilesThatCannotBeRead(t *testing.T) {
	dir := t.TempDir()
	for path, want := range map[string]string{
		dir + "/none.yaml": "read configuration: " + dir + "/none.yaml: there is no such file (make one with `birthright init`, or name one with --config)",
		dir:                "read configuration: " + dir + ": read " + dir + ": is a directory (name a file with --config)",
	} {
		_, err := config.Load(path, kinds(), nil)
		if err == nil || err.Error() != want || identity.KindOf(err) != identity.Invalid {
			t.Errorf("%s: %v", path, err)
		}
	}
}

// A folder whose name looks like a pattern is still the folder of that name.
func TestPoliciesInAnOddFolder(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "a[b]*?")
	if err := os.MkdirAll(filepath.Join(dir, "policies"), 0o700); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"birthright.yaml", "policies/x.yaml"} {
		if err := os.WriteFile(filepath.Join(dir, name), nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	cfg := load(t, filepath.Join(dir, "birthright.yaml"))
	if diff := cmp.Diff([]string{filepath.Join(dir, "policies/x.yaml")}, cfg.PolicyFiles); diff != "" {
		t.Error(diff)
	}
}

func TestLookups(t *testing.T) {
	cfg := load(t, "testdata/complete.yaml")
	corp, ok := cfg.Source("corp")
	okta, ok2 := cfg.Source("okta")
	github, ok3 := cfg.Target("github")
	wiki, ok4 := cfg.Target("wiki")
	if !ok || !ok2 || !ok3 || !ok4 {
		t.Fatal("not found by name")
	}
	if _, ok := cfg.Source("github"); ok {
		t.Error("a target found as a source")
	}
	if _, ok := cfg.Target("corp"); ok {
		t.Error("a source found as a target")
	}
	if a, b := cfg.MissingPercent(corp), cfg.MissingPercent(okta); a != 25 || b != 0 {
		t.Errorf("missing percent %v %v", a, b)
	}
	if diff := cmp.Diff(config.Guard{MaxRemovals: 5, MaxRemovalPercent: 2.5, MinRemovals: 3}, cfg.TargetGuard(github)); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff(cfg.Sync.Guard, cfg.TargetGuard(wiki)); diff != "" {
		t.Error(diff)
	}
	for path, want := range map[string]string{"": "", "/x": "/x", "a/b": filepath.Join(cfg.Dir, "a/b")} {
		if got := cfg.Path(path); got != want {
			t.Errorf("Path(%s) = %s", path, got)
		}
	}
}

// Two kinds of element in one file may share settings through anchors.
func TestAnchors(t *testing.T) {
	cfg := load(t, write(t, `
sources:
  - &corp {name: corp, kind: ldap, url: "ldap://a", page_size: 50}
  - {<<: *corp, name: other, url: "ldap://b"}
`))
	want := []config.Source{
		{Name: "corp", Kind: "ldap", Settings: &ldapKind{URL: "ldap://a", PageSize: 50}},
		{Name: "other", Kind: "ldap", Settings: &ldapKind{URL: "ldap://b", PageSize: 50}},
	}
	if diff := cmp.Diff(want, cfg.Sources, cmp.AllowUnexported(ldapKind{})); diff != "" {
		t.Error(diff)
	}
}

func TestKindsOfOddShape(t *testing.T) {
	odd := config.Kinds{
		Sources: map[string]func() sources.Config{"odd": func() sources.Config { return noSource{} }},
		Targets: map[string]func() targets.Config{"odd": func() targets.Config { return (*csvKind)(nil) }},
	}
	_, err := config.Load(write(t, "sources: [{name: a, kind: odd}]\ntargets: [{name: a, kind: odd}]"), odd, nil)
	if err == nil || strings.Count(err.Error(), "the program offers") != 2 {
		t.Error(err)
	}
}

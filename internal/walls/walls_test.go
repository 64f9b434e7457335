package walls

import (
	"os"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
)

// house is the module's own source.
func house(t *testing.T) Tree {
	t.Helper()
	tree, err := Read(os.DirFS("../.."))
	if err != nil {
		t.Fatal(err)
	}
	if len(tree.Files) < 100 {
		t.Fatalf("only %d Go files were found: this is not the module's folder", len(tree.Files))
	}
	return tree
}

func TestWallsStand(t *testing.T) {
	for _, b := range Check(Walls(), house(t).Files) {
		t.Error(b)
	}
}

func TestMannersAreKept(t *testing.T) {
	for _, b := range CheckManners(Manners(), house(t).Files) {
		t.Error(b)
	}
}

func TestNothingOfOneMachine(t *testing.T) {
	found, err := CheckTraces(house(t))
	if err != nil {
		t.Fatal(err)
	}
	for _, b := range found {
		t.Error(b)
	}
}

// plant is a file that breaks one wall, and one that comes close and does not.
type plant struct{ bad, good File }

func file(path string, imports ...string) File {
	f := File{Path: path}
	for _, i := range imports {
		short, own := strings.CutPrefix(i, Module+"/")
		f.Imports = append(f.Imports, Import{Path: short, Own: own, Line: 3})
	}
	return f
}

var plants = map[string]plant{
	"identity imports nothing of ours":              {file("identity/user.go", "birthright/audit"), file("identity/user.go", "encoding/json")},
	"pure packages see no world":                    {file("plan/guard.go", "log/slog"), file("plan/guard_test.go", "log/slog")},
	"adapters know their interface and nobody else": {file("targets/github/apply.go", "birthright/targets/ldap"), file("targets/github/apply.go", "birthright/internal/httpkit")},
	"kits do not know who uses them":                {file("internal/secret/ref.go", "birthright/config"), file("internal/secret/ref.go", "birthright/identity")},
	"the store is known to those who keep things":   {file("scim/users.go", "birthright/store"), file("scim/backing/users.go", "birthright/store")},
	"the store decides nothing":                     {file("store/users.go", "birthright/rules"), file("store/users.go", "birthright/identity")},
	"only app wires":                                {file("intake/pull.go", "birthright/sources/builtin"), file("app/app.go", "birthright/config")},
	"test servers stay in tests":                    {file("targets/ldap/read.go", "birthright/internal/slapdtest"), file("targets/ldap/read_test.go", "birthright/internal/slapdtest")},
	"SQL stays in the store":                        {file("reconcile/run.go", "github.com/uptrace/bun/dialect"), file("store/users.go", "github.com/uptrace/bun")},
	"Okta's SDK stays in the okta folder":           {file("targets/scim/read.go", "github.com/okta/okta-sdk-golang/v2/okta"), file("targets/okta/read.go", "github.com/okta/okta-sdk-golang/v2/okta")},
	"viper stays in config":                         {file("app/app.go", "github.com/spf13/viper"), file("config/load.go", "github.com/spf13/viper")},
	"clients of OAuth stay in the HTTP kit":         {file("targets/google/config.go", "golang.org/x/oauth2/jwt"), file("internal/httpkit/oauth.go", "golang.org/x/oauth2/jwt")},
	"OpenID Connect stays in its conversation":      {file("console/login.go", "github.com/coreos/go-oidc/v3/oidc"), file("signin/provider/login.go", "github.com/coreos/go-oidc/v3/oidc")},
	"vendors' descriptions are for tests":           {file("targets/github/githubsim/sim.go", "github.com/getkin/kin-openapi/openapi3"), file("internal/sim/vendorspec/spec.go", "github.com/getkin/kin-openapi/openapi3")},
	"go-ldap stays in the ldap folders":             {file("cmd/birthright/user.go", "github.com/go-ldap/ldap/v3"), file("sources/ldap/dn.go", "github.com/go-ldap/ldap/v3")},
	"elimity's scim stays in the front door":        {file("targets/scim/read.go", "github.com/elimity-com/scim/schema"), file("scim/resource/schema.go", "github.com/elimity-com/scim/schema")},
	"CEL stays in rules":                            {file("plan/user.go", "cel.dev/cel-go/cel"), file("rules/engine.go", "cel.dev/cel-go/cel")},
	"AWS's SDK stays in its target":                 {file("targets/okta/open.go", "github.com/aws/aws-sdk-go-v2/config"), file("targets/aws/open.go", "github.com/aws/aws-sdk-go-v2/config")},
	"JOSE stays where keys are":                     {file("scim/auth.go", "github.com/go-jose/go-jose/v4/jwt"), file("oauth/keys.go", "github.com/go-jose/go-jose/v4")},
	"huma stays in the API":                         {file("console/login.go", "github.com/danielgtaylor/huma/v2"), file("api/api.go", "github.com/danielgtaylor/huma/v2")},
	"the ways in do not know each other":            {file("scim/auth.go", "birthright/oauth"), file("oauth/backing/backing.go", "birthright/oauth")},
	"Slack's client stays in notify/slack":          {file("app/notify.go", "github.com/slack-go/slack"), file("notify/slack/send.go", "github.com/slack-go/slack")},
	"the mail client stays in notify/smtp":          {file("app/notify.go", "github.com/wneessen/go-mail"), file("notify/smtp/smtp.go", "github.com/wneessen/go-mail")},
	"browsers stay in their test kit":               {file("internal/demo/story.go", "github.com/chromedp/chromedp"), file("internal/chromiumtest/tab.go", "github.com/chromedp/chromedp")},
	"workbooks stay in reviews/document":            {file("cmd/birthright/report.go", "github.com/xuri/excelize/v2"), file("reviews/document/xlsx.go", "github.com/xuri/excelize/v2")},
	"the command line stays in cmd":                 {file("app/app.go", "github.com/spf13/cobra"), file("cmd/birthright/root.go", "github.com/spf13/cobra")},
	"who asks the front door does not know it":      {file("scim/conformance/client.go", "birthright/scim/filter"), file("scim/conformance/client.go", "birthright/scim/shape")},
	"comparing and guessing are for tests":          {file("store/users.go", "github.com/google/go-cmp/cmp"), file("store/storetest/users.go", "github.com/google/go-cmp/cmp")},
	"OpenTelemetry stays in tracing":                {file("reconcile/run.go", "go.opentelemetry.io/otel/trace"), file("internal/tracing/span.go", "go.opentelemetry.io/otel/trace")},

	"OpenTelemetry's SDK stays with what sends":                  {file("internal/tracing/span.go", "go.opentelemetry.io/otel/sdk/trace"), file("internal/tracing/otlp/otlp.go", "go.opentelemetry.io/otel/sdk/trace")},
	"MySQL's protocol stays in its target":                       {file("store/open.go", "github.com/go-sql-driver/mysql"), file("targets/mysql/read.go", "github.com/go-sql-driver/mysql")},
	"PostgreSQL's protocol stays in the store and in its target": {file("targets/ldap/read.go", "github.com/jackc/pgx/v5"), file("targets/postgres/read.go", "github.com/jackc/pgx/v5")},
}

// A wall that nothing can break is none.
func TestEveryWallCanFall(t *testing.T) {
	for _, w := range Walls() {
		p, planted := plants[w.Name]
		if !planted {
			t.Errorf("nothing is planted against the wall %q", w.Name)
			continue
		}
		found := Check([]Wall{w}, []File{p.bad})
		if len(found) != 1 || found[0].Path != p.bad.Path || !strings.Contains(found[0].String(), w.Why) {
			t.Errorf("%s: want one breach with the reason, got %v", w.Name, found)
		}
		if found := Check([]Wall{w}, []File{p.good}); len(found) != 0 {
			t.Errorf("%s: the wall is too wide: %v", w.Name, found)
		}
	}
	if len(plants) != len(Walls()) {
		t.Errorf("%d plants for %d walls", len(plants), len(Walls()))
	}
}

var badManners = map[string]struct{ path, text string }{
	"only main ends the program":            {"app/app.go", "package app\nfunc stop() { os.Exit(1) }"},
	"nothing panics":                        {"plan/user.go", "package plan\nfunc no() { panic(1) }"},
	"no init functions":                     {"sources/okta/okta.go", "package okta\nfunc init() {}"},
	"no test is skipped":                    {"store/store_test.go", "package store\nfunc f(t *testing.T) { t.Skip() }"},
	"tests do not sleep":                    {"store/store_test.go", "package store\nfunc f() { time.Sleep(1) }"},
	"pure packages do not ask for the time": {"rules/engine.go", "package rules\nvar now = time.Now"},
	"packages are named for what they are":  {"internal/util/text.go", "package util"},
}

func TestBadMannersAreSeen(t *testing.T) {
	for _, m := range Manners() {
		planted, ok := badManners[m.Name]
		if !ok {
			t.Errorf("nothing is planted against %q", m.Name)
			continue
		}
		f, err := Parse(planted.path, []byte(planted.text))
		if err != nil {
			t.Fatal(err)
		}
		found := CheckManners([]Manner{m}, []File{f})
		if len(found) != 1 || !strings.Contains(found[0].String(), m.Why) {
			t.Errorf("%s: want one breach with the reason, got %v", m.Name, found)
		}
	}
}

func TestTraces(t *testing.T) {
	// In pieces, so that this file is clean.
	for _, line := range []string{"see /wo" + "rk/main/README.md", `"/ro` + `ot/go/bin"`, "dir=/ho" + "me/ada/src", `C:\Us` + `ers\ada`} {
		if Trace(line) == "" {
			t.Errorf("not found in %q", line)
		}
	}
	for _, line := range []string{"GET /scim/v2/Users/42", "/Users/{id}/x", "homeDirectory: /ho" + "me", "https://example.com/home/start", "a/work/b", "/etc/birthright"} {
		if found := Trace(line); found != "" {
			t.Errorf("%q: took %q for a trace", line, found)
		}
	}
}

// What is planted in a whole tree is found with its place, and what does not
// belong to the module is not looked at.
func TestReadLooksEverywhere(t *testing.T) {
	tree, err := Read(fstest.MapFS{
		"plan/plan.go":         {Data: []byte("package plan\n\nimport \"birthright/store\"\n")},
		"docs/page.md":         {Data: []byte("one\nin /ro" + "ot/secret/place\n")},
		".cache/other.go":      {Data: []byte("package broken {")},
		"testdata/broken.go":   {Data: []byte("package broken {")},
		"hub.db":               {Data: []byte("/ro" + "ot/x/y")},
		".github/x.yaml":       {Data: []byte("/ro" + "ot/x/y")},
		"bin/birthright":       {Data: []byte("/ro" + "ot/x/y")},
		"internal/bin/data.go": {Data: []byte("package broken {")},
	})
	if err != nil {
		t.Fatal(err)
	}
	places := []string{}
	for _, b := range Check(Walls(), tree.Files) {
		places = append(places, b.Path)
	}
	traces, err := CheckTraces(tree)
	if err != nil {
		t.Fatal(err)
	}
	for _, b := range traces {
		places = append(places, b.Path)
	}
	slices.Sort(places)
	if want := []string{"docs/page.md", "plan/plan.go", "plan/plan.go"}; !slices.Equal(places, want) {
		t.Errorf("found in %q, want %q", places, want)
	}
}

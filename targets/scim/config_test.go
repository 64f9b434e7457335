package scim

import (
	"errors"
	"strings"
	"testing"

	"birthright/identity"
	"birthright/internal/httpkit"
	"birthright/internal/strictyaml"
	"birthright/targets"
	"birthright/targets/scim/scimsim"

	"github.com/google/go-cmp/cmp"
)

func TestConfigFromYAML(t *testing.T) {
	var c Config
	_, faults := strictyaml.Decode("x.yaml", []byte(`
url: https://app.example.com/scim/v2
token: env:APP_TOKEN
headers: [{name: X-Org, value: "file:org"}]
tls: {ca_file: ca.pem}
page_size: 50
max_members_per_request: 20
timeout: 10s
user_agent: hub
groups: {create: true}
`), &c)
	if len(faults) > 0 || len(c.Validate()) > 0 {
		t.Fatal(faults, c.Validate())
	}
	if c.MaxMembers != 20 || c.Timeout.Seconds() != 10 || c.Token.EnvName() != "APP_TOKEN" || !c.Groups.Create || c.TLS.CAFile != "ca.pem" {
		t.Errorf("%+v", c)
	}
}

func TestConfigFaults(t *testing.T) {
	c := Config{Connection: httpkit.Connection{URL: "http://app.example.com/", Timeout: -1}, Dialect: "klingon",
		Habits: Habits{PageSize: -1, MaxMembers: -2, Changes: "rarely", Paging: "no", ServiceDocument: "config"}, OAuth: OAuth{Scopes: []string{"all"}},
		Headers: []httpkit.Header{{Name: "a b"}}}
	var all []string
	for _, f := range c.Validate() {
		all = append(all, f.Error())
	}
	text := strings.Join(all, "\n")
	for _, want := range []string{"insecure: true", "page_size", "max_members_per_request", "timeout", "headers[0]: name", "headers[0]: value",
		"dialect: \"klingon\"", "changes: \"rarely\"", "paging", "service_document", "token_url", "client_id", "client_secret"} {
		if !strings.Contains(text, want) {
			t.Errorf("nothing said about %s in\n%s", want, text)
		}
	}
	good := Config{Connection: httpkit.Connection{URL: "https://app.example.com"}}
	for _, m := range []targets.Mapping{
		{To: "userName", From: "email"}, {To: "urn:ietf:params:scim:schemas:core:2.0:User:active", From: "active"}, {To: "", From: "title"},
		{To: "title", From: ""}, {To: `emails[type eq "work].value`, From: "email"}, {To: `emails[primary eq true].value`, From: "email"},
		{To: "two words", From: "title"}, {To: "a.b.c", From: "title"},
	} {
		_, err := good.Open(targets.Env{Name: "t", Map: []targets.Mapping{m}})
		if identity.KindOf(err) != identity.Invalid || !strings.Contains(err.Error(), "map[0]") {
			t.Errorf("%+v: %v", m, err)
		}
	}
	twice := []targets.Mapping{{To: "title", From: "title"}, {To: "Title", From: "team"}}
	if _, err := good.Open(targets.Env{Name: "t", Map: twice}); err == nil || !strings.Contains(err.Error(), "map[1]") {
		t.Errorf("twice: %v", err)
	}
}

// TestFields writes and reads every kind of place, and asks that the PATCH for
// it does the same as the writing.
func TestFields(t *testing.T) {
	work := []any{resource{"value": "w", "type": "work"}, resource{"value": "h", "type": "home", "primary": true}}
	for _, c := range []struct {
		to     string
		before resource
		value  string
		op     patchOp
		after  resource
	}{
		{"title", resource{}, "Boss", patchOp{"replace", "title", "Boss"}, resource{"title": "Boss"}},
		{"title", resource{"Title": "x"}, "Boss", patchOp{"replace", "title", "Boss"}, resource{"Title": "Boss"}},
		{"title", resource{"title": "x"}, "", patchOp{"remove", "title", nil}, resource{}},
		{"name.givenName", resource{}, "A", patchOp{"replace", "name.givenName", "A"}, resource{"name": resource{"givenName": "A"}}},
		{"name.givenName", resource{"name": resource{"givenName": "A"}}, "", patchOp{"remove", "name.givenName", nil}, resource{}},
		{"emails", resource{}, "a@x", patchOp{"add", "emails", []resource{{"value": "a@x", "type": "work", "primary": true}}},
			resource{"emails": []any{resource{"value": "a@x", "type": "work", "primary": true}}}},
		{"emails", resource{"emails": work}, "a@x", patchOp{"replace", `emails[type eq "work"].value`, "a@x"},
			resource{"emails": []any{resource{"value": "a@x", "type": "work"}, work[1]}}},
		{"emails", resource{"emails": work}, "", patchOp{"remove", `emails[type eq "work"]`, nil}, resource{"emails": work[1:]}},
		{`phoneNumbers[type eq "mobile"].value`, resource{"phoneNumbers": work[:1]}, "1", patchOp{"add", "phoneNumbers", []resource{{"value": "1", "type": "mobile"}}},
			resource{"phoneNumbers": []any{work[0], resource{"value": "1", "type": "mobile"}}}},
		{"emails", resource{"emails": []any{resource{"value": `q"q`}}}, "a@x", patchOp{"replace", `emails[value eq "q\"q"].value`, "a@x"},
			resource{"emails": []any{resource{"value": "a@x"}}}},
		{schemaEnterprise + ":department", resource{"schemas": []any{schemaUser}}, "R&D", patchOp{"replace", schemaEnterprise + ":department", "R&D"},
			resource{"schemas": []any{schemaUser, schemaEnterprise}, schemaEnterprise: resource{"department": "R&D"}}},
		{schemaEnterprise + ":manager", resource{}, "u1", patchOp{"replace", schemaEnterprise + ":manager.value", "u1"},
			resource{"schemas": []any{schemaEnterprise}, schemaEnterprise: resource{"manager": resource{"value": "u1"}}}},
		{schemaUser + ":title", resource{}, "Boss", patchOp{"replace", "title", "Boss"}, resource{"title": "Boss"}},
	} {
		f, err := parseField(targets.Mapping{To: c.to, From: "x"})
		if err != nil {
			t.Fatal(err)
		}
		if d := cmp.Diff(c.op, f.change(c.before, c.value)); d != "" {
			t.Errorf("%s in %v as PATCH (-want +got)\n%s", c.to, c.before, d)
		}
		r := clone(c.before).(resource)
		if f.set(r, c.value); cmp.Diff(c.after, r) != "" {
			t.Errorf("%s in %v (-want +got)\n%s", c.to, c.before, cmp.Diff(c.after, r))
		}
		if got := f.get(r); got != c.value {
			t.Errorf("%s reads back as %q", c.to, got)
		}
	}
}

func clone(v any) any {
	switch v := v.(type) {
	case resource:
		out := resource{}
		for k, x := range v {
			out[k] = clone(x)
		}
		return out
	case []any:
		var out []any
		for _, x := range v {
			out = append(out, clone(x))
		}
		return out
	}
	return v
}

func TestAdoption(t *testing.T) {
	app := serve(t, scimsim.Options{})
	target, _ := open(t, app.URL(), nil)
	create := func(a targets.Account) targets.Result {
		return target.Apply(t.Context(), []targets.Op{{Action: targets.CreateAccount, Account: a}})[0]
	}
	first := create(titled("Ada", "Clerk"))
	again := create(titled("ada", "Clerk"))
	if again.Outcome != targets.Already || again.AccountID != first.AccountID {
		t.Errorf("the same again: %+v", again)
	}
	differs := create(titled("ada", "Boss"))
	if differs.Outcome != targets.Stale || differs.AccountID != first.AccountID || identity.KindOf(differs.Err) != identity.Conflict {
		t.Errorf("another ada: %+v", differs)
	}
	wanted := titled("ada", "Boss")
	wanted.ID = differs.AccountID
	if r := target.Apply(t.Context(), []targets.Op{{Action: targets.UpdateAccount, Account: wanted}})[0]; r.Outcome != targets.Done {
		t.Errorf("brought in line: %+v", r)
	}
	if a := account(t, target, "ada"); a.Attributes.First("title") != "Boss" || a.Name != "ada" {
		t.Errorf("%+v", a)
	}
}

func TestProbe(t *testing.T) {
	verdict := func(r targets.Report) string {
		var out []string
		for _, f := range r.Findings {
			mark := "no: "
			if f.OK {
				mark = "yes: "
			}
			out = append(out, mark+f.Check)
		}
		return strings.Join(out, "; ")
	}
	lists := "; yes: read /Users; yes: read /Groups"
	for _, c := range []struct {
		opt   scimsim.Options
		plant *scimsim.Fault
		want  string
	}{
		{scimsim.Options{}, nil, "yes: ServiceProviderConfig; yes: change by PATCH; yes: filters" + lists + "; yes: find one account"},
		{scimsim.Options{NoPatch: true, NoFilter: true}, nil, "yes: ServiceProviderConfig; no: change by PATCH; no: filters" + lists},
		{scimsim.Options{NoConfig: true}, nil, "no: ServiceProviderConfig; yes: change by PATCH; yes: filters" + lists + "; yes: find one account"},
		{scimsim.Options{Token: "another"}, nil, "no: ServiceProviderConfig; yes: change by PATCH; yes: filters; no: read /Users; no: read /Groups; no: find one account"},
		{scimsim.Options{}, &scimsim.Fault{Path: "/Groups", Status: 403},
			"yes: ServiceProviderConfig; yes: change by PATCH; yes: filters; yes: read /Users; no: read /Groups; yes: find one account"},
	} {
		app := serve(t, c.opt)
		if c.plant != nil {
			app.Plant(*c.plant)
		}
		target, _ := open(t, app.URL(), nil)
		r, err := target.Probe(t.Context())
		if got := verdict(r); err != nil || !r.Reachable || got != c.want {
			t.Errorf("%+v: %v\ngot  %s\nwant %s", c.opt, err, got, c.want)
		}
		app.Down()
		if r, _ := target.Probe(t.Context()); r.Reachable || !strings.Contains(r.Findings[0].Remedy, "url") {
			t.Errorf("down: %+v", r)
		}
	}
}

func TestErrorsOfReads(t *testing.T) {
	for kind, fault := range map[identity.Kind]scimsim.Fault{
		identity.Denied: {Status: 401}, identity.Throttled: {Status: 429}, identity.Unavailable: {Status: 500}, identity.NotFound: {Status: 404},
	} {
		app := serve(t, scimsim.Options{})
		app.Plant(fault)
		target, _ := open(t, app.URL(), nil)
		_, err := targets.ReadState(t.Context(), target, targets.Query{})
		var known *identity.Error
		if !errors.As(err, &known) || known.Kind != kind {
			t.Errorf("%d: kind %s: %v", fault.Status, identity.KindOf(err), err)
		}
	}
}

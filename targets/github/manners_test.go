package github

import (
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"birthright/identity"
	"birthright/internal/secret"
	"birthright/internal/sim"
	"birthright/internal/sim/vendorspec"
	"birthright/targets"
	"birthright/targets/github/githubsim"
)

func childTeams(t *testing.T, spec *vendorspec.Spec) {
	for _, silent := range []bool{false, true} {
		r := newRig(t, spec, Config{}, githubsim.Options{Silent: silent})
		r.members(t, []string{"ada", "bob"}, "eng", "web")
		r.org.Edit(func(o *githubsim.Organisation) {
			o.Team("web").Parent = o.Team("eng").ID
			o.Team("web").Members[o.User("ada").ID] = "member"
			o.Team("eng").Members[o.User("bob").ID] = "member"
		})
		readOnly := map[string]bool{}
		s, err := targets.ReadState(t.Context(), r.Target, targets.Query{})
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range s.Entitlements {
			readOnly[e.Address.ID] = e.ReadOnly
		}
		want := map[string]bool{"eng": silent, "eng@maintainer": silent, "web": false, "web@maintainer": false}
		if d := cmp.Diff(want, readOnly); d != "" {
			t.Errorf("silent %v: read only (-want +got):\n%s", silent, d)
		}
		if silent {
			r.holds(t, "ada team/eng (indirect)", "ada team/web", "bob team/eng (indirect)")
			continue
		}
		r.holds(t, "ada team/eng (indirect)", "ada team/web", "bob team/eng")
		r.expect(t, []targets.Op{op(targets.Remove, named("ada"), "team/eng")}, outcomes(already), "DELETE /orgs/acme/teams/eng/memberships/ada")
		r.expect(t, []targets.Op{op(targets.Add, named("ada"), "team/eng")}, outcomes(done), "PUT /orgs/acme/teams/eng/memberships/ada")
	}
}

func foreignTeams(t *testing.T, spec *vendorspec.Spec) {
	for _, idp := range []string{"", "team_sync", "external_groups"} {
		r := newRig(t, spec, Config{IDP: idp}, githubsim.Options{})
		r.members(t, []string{"ada"}, "own", "tied", "enterprise")
		r.org.Edit(func(o *githubsim.Organisation) {
			o.Team("tied").Tied = "Engineers"
			o.Team("enterprise").Enterprise = true
		})
		s, err := targets.ReadState(t.Context(), r.Target, targets.Query{})
		if err != nil {
			t.Fatal(err)
		}
		got := map[string]bool{}
		for _, e := range s.Entitlements {
			got[e.Address.ID] = e.ReadOnly
		}
		if got["own"] || got["tied"] != (idp != "") || !got["enterprise"] {
			t.Errorf("idp %q: read only %v", idp, got)
		}
		r.expect(t, []targets.Op{op(targets.Add, named("ada"), "team/tied")}, outcomes(refusal), "PUT /orgs/acme/teams/tied/memberships/ada")
	}
}

// An address is a slug: under the old one there is nothing any more, and nothing is
// given under it.
func renamedTeam(t *testing.T, spec *vendorspec.Spec) {
	r := newRig(t, spec, Config{}, githubsim.Options{})
	r.members(t, []string{"ada"}, "eng")
	r.do(t, op(targets.Add, named("ada"), "team/eng"))
	r.org.Edit(func(o *githubsim.Organisation) { o.Team("eng").Slug = "engineering" })
	r.holds(t, "ada team/engineering")
	r.sent()
	r.expect(t, []targets.Op{op(targets.Remove, named("ada"), "team/eng")}, outcomes(stale), "DELETE /orgs/acme/teams/eng/memberships/ada")
}

// GitHub tells people to wait with 403.
func secondaryLimit(t *testing.T, spec *vendorspec.Spec) {
	r := newRig(t, spec, Config{}, githubsim.Options{})
	r.members(t, []string{"ada", "bob"}, "eng")
	r.Transport.Plant(sim.Fault{Writes: true, Times: 1, Status: 403, Header: map[string]string{"Retry-After": "60"}})
	res := r.Apply(t.Context(), []targets.Op{op(targets.Add, named("ada"), "team/eng"), op(targets.Add, named("bob"), "team/eng")})
	for i, got := range res {
		if got.Outcome != throttle || got.RetryAt.Sub(r.Clock.Now()) < 50*time.Second {
			t.Errorf("op %d: %s until %v, want throttled for a minute", i, got.Outcome, got.RetryAt)
		}
	}
	// The budgets that the kind has of itself are such that GitHub never says so.
	calm := newRig(t, spec, Config{}, githubsim.Options{Points: 900})
	calm.members(t, []string{"ada"}, "a", "b", "c", "d", "e", "f", "g", "h")
	for range 200 {
		calm.held(t)
	}
	if n := calm.answered(403); n > 0 {
		t.Errorf("told to wait %d times", n)
	}
}

// Somebody else has used up nearly all of the hour: what is left is for who has to go,
// with the looks that this takes.
func restForRemovals(t *testing.T, spec *vendorspec.Spec) {
	r := newRig(t, spec, Config{}, githubsim.Options{Remaining: 100})
	r.members(t, []string{"ada", "bob"}, "eng")
	r.org.Edit(func(o *githubsim.Organisation) { o.Team("eng").Members[o.User("ada").ID] = maintainer })
	removals := []targets.Op{op(targets.Remove, named("ada"), "team/eng@maintainer"), op(targets.Remove, named("ada"), "team/eng"),
		op(targets.DeleteAccount, named("ada"))}
	r.expect(t, removals[:1], outcomes(done), "PUT /orgs/acme/teams/eng/memberships/ada")
	r.expect(t, []targets.Op{op(targets.Add, named("bob"), "team/eng")}, outcomes(throttle))
	r.expect(t, removals[1:], outcomes(done, done), "DELETE /orgs/acme/teams/eng/memberships/ada", "DELETE /orgs/acme/memberships/ada")
}

func tooManyInvitations(t *testing.T, spec *vendorspec.Spec) {
	r := newRig(t, spec, Config{}, githubsim.Options{Invitations: 1}, byUserName)
	res := r.Apply(t.Context(), []targets.Op{op(targets.CreateAccount, named("ada")), op(targets.CreateAccount, named("bob"))})
	if res[0].Outcome != pending || res[1].Outcome != throttle || res[1].RetryAt.Sub(r.Clock.Now()) != invitationPause {
		t.Errorf("%s, then %s until %v", res[0].Outcome, res[1].Outcome, res[1].RetryAt)
	}
}

func notModified(t *testing.T, spec *vendorspec.Spec) {
	r := newRig(t, spec, Config{}, githubsim.Options{})
	r.members(t, []string{"a", "b", "c", "d", "e"}, "eng", "ops")
	first := r.held(t)
	fresh := r.answered(200)
	second := r.held(t)
	if n := r.answered(304); n != fresh || fresh == 0 {
		t.Errorf("%d answers to the first read, %d of 304 to the second", fresh, n)
	}
	if d := cmp.Diff(first, second); d != "" {
		t.Error(d)
	}
	r.do(t, op(targets.Add, named("a"), "team/eng"))
	r.holds(t, "a team/eng")
}

// A list that goes round is an error, and leaves nothing behind that the next read
// would take for true.
func pageAgain(t *testing.T, spec *vendorspec.Spec) {
	r := newRig(t, spec, Config{}, githubsim.Options{})
	r.members(t, []string{"a", "b", "c", "d", "e"}, "eng")
	r.Transport.Plant(sim.Fault{Reads: true, After: 1, Times: 1, Again: true})
	end, err := r.Read(t.Context(), targets.Query{}, &targets.State{})
	if end.Complete || identity.KindOf(err) != identity.Incomplete {
		t.Errorf("complete %v, %v", end.Complete, err)
	}
	s, err := targets.ReadState(t.Context(), r.Target, targets.Query{})
	if err != nil || len(s.Accounts) != 5 {
		t.Errorf("after that: %d accounts, %v", len(s.Accounts), err)
	}
}

// People are found by what they are called at the identity provider.
func samlNames(t *testing.T, spec *vendorspec.Spec) {
	mapping := []targets.Mapping{{To: "email", From: "email"}, {To: "saml_name_id", From: "email"}}
	r := newRig(t, spec, Config{}, githubsim.Options{SAML: true}, mapping...)
	r.members(t, []string{"a", "b", "c", "d", "e", "unlinked"}, "eng")
	r.org.Edit(func(o *githubsim.Organisation) {
		for _, login := range []string{"a", "b", "c", "d", "e"} {
			o.User(login).Email = login + "@example.com"
		}
	})
	if d := cmp.Diff([]string{"email"}, r.Capabilities().Attributes); d != "" {
		t.Error(d)
	}
	for _, q := range []targets.Query{{}, {Accounts: []targets.Account{{Name: "e"}, {Name: "unlinked"}}}} {
		s, err := targets.ReadState(t.Context(), r.Target, q)
		if err != nil {
			t.Fatal(err)
		}
		for _, a := range s.Accounts {
			want := a.Name + "@example.com"
			if a.Name == "unlinked" {
				want = ""
			}
			if got := a.Attributes.First("email"); got != want {
				t.Errorf("%s is called %q, want %q", a.Name, got, want)
			}
		}
	}
	r.Transport.Plant(sim.Fault{Path: "/graphql", Status: 200, Body: `{"data":{"organization":{"samlIdentityProvider":{"externalIdentities":{
		"pageInfo":{"hasNextPage":true,"endCursor":"1"},"nodes":[]}}}}}`})
	if end, err := r.Read(t.Context(), targets.Query{}, &targets.State{}); end.Complete || identity.KindOf(err) != identity.Incomplete {
		t.Errorf("a list that goes round: complete %v, %v", end.Complete, err)
	}
	for name, how := range map[string]githubsim.Options{"no provider": {}, "no owner": {SAML: true, Plain: true}} {
		r := newRig(t, spec, Config{}, how, mapping...)
		if end, err := r.Read(t.Context(), targets.Query{}, &targets.State{}); end.Complete || err == nil || identity.KindOf(err) == identity.Internal {
			t.Errorf("%s: complete %v, %v", name, end.Complete, err)
		}
		report, err := r.Probe(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range report.Findings {
			if f.Check == "read SAML identities" && (f.OK || f.Remedy == "") {
				t.Errorf("%s: %+v", name, f)
			}
		}
	}
}

// An app signs who it is and gets a token of an hour, time and again.
func asApp(t *testing.T, spec *vendorspec.Spec) {
	private, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "app.pem")
	block := pem.EncodeToMemory(&pem.Block{Type: "RSA PRIVATE KEY", Bytes: x509.MarshalPKCS1PrivateKey(private)})
	if err := os.WriteFile(file, block, 0o600); err != nil {
		t.Fatal(err)
	}
	key, err := secret.New("file:" + file)
	if err != nil {
		t.Fatal(err)
	}
	r := newRig(t, spec, Config{App: App{ID: "7", InstallationID: "42", Key: key}}, githubsim.Options{})
	r.members(t, []string{"ada"}, "eng")
	r.expect(t, []targets.Op{op(targets.Add, named("ada"), "team/eng")}, outcomes(done), "PUT /orgs/acme/teams/eng/memberships/ada")
	before := r.Calls()
	r.holds(t, "ada team/eng")
	within := r.Calls() - before
	r.Clock.Advance(2 * time.Hour)
	before = r.Calls()
	r.holds(t, "ada team/eng")
	if again := r.Calls() - before; again != within+1 {
		t.Errorf("%d requests with a token that is good, %d with one that has ended: want one more", within, again)
	}
}

func probes(t *testing.T, spec *vendorspec.Spec) {
	for name, c := range map[string]struct {
		how    githubsim.Options
		kinds  []string
		failed []string
	}{
		"an owner":           {githubsim.Options{}, allKinds, nil},
		"classic":            {githubsim.Options{Scopes: "admin:org, repo"}, allKinds, nil},
		"classic, too small": {githubsim.Options{Scopes: "read:org, repo"}, allKinds, []string{"token"}},
		"no owner":           {githubsim.Options{Plain: true}, allKinds, []string{"read invitations", "change members"}},
	} {
		r := newRig(t, spec, Config{Entitlements: c.kinds}, c.how)
		r.members(t, []string{"ada"}, "eng")
		report, err := r.Probe(t.Context())
		if err != nil || !report.Reachable {
			t.Errorf("%s: reachable %v, %v", name, report.Reachable, err)
		}
		var failed []string
		for _, f := range report.Findings {
			if !f.OK {
				failed = append(failed, f.Check)
				if f.Remedy == "" {
					t.Errorf("%s: %s fails without a remedy", name, f.Check)
				}
			}
		}
		if d := cmp.Diff(c.failed, failed); d != "" {
			t.Errorf("%s: failed checks (-want +got):\n%s", name, d)
		}
	}
	r := newRig(t, spec, Config{}, githubsim.Options{})
	r.Transport.Plant(sim.Fault{Status: 404})
	report, err := r.Probe(t.Context())
	if err != nil || report.Reachable || len(report.Findings) != 1 || !strings.Contains(report.Findings[0].Remedy, "check org") {
		t.Errorf("an organisation that is not there: %+v, %v", report, err)
	}
}

func TestValidate(t *testing.T) {
	token, err := secret.New("env:TOKEN")
	if err != nil {
		t.Fatal(err)
	}
	app := App{ID: "1", InstallationID: "2", Key: token}
	for name, c := range map[string]struct {
		config Config
		want   []string
	}{
		"a token":       {Config{Org: "acme", Token: token}, nil},
		"an app":        {Config{Org: "acme", App: app, Entitlements: allKinds, IDP: "team_sync", PageSize: 100}, nil},
		"nothing":       {Config{}, []string{"org:", "token:"}},
		"both":          {Config{Org: "acme", Token: token, App: app}, []string{"app:"}},
		"half an app":   {Config{Org: "acme", App: App{ID: "1", InstallationID: "acme"}}, []string{"app.installation_id:", "app.key:"}},
		"kinds":         {Config{Org: "acme", Token: token, Entitlements: []string{"team", "group", "team"}}, []string{"entitlements[1]:", "entitlements[2]:"}},
		"sizes and idp": {Config{Org: "acme", Token: token, IDP: "okta", PageSize: 101}, []string{"idp:", "page_size:"}},
		"a path":        {Config{Org: "a/b", Token: token}, []string{"org:"}},
	} {
		var got []string
		for _, fault := range c.config.Validate() {
			key, _, _ := strings.Cut(fault.Error(), " ")
			got = append(got, key)
		}
		if d := cmp.Diff(c.want, got); d != "" {
			t.Errorf("%s (-want +got):\n%s", name, d)
		}
	}
	_, err = (&Config{Org: "acme", Token: token}).Open(targets.Env{Name: "t", Map: []targets.Mapping{{To: "name", From: "displayName"}}})
	var known *identity.Error
	if !errors.As(err, &known) || known.Kind != identity.Invalid {
		t.Errorf("a field that GitHub does not have: %v", err)
	}
}

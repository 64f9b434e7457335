package scim

import (
	"strings"
	"testing"
	"time"

	"birthright/identity"
	"birthright/internal/httpkit"
	"birthright/internal/ratelimit"
	"birthright/internal/secret"
	"birthright/targets"
	"birthright/targets/scim/scimsim"
	"birthright/targets/targettest"
	"birthright/targets/targettest/simtest"
)

// speaker opens a target that speaks a dialect to a system of the rig.
func speaker(t testing.TB, rig *simtest.Rig, change func(*Config)) *Target {
	t.Helper()
	ref, err := secret.New(token)
	if err != nil {
		t.Fatal(err)
	}
	c := &Config{Connection: httpkit.Connection{URL: simulatedURL}, Token: ref, Habits: Habits{PageSize: 3, MaxMembers: 3}}
	c.Groups.Create = true
	change(c)
	for _, fault := range c.Validate() {
		t.Fatal(fault)
	}
	target, err := c.open(rig.Env("t"), rig.Transport)
	if err != nil {
		t.Fatal(err)
	}
	made := target.(*Target)
	t.Cleanup(func() { _ = made.Close() })
	return made
}

// vendor makes a server like that of a dialect, small enough that its limits matter.
func vendor(word string) (*simtest.Rig, *scimsim.App) {
	options := scimsim.Like(word)
	options.Token, options.PageSize = token, 5
	if options.MaxMembers > 0 {
		options.MaxMembers = 3
	}
	var rig *simtest.Rig
	options.Now = func() time.Time { return rig.Clock.Now() }
	app := scimsim.New(options)
	rig = simtest.New(app)
	return rig, app
}

// TestEveryDialectKeepsTheContract runs the contract over a server with the limits and
// habits of each vendor.
func TestEveryDialectKeepsTheContract(t *testing.T) {
	for word := range dialects() {
		if word == "github-enterprise" {
			continue // TestGitHubsDescription runs it, with more of GitHub around it
		}
		t.Run(word, func(t *testing.T) {
			t.Parallel()
			targettest.Run(t, targettest.Harness{New: func(t testing.TB) targettest.Peer {
				rig, _ := vendor(word)
				target := speaker(t, rig, func(c *Config) {
					c.Dialect = word
					c.Limits = []ratelimit.Limit{{Scope: userWrites, Tokens: 1 << 20, Per: time.Minute}, {Scope: groupWrites, Tokens: 1 << 20, Per: time.Minute}}
					if word == "salesforce" {
						c.UserEntitlement = "00e1"
					}
				})
				p := rig.Peer(target, "t")
				p.Canary, p.Nests = token, target.habits.MembersRead != byAccount
				return p
			}})
		})
	}
}

// TestDialectsMatter holds the plain dialect against each vendor's server: where the
// vendor differs, it fails or is blind, and the vendor's dialect is not.
func TestDialectsMatter(t *testing.T) {
	for word, want := range map[string]string{
		"aws-identity-center": "read: the same page again", "github-enterprise": "create-entitlement eng: refused", "salesforce": "create-account ada: refused",
	} {
		t.Run(word, func(t *testing.T) {
			for _, spoken := range []string{generic, word} {
				rig, _ := vendor(word)
				target := speaker(t, rig, func(c *Config) {
					c.Dialect = spoken
					if spoken == "salesforce" {
						c.UserEntitlement = "00e1"
					}
				})
				trouble := oneOfEach(t, target)
				if (trouble == "") != (spoken == word) {
					t.Errorf("%s spoken to a server like that of %s: %q, want %q", spoken, word, trouble, want)
				}
			}
		})
	}
}

// oneOfEach makes eight people members of a group and takes half away again; it returns
// what went wrong first.
func oneOfEach(t *testing.T, target *Target) string {
	t.Helper()
	people := []string{"ada", "bob", "cy", "dee", "eve", "fay", "gus", "hal"}
	ops := []targets.Op{{Action: targets.CreateEntitlement, Entitlement: ent("eng")}}
	for _, p := range people {
		ops = append(ops, targets.Op{Action: targets.CreateAccount, Account: targets.Account{Name: p, Active: true}})
	}
	for _, p := range people {
		ops = append(ops, targets.Op{Action: targets.Add, Account: targets.Account{Name: p}, Entitlement: ent("eng")})
	}
	for i, r := range target.Apply(t.Context(), ops) {
		if !r.Outcome.OK() {
			return string(ops[i].Action) + " " + ops[i].Account.Name + ops[i].Entitlement.ID + ": " + string(r.Outcome)
		}
	}
	for _, left := range []int{8, 4} {
		s, err := targets.ReadState(t.Context(), target, targets.Query{})
		if err != nil {
			return err.Error()
		}
		if len(s.Accounts) != 8 || len(s.Assignments) != left {
			return "read: not all is seen"
		}
		ops = nil
		for _, a := range s.Accounts[:4] {
			ops = append(ops, targets.Op{Action: targets.Remove, Account: a, Entitlement: ent("eng")})
		}
		for _, r := range target.Apply(t.Context(), ops) {
			if !r.Outcome.OK() {
				return "remove: " + string(r.Outcome)
			}
		}
	}
	return ""
}

// TestSwitches shows for each switch a server that needs it.
func TestSwitches(t *testing.T) {
	for name, c := range map[string]struct {
		server scimsim.Quirks
		set    func(*Config)
	}{
		"members named in the value": {scimsim.Quirks{RemoveByValue: true}, func(c *Config) { c.MemberRemoval = inValue }},
		"lists without members":      {scimsim.Quirks{HideInLists: true}, func(c *Config) { c.MembersRead = inGroups }},
		"no members anywhere":        {scimsim.Quirks{HideMembers: true}, func(c *Config) { c.MembersRead = byAccount }},
		"cursors":                    {scimsim.Quirks{Cursor: true}, func(c *Config) { c.Paging = byCursor }},
		"Add, Remove, Replace":       {scimsim.Quirks{TitleOps: true}, func(c *Config) { c.OpCase = titleCase }},
		"an external id":             {scimsim.Quirks{WantExternalID: true}, func(c *Config) { c.ExternalID = fromName }},
		"plain JSON":                 {scimsim.Quirks{Media: jsonMedia}, func(c *Config) { c.ContentType = jsonMedia }},
	} {
		t.Run(name, func(t *testing.T) {
			for with, set := range map[bool]func(*Config){false: func(*Config) {}, true: c.set} {
				app := scimsim.New(scimsim.Options{Token: token, PageSize: 5, Quirks: c.server})
				trouble := oneOfEach(t, speaker(t, simtest.New(app), set))
				if (trouble == "") != with {
					t.Errorf("with the switch %v: trouble %q", with, trouble)
				}
			}
		})
	}
}

// TestWhoAddsTwiceLooksFirst: some servers then have the member twice.
func TestWhoAddsTwiceLooksFirst(t *testing.T) {
	for _, before := range []string{trusting, looking} {
		app := scimsim.New(scimsim.Options{Token: token, Quirks: scimsim.Quirks{Doubles: true}})
		rig := simtest.New(app)
		target := speaker(t, rig, func(c *Config) { c.BeforeAdd = before })
		if trouble := oneOfEach(t, target); trouble != "" {
			t.Fatal(trouble)
		}
		s, err := targets.ReadState(t.Context(), target, targets.Query{})
		if err != nil {
			t.Fatal(err)
		}
		for range 2 {
			target.Apply(t.Context(), []targets.Op{{Action: targets.Add, Account: s.Accounts[0], Entitlement: ent("eng")}})
		}
		if _, _, held := app.Size(); held != 5 {
			t.Fatalf("%d memberships", held)
		}
		doubled := app.Times("eng", s.Accounts[0].Name)
		if want := map[string]int{trusting: 2, looking: 1}[before]; doubled != want {
			t.Errorf("%s: a member %d times, want %d", before, doubled, want)
		}
	}
}

// TestVersions: a change by somebody else between our look and our change is not
// overwritten unseen.
func TestVersions(t *testing.T) {
	for _, opt := range []scimsim.Options{{}, {NoPatch: true}} {
		opt.Token, opt.Versions = token, true
		app := serve(t, opt)
		seed(t, app, targets.State{Accounts: []targets.Account{{Name: "ada", Active: true}, {Name: "bob", Active: true}},
			Entitlements: []targets.Entitlement{{Address: ent("eng")}}})
		target, _ := open(t, app.URL(), nil)
		ada, bob := account(t, target, "ada"), account(t, target, "bob")
		rude := scimsim.Fault{Method: "PATCH", Path: "/Users", Times: 1, Hit: func() {
			raw(t, app, "PUT", "/Users/"+ada.ID, resource{"schemas": []string{schemaUser}, "userName": "ada", "nickName": "countess"})
		}}
		if opt.NoPatch {
			rude.Method, rude.Hit = "PUT", onlyOnce(rude.Hit)
		}
		app.Plant(rude)
		wanted := titled("ada", "Boss")
		wanted.ID = ada.ID
		if r := target.Apply(t.Context(), []targets.Op{{Action: targets.UpdateAccount, Account: wanted}})[0]; r.Outcome != targets.Done {
			t.Errorf("%+v: %s %v", opt.NoPatch, r.Outcome, r.Err)
		}
		app.Heal()
		for _, u := range app.Snapshot().Users {
			if u.UserName == "ada" && (u.Attributes["nickName"] != "countess" || u.Attributes["title"] != "Boss") {
				t.Errorf("no PATCH %v: one of the two changes is lost: %v", opt.NoPatch, u.Attributes)
			}
		}
		if r := target.Apply(t.Context(), []targets.Op{{Action: targets.Add, Account: bob, Entitlement: ent("eng")}})[0]; r.Outcome != targets.Done {
			t.Errorf("no PATCH %v: add: %v", opt.NoPatch, r.Err)
		}
	}
}

// onlyOnce calls f the first time.
func onlyOnce(f func()) func() {
	called := false
	return func() {
		if !called {
			called = true
			f()
		}
	}
}

// TestSlacksBudget: what Slack allows in a minute is not exceeded, and what takes access
// away still goes when the rest is used up.
func TestSlacksBudget(t *testing.T) {
	rig, _ := vendor("slack")
	target := speaker(t, rig, func(c *Config) { c.Dialect = "slack" })
	var ops []targets.Op
	for _, n := range strings.Fields(strings.Repeat("x ", 300)) {
		ops = append(ops, targets.Op{Action: targets.CreateAccount, Account: targets.Account{Name: n + string(rune('a'+len(ops)%26)) + strings.Repeat("y", len(ops)/26), Active: true}})
	}
	begin := rig.Clock.Now()
	sent, until := 0, time.Time{}
	for _, r := range target.Apply(t.Context(), ops) {
		switch r.Outcome {
		case targets.Done:
			sent++
		case targets.Throttled:
			until = r.RetryAt
		default:
			t.Fatal(r.Outcome, r.Err)
		}
	}
	if sent < 9 {
		t.Errorf("only %d were made", sent)
	}
	if spent := rig.Clock.Now().Sub(begin); float64(sent) > 180*max(1, spent.Minutes())+1 {
		t.Errorf("%d writes in %s, until %s", sent, spent, until)
	}
}

// TestServerThatIgnoresTheQuestion: where members are asked for by account, the probe
// says when the server does not listen.
func TestServerThatIgnoresTheQuestion(t *testing.T) {
	url := listServer(t, func(_ string, _, _ int) (string, string) {
		return scimMedia, `{"totalResults":1,"Resources":[{"id":"g","displayName":"eng","userName":"x"}]}`
	})
	target, _ := open(t, url, func(c *Config) { c.MembersRead = byAccount })
	r, err := target.Probe(t.Context())
	if last := r.Findings[len(r.Findings)-1]; err != nil || last.OK || !strings.Contains(last.Remedy, "members_read") {
		t.Errorf("%+v, %v", last, err)
	}
}

func TestUsersThatAreNeverDeleted(t *testing.T) {
	rig, _ := vendor("github-enterprise")
	target := speaker(t, rig, func(c *Config) { c.Dialect = "github-enterprise" })
	r := target.Apply(t.Context(), []targets.Op{{Action: targets.DeleteAccount, Account: targets.Account{ID: "u-0000001"}}})[0]
	if target.Capabilities().DeleteAccounts || r.Outcome != targets.Refused || identity.KindOf(r.Err) != identity.Invalid {
		t.Errorf("%+v", r)
	}
}

// TestURLOfDialects: the one that is usual need not be written, and a message shows what
// the others look like.
func TestURLOfDialects(t *testing.T) {
	c := Config{Dialect: "slack"}
	if faults := c.Validate(); len(faults) > 0 {
		t.Error(faults)
	}
	c.Dialect = "atlassian"
	if faults := c.Validate(); len(faults) != 1 || !strings.Contains(faults[0].Error(), "/scim/directory/") {
		t.Error(faults)
	}
}

package scim

import (
	"context"
	"fmt"
	"testing"
	"time"

	"birthright/identity"
	"birthright/targets"
	"birthright/targets/scim/scimsim"
)

// story is a wanted state that needs every kind of request to come about.
func story(t *testing.T, app *scimsim.Server) {
	t.Helper()
	seed(t, app, targets.State{
		Accounts:     []targets.Account{{Name: "leaver", Active: true}, {Name: "mover", Active: true}, {Name: "off", Active: true}},
		Entitlements: []targets.Entitlement{{Address: ent("old")}, {Address: ent("both")}},
		Assignments: []targets.Assignment{
			{AccountID: "leaver", Entitlement: ent("old")}, {AccountID: "mover", Entitlement: ent("old")}, {AccountID: "off", Entitlement: ent("both")},
		},
	})
}

// todo plans what is left to do for the story, from what a read shows, as an
// engine would: nothing is remembered from the call before.
func todo(t *testing.T, target *Target) []targets.Op {
	t.Helper()
	s, err := targets.ReadState(t.Context(), target, targets.Query{})
	if err != nil {
		t.Fatal(err)
	}
	there, held, groups := map[string]targets.Account{}, map[string]bool{}, map[string]bool{}
	names := map[string]string{}
	for _, a := range s.Accounts {
		there[a.Name], names[a.ID] = a, a.Name
	}
	for _, e := range s.Entitlements {
		groups[e.Address.ID] = true
	}
	for _, a := range s.Assignments {
		held[names[a.AccountID]+" "+a.Entitlement.ID] = true
	}
	var ops []targets.Op
	if !groups["new"] {
		ops = append(ops, targets.Op{Action: targets.CreateEntitlement, Entitlement: ent("new")})
	}
	joiners := []string{"j1", "j2", "j3", "j4"}
	for _, j := range joiners {
		if _, ok := there[j]; !ok {
			ops = append(ops, targets.Op{Action: targets.CreateAccount, Account: titled(j, "Clerk")})
		}
	}
	for who, groups := range map[string][]string{"leaver": {"old"}, "mover": {"old"}} {
		for _, g := range groups {
			if held[who+" "+g] {
				ops = append(ops, targets.Op{Action: targets.Remove, Account: there[who], Entitlement: ent(g)})
			}
		}
	}
	for _, j := range append(joiners, "mover") {
		if !held[j+" new"] {
			ops = append(ops, targets.Op{Action: targets.Add, Account: targets.Account{ID: there[j].ID, Name: j}, Entitlement: ent("new")})
		}
	}
	if mover := there["mover"]; mover.Attributes.First(identity.AttrTitle) != "Boss" {
		wanted := titled("mover", "Boss")
		wanted.ID = mover.ID
		ops = append(ops, targets.Op{Action: targets.UpdateAccount, Account: wanted})
	}
	if there["off"].Active {
		ops = append(ops, targets.Op{Action: targets.DisableAccount, Account: there["off"]})
	}
	if leaver, ok := there["leaver"]; ok {
		ops = append(ops, targets.Op{Action: targets.DeleteAccount, Account: leaver})
	}
	return ops
}

func titled(name, title string) targets.Account {
	a := targets.Account{Name: name, Active: true, Attributes: identity.Attributes{}}
	a.Attributes.Set(identity.AttrTitle, title)
	return a
}

// TestEveryFaultAtEveryRequestConverges plants one fault at one request of the
// story, for every fault and every request, and asks that going on afterwards
// ends in the wanted state, that nothing is called done which is not, and that
// nobody else's membership is touched.
func TestEveryFaultAtEveryRequestConverges(t *testing.T) {
	kinds := map[string]scimsim.Fault{
		"throttled":         {Status: 429, RetryAfter: "1"},
		"unavailable":       {Status: 503},
		"500":               {Status: 500},
		"502 after effect":  {LoseReply: true},
		"cut before effect": {Cut: true},
		"forbidden":         {Status: 403},
		"gone":              {Status: 404},
		"conflict":          {Status: 409},
		"bad request":       {Status: 400},
		"web page":          {Status: 200, Body: "<html>signed out</html>", ContentType: "text/html"},
	}
	for _, opt := range []scimsim.Options{{}, {NoPatch: true, NoFilter: true}} {
		for name, fault := range kinds {
			if opt.NoPatch && fault.Status != 0 && fault.Status != 500 {
				continue // what a refusal means does not depend on PATCH
			}
			t.Run(fmt.Sprintf("%s, PATCH %v", name, !opt.NoPatch), func(t *testing.T) {
				for at := 0; ; at++ {
					if !faultAt(t, opt, fault, at) {
						if at < 10 {
							t.Errorf("the story took only %d requests", at)
						}
						return
					}
				}
			})
		}
	}
}

// faultAt plays the story with the fault at one request; false once that is
// beyond its end.
func faultAt(t *testing.T, opt scimsim.Options, fault scimsim.Fault, at int) bool {
	t.Helper()
	app := serve(t, opt)
	defer app.Down()
	story(t, app)
	target, _ := open(t, app.URL(), nil)
	ops := todo(t, target)
	app.ResetRequests()
	fault.After, fault.Times = at, 1
	app.Plant(fault)
	results := target.Apply(t.Context(), ops)
	hit := app.Total() > at
	app.Heal()
	stillOpen := map[string]bool{}
	for _, op := range todo(t, target) {
		stillOpen[key(op)] = true
	}
	for i, r := range results {
		if r.Outcome.OK() && stillOpen[key(ops[i])] {
			t.Fatalf("request %d: %s is called %s and is not", at, key(ops[i]), r.Outcome)
		}
	}
	for round := 0; ; round++ {
		ops := todo(t, target)
		if len(ops) == 0 {
			break
		}
		if round == 3 {
			t.Fatalf("request %d: still to do after three more rounds: %v", at, ops)
		}
		target.Apply(t.Context(), ops)
	}
	if got := fmt.Sprint(app.Members("new"), app.Members("old"), app.Members("both")); got != "[j1 j2 j3 j4 mover] [] [off]" {
		t.Fatalf("request %d: members in the end: %s", at, got)
	}
	return hit
}

func key(op targets.Op) string {
	return fmt.Sprint(op.Action, " ", op.Account.Name, " ", op.Entitlement.ID)
}

// TestOutcomeOfOneFailure says what each trouble is called.
func TestOutcomeOfOneFailure(t *testing.T) {
	for _, c := range []struct {
		name  string
		fault scimsim.Fault
		want  string // of two independent ops
		kind  identity.Kind
	}{
		{"throttled", scimsim.Fault{Status: 429, RetryAfter: "7"}, "throttled throttled", identity.Throttled},
		{"throttled without a time", scimsim.Fault{Status: 429}, "throttled throttled", identity.Throttled},
		{"unavailable for a while", scimsim.Fault{Status: 503, RetryAfter: "7"}, "throttled throttled", identity.Throttled},
		{"unavailable", scimsim.Fault{Status: 503}, "unknown unknown", identity.Unavailable},
		{"broken", scimsim.Fault{Status: 500}, "unknown unknown", identity.Unavailable},
		{"token expired", scimsim.Fault{Status: 401}, "refused refused", identity.Denied},
		{"not allowed", scimsim.Fault{Status: 403}, "refused refused", identity.Denied},
		{"bad", scimsim.Fault{Status: 400}, "refused refused", identity.Invalid},
		{"conflict", scimsim.Fault{Status: 409}, "refused refused", identity.Conflict},
		{"elsewhere", scimsim.Fault{Status: 302}, "refused refused", identity.Invalid},
		{"gone", scimsim.Fault{Status: 404}, "stale stale", identity.NotFound},
		{"cut", scimsim.Fault{Cut: true}, "unknown unknown", identity.Unavailable},
		{"lost reply", scimsim.Fault{LoseReply: true}, "unknown unknown", identity.Unavailable},
	} {
		t.Run(c.name, func(t *testing.T) {
			app := serve(t, scimsim.Options{})
			story(t, app)
			target, _ := open(t, app.URL(), func(c *Config) { c.PageSize = 50 })
			c.fault.Writes = true
			app.Plant(c.fault)
			before := time.Now()
			results := target.Apply(t.Context(), []targets.Op{
				{Action: targets.DisableAccount, Account: account(t, target, "off")},
				{Action: targets.UpdateAccount, Account: titled("mover", "Boss")},
			})
			if got := outcomes(results); got != c.want {
				t.Fatalf("%s, want %s: %v", got, c.want, results[0].Err)
			}
			if kind := identity.KindOf(results[0].Err); kind != c.kind {
				t.Errorf("kind %s, want %s: %v", kind, c.kind, results[0].Err)
			}
			if at := results[0].RetryAt; (c.fault.RetryAfter != "") != at.After(before.Add(6*time.Second)) {
				t.Errorf("retry at %v", at)
			}
		})
	}
}

// account reads one account by name.
func account(t testing.TB, target *Target, name string) targets.Account {
	t.Helper()
	s, err := targets.ReadState(t.Context(), target, targets.Query{
		Accounts: []targets.Account{{Name: name}}, Entitlements: []identity.Entitlement{},
	})
	if err != nil || len(s.Accounts) != 1 {
		t.Fatalf("%s: %v, %v", name, s.Accounts, err)
	}
	return s.Accounts[0]
}

func TestTimeoutIsUnknownAndStopsTheRest(t *testing.T) {
	app := serve(t, scimsim.Options{})
	story(t, app)
	target, _ := open(t, app.URL(), func(c *Config) { c.Timeout = 50 * time.Millisecond })
	off := account(t, target, "off")
	app.ResetRequests()
	app.Plant(scimsim.Fault{Writes: true, Delay: time.Hour})
	results := target.Apply(t.Context(), []targets.Op{
		{Action: targets.DisableAccount, Account: off}, {Action: targets.DeleteAccount, Account: off}, {Action: targets.CreateAccount, Account: titled("x", "")},
	})
	if got := outcomes(results); got != "unknown unreachable unreachable" {
		t.Errorf("%s: %v", got, results[0].Err)
	}
	if app.Total() != 1 {
		t.Errorf("%d requests after the first one hung, want 1", app.Total())
	}
}

func TestOutageStopsTheRest(t *testing.T) {
	app := serve(t, scimsim.Options{})
	target, _ := open(t, app.URL(), nil)
	app.Down()
	results := target.Apply(t.Context(), []targets.Op{
		{Action: targets.CreateAccount, Account: titled("x", "")}, {Action: targets.Add, Account: targets.Account{ID: "1"}, Entitlement: ent("eng")},
	})
	if got := outcomes(results); got != "unreachable unreachable" || identity.KindOf(results[1].Err) != identity.Unavailable {
		t.Errorf("%s: %v", got, results[1].Err)
	}
}

func TestCancelledInTheMiddle(t *testing.T) {
	app := serve(t, scimsim.Options{})
	target, _ := open(t, app.URL(), nil)
	if _, err := target.Probe(t.Context()); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	app.Plant(scimsim.Fault{Writes: true, After: 1, Delay: time.Hour, Hit: cancel})
	results := target.Apply(ctx, []targets.Op{
		{Action: targets.CreateAccount, Account: titled("a", "")}, {Action: targets.CreateAccount, Account: titled("b", "")},
		{Action: targets.CreateAccount, Account: titled("c", "")},
	})
	if got := outcomes(results); got != "done unknown unreachable" {
		t.Errorf("%s", got)
	}
}

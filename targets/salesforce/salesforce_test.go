package salesforce

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"birthright/identity"
	"birthright/internal/httpkit"
	"birthright/internal/secret"
	"birthright/internal/sim"
	"birthright/internal/strictyaml"
	"birthright/targets"
	"birthright/targets/salesforce/salesforcesim"
)

// staff makes n users and returns them as a read shows them.
func staff(t testing.TB, target *Target, n int) []targets.Account {
	t.Helper()
	var ops []targets.Op
	for i := range n {
		ops = append(ops, targets.Op{Action: targets.CreateAccount, Account: targets.Account{Name: fmt.Sprintf("p%04d", i), Active: true}})
	}
	outcome(t, target, targets.Done, ops...)
	return state(t, target).Accounts
}

func state(t testing.TB, target *Target) targets.State {
	t.Helper()
	s, err := targets.ReadState(t.Context(), target, targets.Query{})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// outcome applies ops and wants the same outcome of each; it returns the last result.
func outcome(t testing.TB, target *Target, want targets.Outcome, ops ...targets.Op) (last targets.Result) {
	t.Helper()
	for i, r := range target.Apply(t.Context(), ops) {
		if last = r; r.Outcome != want {
			t.Fatalf("%s %s: %s, want %s: %v", ops[i].Action, ops[i].Account.Name, r.Outcome, want, r.Err)
		}
	}
	return last
}

func seed(t testing.TB, org *salesforcesim.Org, es ...identity.Entitlement) {
	t.Helper()
	var s targets.State
	for _, e := range es {
		s.Entitlements = append(s.Entitlements, targets.Entitlement{Address: e})
	}
	org.Seed(s)
}

func add(a targets.Account, e identity.Entitlement) targets.Op {
	return targets.Op{Action: targets.Add, Account: a, Entitlement: e}
}

func remove(a targets.Account, e identity.Entitlement) targets.Op {
	return targets.Op{Action: targets.Remove, Account: a, Entitlement: e}
}

func TestProfileIsSwapped(t *testing.T) {
	target, org, _ := rig(t, salesforcesim.Options{Profiles: []string{"Sales", "Support"}}, nil)
	ada := staff(t, target, 1)[0]
	sales, support := ent(Profile, "Sales"), ent(Profile, "Support")
	seed(t, org, sales)
	outcome(t, target, targets.Done, add(ada, sales))
	outcome(t, target, targets.Already, add(ada, sales))
	if r := outcome(t, target, targets.Refused, add(ada, support)); identity.KindOf(r.Err) != identity.Conflict {
		t.Errorf("a second profile: %v", r.Err)
	}
	if s := state(t, target); len(s.Assignments) != 1 || s.Assignments[0].Entitlement != sales || s.Assignments[0].Indirect {
		t.Errorf("%+v", s.Assignments)
	}
	outcome(t, target, targets.Done, remove(ada, sales), add(ada, support)) // a mover
	outcome(t, target, targets.Already, remove(ada, sales))
	outcome(t, target, targets.Done, remove(ada, support))
	if s := state(t, target); len(s.Assignments) != 0 {
		t.Errorf("the default profile is shown as held: %+v", s.Assignments)
	}
	outcome(t, target, targets.Refused, add(ada, ent(Profile, "Standard User")))
}

func TestProfilesWithoutADefaultAreShownAndLeft(t *testing.T) {
	target, _, _ := rig(t, salesforcesim.Options{}, func(c *Config) { c.DefaultProfile = "" })
	ada := staff(t, target, 1)[0]
	s := state(t, target)
	if len(s.Assignments) != 1 || !s.Assignments[0].Indirect || !s.Entitlements[0].ReadOnly {
		t.Errorf("%+v", s)
	}
	outcome(t, target, targets.Refused, remove(ada, ent(Profile, "Standard User")))
}

// TestEndedAssignmentIsRevived: a row that has ended stays, and a second one is refused.
func TestEndedAssignmentIsRevived(t *testing.T) {
	target, org, r := rig(t, salesforcesim.Options{}, nil)
	ada, set := staff(t, target, 1)[0], ent(PermissionSet, "Prod")
	seed(t, org, set)
	until := r.Clock.Now().Add(time.Hour + 500*time.Millisecond)
	op := add(ada, set)
	op.NotAfter = until
	outcome(t, target, targets.Done, op)
	outcome(t, target, targets.Already, op)
	if held := state(t, target).Assignments; len(held) != 1 || held[0].NotAfter.Before(until) || held[0].NotAfter.Sub(until) >= time.Second {
		t.Errorf("%+v", held)
	}
	r.Clock.Advance(2 * time.Hour)
	if held := state(t, target).Assignments; len(held) != 0 || org.Count("PermissionSetAssignment") != 1 {
		t.Errorf("after its end: %+v, %d rows", held, org.Count("PermissionSetAssignment"))
	}
	outcome(t, target, targets.Already, remove(ada, set))
	outcome(t, target, targets.Done, add(ada, set))
	if held := state(t, target).Assignments; len(held) != 1 || !held[0].NotAfter.IsZero() || org.Count("PermissionSetAssignment") != 1 {
		t.Errorf("given again: %+v", held)
	}
}

func TestEachRecordHasItsOwnFate(t *testing.T) {
	var locked string
	target, org, _ := rig(t, salesforcesim.Options{Locked: func(id string) bool { return id == locked }}, nil)
	people, set := staff(t, target, 3), ent(PermissionSet, "Prod")
	seed(t, org, set)
	locked = people[1].ID
	results := target.Apply(t.Context(), []targets.Op{add(people[0], set), add(people[1], set), add(people[2], set)})
	if results[0].Outcome != targets.Done || results[2].Outcome != targets.Done {
		t.Errorf("%v", results)
	}
	if r := results[1]; r.Outcome != targets.Throttled || r.RetryAt.IsZero() || identity.KindOf(r.Err) != identity.Throttled {
		t.Errorf("the one that is locked: %+v", r)
	}
	locked = ""
	outcome(t, target, targets.Done, add(people[1], set))
}

func TestLicencesRunOut(t *testing.T) {
	target, _, _ := rig(t, salesforcesim.Options{Licences: 1}, nil)
	staff(t, target, 1)
	r := outcome(t, target, targets.Refused, targets.Op{Action: targets.CreateAccount, Account: targets.Account{Name: "second", Active: true}})
	if !strings.Contains(r.Err.Error(), "LICENSE_LIMIT_EXCEEDED") || !strings.Contains(r.Err.Error(), "licences") {
		t.Error(r.Err)
	}
}

// TestDaysRequests: a 403 that says the day's requests are used up means to wait.
func TestDaysRequests(t *testing.T) {
	target, _, r := rig(t, salesforcesim.Options{}, nil)
	ada := staff(t, target, 1)[0]
	r.Transport.Plant(sim.Fault{Status: http.StatusForbidden, Body: `[{"message":"TotalRequests Limit exceeded.","errorCode":"REQUEST_LIMIT_EXCEEDED"}]`})
	got := target.Apply(t.Context(), []targets.Op{{Action: targets.DisableAccount, Account: ada}})[0]
	if got.Outcome != targets.Throttled {
		t.Errorf("%+v", got)
	}
	for header, left := range map[string]int{"api-usage=18/5000": 4982, "api-usage=18/5000; per-app-api-usage=17/250(appName=x)": 4982, "api-usage=5000/5000": 0} {
		reading := usage(http.Header{"Sforce-Limit-Info": {header}}, time.Now())[""]
		if reading.Limit != 5000 || reading.Remaining != left {
			t.Errorf("%s: %+v", header, reading)
		}
	}
	if usage(http.Header{"Sforce-Limit-Info": {"api-usage=many/5000"}}, time.Now()) != nil {
		t.Error("a reading was made of nonsense")
	}
}

// TestFewRequests makes 400 users and gives each a permission set: a request for 200 of
// them, and what is needed to know who they are and what they have.
func TestFewRequests(t *testing.T) {
	target, org, r := rig(t, salesforcesim.Options{}, nil)
	before := target.Calls()
	var ops []targets.Op
	for i := range 400 {
		ops = append(ops, targets.Op{Action: targets.CreateAccount, Account: targets.Account{Name: fmt.Sprintf("p%04d", i), Active: true}})
	}
	outcome(t, target, targets.Done, ops...)
	if calls := target.Calls() - before; calls != 4 { // a token, which profile, and 200 at a time
		t.Errorf("%d requests for 400 users, want 4", calls)
	}
	set := ent(PermissionSet, "Prod")
	seed(t, org, set)
	_, methods := r.Transport.Calls()
	posts := methods[http.MethodPost]
	var gifts []targets.Op
	for _, a := range state(t, target).Accounts {
		gifts = append(gifts, add(a, set))
	}
	outcome(t, target, targets.Done, gifts...)
	if _, methods = r.Transport.Calls(); methods[http.MethodPost]-posts != 2 {
		t.Errorf("%d writes for 400 assignments, want 2", methods[http.MethodPost]-posts)
	}
}

func TestLiteral(t *testing.T) {
	for in, want := range map[string]string{`O'Brien`: `'O\'Brien'`, `a\`: `'a\\'`, "x' OR Name != '": `'x\' OR Name != \''`, "a\nb": `'a\nb'`, "李": "'李'"} {
		if got := literal(in); got != want {
			t.Errorf("%q: %s, want %s", in, got, want)
		}
	}
	var all []string
	for i := range 1000 {
		all = append(all, fmt.Sprintf("%018d", i))
	}
	parts := portions(all)
	if len(slices.Concat(parts...)) != 1000 || len(parts) < 2 || len(parts[0]) > 200 {
		t.Errorf("%d portions", len(parts))
	}
}

// TestAdoption: who is there as wanted was made by an earlier try. Usernames are the whole world's, so that one can be
// taken by nobody who is here.
func TestAdoption(t *testing.T) {
	target, org, _ := rig(t, salesforcesim.Options{}, nil)
	op := targets.Op{Action: targets.CreateAccount, Account: targets.Account{Name: "ada", Active: true}}
	first := outcome(t, target, targets.Done, op)
	again := outcome(t, target, targets.Already, op)
	if again.AccountID != first.AccountID {
		t.Errorf("%s, %s", first.AccountID, again.AccountID)
	}
	org.Set("ada@acme.example", "Title", "Boss")
	if r := outcome(t, target, targets.Stale, op); r.AccountID != first.AccountID {
		t.Errorf("%+v", r)
	}
	org.Set("ada@acme.example", "FederationIdentifier", "somebody-else")
	if r := outcome(t, target, targets.Refused, op); identity.KindOf(r.Err) != identity.Conflict {
		t.Errorf("%+v", r)
	}
}

func TestProbeNamesTheRightThatIsMissing(t *testing.T) {
	target, _, _ := rig(t, salesforcesim.Options{Denied: []string{"PermissionSetAssignment"}}, func(c *Config) { c.Users.Profile = "Nobody" })
	report, err := target.Probe(t.Context())
	if err != nil || !report.Reachable {
		t.Fatal(report, err)
	}
	bad := map[string]string{}
	for _, f := range report.Findings {
		if !f.OK {
			bad[f.Check] = f.Detail + "; " + f.Remedy
		}
	}
	if len(bad) != 2 || !strings.Contains(bad["change PermissionSetAssignment"], "Assign Permission Sets") || bad["profile Nobody"] == "" {
		t.Errorf("%v", bad)
	}
}

func TestConfig(t *testing.T) {
	var c Config
	_, faults := strictyaml.Decode("x.yaml", []byte(`
url: https://acme.my.salesforce.com
api_version: "61.0"
name_field: federation-id
default_profile: Minimum Access - Salesforce
oauth: {client_id: app, key: "env:SF_KEY", user: hub@acme.com, login_url: "https://test.salesforce.com"}
users: {profile: Standard User, username_suffix: "@acme.com", timezone: Europe/Berlin, locale: de_DE, language: de}
`), &c)
	if wrong := c.Validate(); len(faults)+len(wrong) > 0 {
		t.Fatal(faults, wrong)
	}
	j, ok := c.auth().(httpkit.JWTBearer)
	if !ok || j.TokenURL != "https://acme.my.salesforce.com/services/oauth2/token" || j.Audience != "https://test.salesforce.com" || j.Subject != "hub@acme.com" {
		t.Errorf("%+v", c.auth())
	}
	bad := Config{APIVersion: "v51", NameField: "mail", Users: Users{UsernameSuffix: ".x"}, OAuth: OAuth{ClientSecret: secret.Value("a"), Key: secret.Value("b")}}
	text := fmt.Sprint(bad.Validate())
	for _, want := range []string{"My Domain", "api_version", "name_field", "username_suffix", "client_id", "either client_secret or key"} {
		if !strings.Contains(text, want) {
			t.Errorf("nothing said about %s in %s", want, text)
		}
	}
	old := Config{APIVersion: "51.0"}
	if text := fmt.Sprint(old.Validate()); !strings.Contains(text, "since 52.0") {
		t.Error(text)
	}
	for _, m := range []targets.Mapping{{To: "Username", From: "email"}, {To: "a b", From: "email"}, {To: "Title", From: ""}} {
		good := Config{Connection: httpkit.Connection{URL: "https://acme.my.salesforce.com"}}
		if _, err := good.Open(targets.Env{Name: "t", Map: []targets.Mapping{m}}); identity.KindOf(err) != identity.Invalid {
			t.Errorf("%+v: %v", m, err)
		}
	}
}

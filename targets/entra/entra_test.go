package entra

import (
	"strings"
	"testing"

	"birthright/identity"
	"birthright/targets"
	"birthright/targets/entra/entrasim"
)

// Whoever is shut out is signed out, and nobody else.
func TestSessionsEnd(t *testing.T) {
	r := newRig(t, description(t), entrasim.Options{}, nil)
	r.org.Seed(targets.State{Accounts: []targets.Account{named("ada"), named("bob")}})
	if res := r.apply(t, targets.Op{Action: targets.DisableAccount, Account: named("ada")})[0]; res.Outcome != targets.Done {
		t.Fatalf("%+v", res)
	}
	if a, b := r.org.SignedOut("ada"+domain), r.org.SignedOut("bob"+domain); a != 1 || b != 0 {
		t.Errorf("ada was signed out %d times, bob %d", a, b)
	}
	n, err := r.target.EndSessions(t.Context(), []targets.Account{named("bob"), named("nobody")}, identity.Entitlement{})
	if n != 1 || err != nil || r.org.SignedOut("bob"+domain) != 1 {
		t.Errorf("%d ended, %v", n, err)
	}
	denied := newRig(t, description(t), entrasim.Options{Denied: []string{"POST revokeSignInSessions"}}, nil)
	denied.org.Seed(targets.State{Accounts: []targets.Account{named("ada")}})
	if _, err := denied.target.EndSessions(t.Context(), []targets.Account{named("ada")}, identity.Entitlement{}); identity.KindOf(err) != identity.Denied {
		t.Errorf("without the right: %v, want denied", err)
	}
	if res := denied.apply(t, targets.Op{Action: targets.DisableAccount, Account: named("ada")})[0]; res.Outcome != targets.Done {
		t.Errorf("a user who cannot be signed out is disabled all the same: %+v", res)
	}
	if !strings.Contains(denied.Said(), "could not be signed out") {
		t.Error("that they were not signed out is not told")
	}
}

// Lists of changes lapse after a week. Then everything may have changed.
func TestTheWatermarkAfterALapse(t *testing.T) {
	r := newRig(t, description(t), entrasim.Options{}, nil)
	mark := func() string {
		m, err := r.target.Watermark(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		return m
	}
	first := mark()
	if again := mark(); again != first {
		t.Errorf("%s, and without a change %s", first, again)
	}
	r.org.Lapse()
	lapsed := mark()
	if lapsed == first {
		t.Error("the mark stood still although nobody knows what changed")
	}
	r.org.Seed(targets.State{Accounts: []targets.Account{named("ada")}})
	if mark() == lapsed {
		t.Error("the mark stood still while somebody was added")
	}
}

// People may log in by another name than the hub's, and keep the account when that
// name changes.
func TestLoginByAnAttribute(t *testing.T) {
	r := newRig(t, description(t), entrasim.Options{}, func(c *Config) { c.Login = "email" })
	ada := r.target.Normalise(targets.Account{Name: "ada", Active: true, Attributes: identity.Attributes{"email": {"ada@example.com"}}})
	made := r.apply(t, targets.Op{Action: targets.CreateAccount, Account: ada})[0]
	if a := r.read(t).Accounts[0]; a.Name != "ada@example.com" || made.Outcome != targets.Done || !a.Attributes.Equal(ada.Attributes) {
		t.Fatalf("%+v, %+v", made, a)
	}
	ada.ID = made.AccountID
	ada.Attributes.Set("email", "countess@example.com")
	if res := r.apply(t, targets.Op{Action: targets.UpdateAccount, Account: r.target.Normalise(ada)})[0]; res.Outcome != targets.Done {
		t.Errorf("%+v", res)
	}
	if s := r.read(t); len(s.Accounts) != 1 || s.Accounts[0].Name != "countess@example.com" || s.Accounts[0].ID != ada.ID {
		t.Errorf("%+v", s.Accounts)
	}
}

// The probe says which right is missing.
func TestProbeFindsWhatIsMissing(t *testing.T) {
	spec := description(t)
	for denied, check := range map[string]string{
		"GET users": "read users", "GET groups": "read groups", "PATCH users": "change users",
		"POST revokeSignInSessions": "sign users out", "DELETE $ref": "change members of groups", "nothing": "",
	} {
		r := newRig(t, spec, entrasim.Options{Denied: []string{denied}}, nil)
		r.org.Seed(targets.State{Entitlements: []targets.Entitlement{{Address: address("eng")}}})
		report, err := r.target.Probe(t.Context())
		if err != nil || !report.Reachable {
			t.Fatalf("%+v, %v", report, err)
		}
		missing := ""
		for _, f := range report.Findings {
			if !f.OK {
				missing += f.Check
			}
			if !f.OK && !strings.Contains(f.Remedy, ".All") {
				t.Errorf("without %s: the remedy names no permission: %+v", denied, f)
			}
		}
		if missing != check {
			t.Errorf("without %s: missing %q, want %q", denied, missing, check)
		}
	}
}

func TestFaultsOfTheConfiguration(t *testing.T) {
	for want, change := range map[string]func(*Config){
		"tenant is missing":        func(c *Config) { c.Tenant = "" },
		"client_id is missing":     func(c *Config) { c.ClientID = "" },
		"client_secret is missing": func(c *Config) { c.ClientSecret = ref(t, "") },
		"page_size: 1000":          func(c *Config) { c.PageSize = 1000 },
		"login_url: url":           func(c *Config) { c.LoginURL = "ftp://login" },
	} {
		c := Config{Tenant: "example.com", ClientID: "app", ClientSecret: ref(t, canary)}
		change(&c)
		faults := c.Validate()
		if len(faults) != 1 || !strings.Contains(faults[0].Error(), want) {
			t.Errorf("%v, want one fault with %q", faults, want)
		}
	}
	for _, m := range []targets.Mapping{{To: "userPrincipalName", From: "email"}, {To: "a b", From: "email"}, {To: "", From: "email"}} {
		if _, err := parseMap([]targets.Mapping{m}, ""); err == nil {
			t.Errorf("map %v: no fault", m)
		}
	}
	if _, err := parseMap([]targets.Mapping{{To: "mail", From: "email"}}, "email"); err == nil {
		t.Error("a login that is in the map too: no fault")
	}
}

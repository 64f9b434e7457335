package okta

import (
	"strings"
	"testing"

	"birthright/identity"
	"birthright/targets"
	"birthright/targets/okta/oktasim"
)

// Who is deprovisioned still has the name, and is left out of Okta's plain list.
func TestDeprovisionedUsersAreRead(t *testing.T) {
	r := newRig(t, oktasim.Options{NamesOptional: true}, nil)
	r.org.Seed(targets.State{Accounts: []targets.Account{named("ada"), named("bob")}})
	r.org.Put("ada"+domain, "DEPROVISIONED")
	s := r.read(t)
	if len(s.Accounts) != 2 || s.Accounts[0].Active || !s.Accounts[1].Active {
		t.Fatalf("read %+v, want ada inactive and bob active", s.Accounts)
	}
	res := r.one(t, targets.Op{Action: targets.CreateAccount, Account: named("ada")})
	if res.Outcome != targets.Stale || identity.KindOf(res.Err) != identity.Conflict || res.AccountID != s.Accounts[0].ID {
		t.Errorf("creating ada again: %+v, want stale with her id", res)
	}
	if res := r.one(t, targets.Op{Action: targets.EnableAccount, Account: s.Accounts[0]}); res.Outcome != targets.Done {
		t.Errorf("enabling ada: %+v", res)
	}
	if !r.read(t).Accounts[0].Active {
		t.Error("ada is not active")
	}
}

// Okta suspends nobody who never signed in; deactivating them is for people to decide.
func TestOnlyActiveUsersAreSuspended(t *testing.T) {
	r := newRig(t, oktasim.Options{NamesOptional: true}, nil)
	r.org.Seed(targets.State{Accounts: []targets.Account{named("ada")}})
	r.org.Put("ada"+domain, "PROVISIONED")
	res := r.one(t, targets.Op{Action: targets.DisableAccount, Account: named("ada")})
	if res.Outcome != targets.Refused || !strings.Contains(res.Err.Error(), "PROVISIONED") || !strings.Contains(res.Err.Error(), "deactivate: true") {
		t.Errorf("%+v, want a refusal that says what can be done", res)
	}
	if !r.read(t).Accounts[0].Active {
		t.Error("ada was changed")
	}
	told := newRig(t, oktasim.Options{NamesOptional: true}, func(c *Config) { c.Deactivate = true })
	told.org.Seed(targets.State{Accounts: []targets.Account{named("ada")}})
	told.org.Put("ada"+domain, "PROVISIONED")
	if res := told.one(t, targets.Op{Action: targets.DisableAccount, Account: named("ada")}); res.Outcome != targets.Done {
		t.Errorf("with deactivate: %+v", res)
	}
}

// Okta takes a user out of every application before they are deactivated. Nobody is
// called deleted meanwhile, and nothing is asked twice.
func TestSlowDeactivationIsPending(t *testing.T) {
	for _, action := range []targets.Action{targets.DeleteAccount, targets.DisableAccount} {
		r := newRig(t, oktasim.Options{NamesOptional: true, Slow: 5}, func(c *Config) { c.Deactivate = true })
		r.org.Seed(targets.State{Accounts: []targets.Account{named("ada")}})
		op := targets.Op{Action: action, Account: r.read(t).Accounts[0]}
		for i := range 2 {
			r.Transport.ResetCalls()
			if res := r.one(t, op); res.Outcome != targets.Pending {
				t.Fatalf("%s, time %d: %+v, want pending", action, i+1, res)
			}
			total, byMethod := r.Transport.Calls()
			if writes := total - byMethod["GET"]; writes != 1-i {
				t.Errorf("%s, time %d: %d writes, want %d", action, i+1, writes, 1-i)
			}
		}
		if s := r.read(t); len(s.Accounts) != 1 || s.Accounts[0].Active {
			t.Errorf("%s: while it lasts, the read shows %+v", action, s.Accounts)
		}
		res := targets.Result{}
		for range 6 {
			res = r.one(t, op)
		}
		if !res.Outcome.OK() {
			t.Errorf("%s in the end: %+v", action, res)
		}
		if n := len(r.read(t).Accounts); action == targets.DeleteAccount && n != 0 {
			t.Errorf("%d users are left", n)
		}
	}
}

// Okta finds users by the beginning of their login where an id belongs.
func TestAnIDIsNotTakenForALogin(t *testing.T) {
	r := newRig(t, oktasim.Options{NamesOptional: true}, nil)
	r.org.Seed(targets.State{Accounts: []targets.Account{named("ada")}, Entitlements: []targets.Entitlement{{Address: eng()}}})
	for _, id := range []string{"ada", "ada" + domain, "../groups", "me?x=1"} {
		for _, action := range []targets.Action{targets.DisableAccount, targets.UpdateAccount, targets.Add} {
			res := r.one(t, targets.Op{Action: action, Account: targets.Account{ID: id}, Entitlement: eng()})
			if res.Outcome != targets.Stale {
				t.Errorf("%s of id %q: %+v, want stale", action, id, res)
			}
		}
		if res := r.one(t, targets.Op{Action: targets.DeleteAccount, Account: targets.Account{ID: id}}); !res.Outcome.OK() {
			t.Errorf("deleting id %q: %+v", id, res)
		}
	}
	if s := r.read(t); len(s.Accounts) != 1 || !s.Accounts[0].Active || len(s.Assignments) != 0 {
		t.Errorf("somebody was changed: %+v", s)
	}
}

// What Okta says in particular is what a person needs.
func TestRefusalsSayWhatWasWrong(t *testing.T) {
	r := newRig(t, oktasim.Options{}, nil)
	res := r.one(t, targets.Op{Action: targets.CreateAccount, Account: named("ada")})
	if res.Outcome != targets.Refused || !strings.Contains(res.Err.Error(), "firstName: The field cannot be left blank") {
		t.Errorf("%+v, want refused with Okta's cause", res)
	}
	res = r.one(t, targets.Op{Action: targets.CreateAccount, Account: targets.Account{Name: "ada-without-domain", Active: true}})
	if res.Outcome != targets.Refused || !strings.Contains(res.Err.Error(), "form of an email address") {
		t.Errorf("%+v, want refused with Okta's cause", res)
	}
}

// Without mail, a user that was made and not activated is brought to the end.
func TestHalfMadeUsersAreActivated(t *testing.T) {
	no := false
	r := newRig(t, oktasim.Options{NamesOptional: true}, func(c *Config) { c.ActivationEmail = &no })
	r.org.Seed(targets.State{Accounts: []targets.Account{named("ada")}})
	r.org.Put("ada"+domain, "STAGED")
	if res := r.one(t, targets.Op{Action: targets.CreateAccount, Account: named("ada")}); res.Outcome != targets.Done {
		t.Errorf("%+v, want done", res)
	}
	if !r.read(t).Accounts[0].Active {
		t.Error("ada is not active")
	}
}

// People may log in by another name than the hub's, and keep the account when that
// name changes.
func TestLoginByAnAttribute(t *testing.T) {
	r := newRig(t, oktasim.Options{NamesOptional: true}, func(c *Config) { c.Login = "email" })
	ada := r.target.Normalise(targets.Account{Name: "ada", Active: true, Attributes: identity.Attributes{"email": {"ada@example.org"}}})
	made := r.one(t, targets.Op{Action: targets.CreateAccount, Account: ada})
	if a := r.read(t).Accounts[0]; a.Name != "ada@example.org" || made.Outcome != targets.Done {
		t.Fatalf("%+v, %+v", made, a)
	}
	ada.ID = made.AccountID
	ada.Attributes.Set("email", "countess@example.org")
	if res := r.one(t, targets.Op{Action: targets.UpdateAccount, Account: r.target.Normalise(ada)}); res.Outcome != targets.Done {
		t.Errorf("%+v", res)
	}
	if s := r.read(t); len(s.Accounts) != 1 || s.Accounts[0].Name != "countess@example.org" || s.Accounts[0].ID != ada.ID {
		t.Errorf("%+v", s.Accounts)
	}
	c := Config{Login: "team", Token: ref(t, canary)}
	c.URL = base
	if _, err := c.open(targets.Env{Name: "t"}, nil); err == nil {
		t.Error("a login that is not in the map: no fault")
	}
}

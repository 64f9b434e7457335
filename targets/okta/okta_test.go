package okta

import (
	"testing"

	"birthright/identity"
	"birthright/targets"
)

// story does one of everything.
func (r *rig) story(t testing.TB) {
	t.Helper()
	ada := named("ada")
	for _, op := range []targets.Op{
		{Action: targets.CreateEntitlement, Entitlement: eng()},
		{Action: targets.CreateAccount, Account: ada},
		{Action: targets.Add, Account: ada, Entitlement: eng()},
		{Action: targets.Add, Account: ada, Entitlement: eng()},
		{Action: targets.UpdateAccount, Account: targets.Account{Name: ada.Name, Attributes: identity.Attributes{identity.AttrTitle: {"Countess"}}}},
		{Action: targets.DisableAccount, Account: ada},
	} {
		if res := r.one(t, op); !res.Outcome.OK() {
			t.Fatalf("%s: %s, %v", op.Action, res.Outcome, res.Err)
		}
	}
	id := r.read(t).Accounts[0].ID
	ada.ID = id
	for _, action := range []targets.Action{targets.EnableAccount, targets.Remove, targets.DeleteAccount} {
		if res := r.one(t, targets.Op{Action: action, Account: ada, Entitlement: eng()}); !res.Outcome.OK() {
			t.Fatalf("%s: %s, %v", action, res.Outcome, res.Err)
		}
	}
}

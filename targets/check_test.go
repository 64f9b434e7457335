package targets

import (
	"strings"
	"testing"

	"birthright/identity"
)

func TestCheckGroupOp(t *testing.T) {
	eng := identity.Entitlement{Target: "app", Kind: "group", ID: "eng"}
	ada := Account{Name: "ada"}
	for says, op := range map[string]Op{
		"":                        {Action: Add, Account: ada, Entitlement: eng},
		"not created here":        {Action: CreateEntitlement, Entitlement: eng},
		"names no account":        {Action: Remove, Entitlement: eng},
		"not something":           {Action: "dance", Account: ada},
		"not a group of target":   {Action: Add, Account: ada, Entitlement: identity.Entitlement{Target: "other", Kind: "group", ID: "eng"}},
		"an account needs a name": {Action: CreateAccount, Account: Account{ID: "1"}},
	} {
		err := CheckGroupOp(op, "app", "group", false)
		if (says == "") != (err == nil) || err != nil && !strings.Contains(err.Error(), says) {
			t.Errorf("%s: %v, want %q", op.Action, err, says)
		}
	}
	if err := CheckGroupOp(Op{Action: CreateEntitlement, Entitlement: eng}, "app", "group", true); err != nil {
		t.Error(err)
	}
}

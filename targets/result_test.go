package targets

import (
	"errors"
	"testing"

	"birthright/identity"
)

func TestFailedNamesTheOp(t *testing.T) {
	eng := identity.Entitlement{Target: "github", Kind: "team", ID: "eng"}
	for want, op := range map[string]Op{
		"ada":                 {Account: Account{ID: "7", Name: "ada"}},
		"7":                   {Account: Account{ID: "7"}},
		"ada github:team/eng": {Account: Account{ID: "7", Name: "ada"}, Entitlement: eng},
		"github:team/eng":     {Entitlement: eng},
		"":                    {},
	} {
		if got := op.Object(); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
	r := Failed(Op{Action: Add, Account: Account{Name: "ada"}, Entitlement: eng}, Refused, identity.Denied, errors.New("no"))
	if r.Outcome != Refused || identity.KindOf(r.Err) != identity.Denied || r.Err.Error() != "add: ada github:team/eng: no" {
		t.Errorf("got %+v", r)
	}
}

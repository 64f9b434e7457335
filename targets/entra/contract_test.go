package entra

import (
	"slices"
	"strings"
	"testing"

	"birthright/targets"
	"birthright/targets/entra/entrasim"
	"birthright/targets/targettest"
)

// notPrincipal reports whether Entra takes no such name before the @.
func notPrincipal(name string) bool {
	return strings.ContainsFunc(name, func(r rune) bool {
		return !strings.ContainsRune("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789'.-_!#^~", r)
	})
}

func TestContract(t *testing.T) {
	spec := description(t)
	for _, c := range []struct {
		name   string
		opt    entrasim.Options
		refuse func(string) bool
	}{
		{"names of any format", entrasim.Options{AnyName: true}, nil},
		{"names as Entra takes them", entrasim.Options{}, notPrincipal},
	} {
		t.Run(c.name, func(t *testing.T) {
			targettest.Run(t, targettest.Harness{New: func(t testing.TB) targettest.Peer {
				p := newRig(t, spec, c.opt, nil).peer()
				p.RefusesName = c.refuse
				return p
			}})
		})
	}
}

// Every operation of the description that the adapter has was held against it.
func TestEveryOperationIsInTheDescription(t *testing.T) {
	spec := description(t)
	r := newRig(t, spec, entrasim.Options{}, nil)
	ada, bob, eng := named("ada"), named("bob"), address("eng")
	for _, op := range []targets.Op{
		{Action: targets.CreateEntitlement, Entitlement: eng},
		{Action: targets.CreateAccount, Account: ada}, {Action: targets.CreateAccount, Account: bob},
		{Action: targets.Add, Account: ada, Entitlement: eng}, {Action: targets.Add, Account: ada, Entitlement: eng},
		{Action: targets.DisableAccount, Account: ada}, {Action: targets.Remove, Account: ada, Entitlement: eng},
		{Action: targets.Remove, Account: bob, Entitlement: eng},
	} {
		if res := r.apply(t, op)[0]; !res.Outcome.OK() {
			t.Fatalf("%s: %+v", op.Action, res)
		}
	}
	s := r.read(t)
	for _, action := range []targets.Action{targets.EnableAccount, targets.DeleteAccount} {
		if res := r.apply(t, targets.Op{Action: action, Account: s.Accounts[0]})[0]; !res.Outcome.OK() {
			t.Fatalf("%s: %+v", action, res)
		}
	}
	for _, op := range []string{
		"GET /users", "POST /users", "GET /users/{id}", "PATCH /users/{id}", "DELETE /users/{id}", "GET /groups", "POST /groups", "GET /groups/{id}",
		"PATCH /groups/{id}", "GET /groups/{id}/members", "POST /groups/{id}/members/$ref", "DELETE /groups/{id}/members/{id_1}/$ref",
	} {
		if !slices.Contains(spec.Seen(), op) {
			t.Errorf("%s was never called: %q", op, spec.Seen())
		}
	}
}

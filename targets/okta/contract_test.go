package okta

import (
	"net/mail"
	"slices"
	"testing"

	"birthright/targets/okta/oktasim"
	"birthright/targets/targettest"
)

// notAddress reports whether Okta takes no login of that name in its usual format.
func notAddress(name string) bool {
	parsed, err := mail.ParseAddress(name + domain)
	return err != nil || parsed.Address != name+domain
}

func TestContract(t *testing.T) {
	no := false
	spec, key := description(t), ref(t, newKey(t))
	for _, c := range []struct {
		name   string
		opt    oktasim.Options
		change func(*Config)
		refuse func(string) bool
	}{
		{"logins of any format", oktasim.Options{AnyLogin: true, NamesOptional: true}, nil, nil},
		{"logins are addresses", oktasim.Options{NamesOptional: true}, nil, notAddress},
		{"no mail", oktasim.Options{AnyLogin: true, NamesOptional: true}, func(c *Config) { c.ActivationEmail = &no }, nil},
		{"deactivating, rules ignored", oktasim.Options{AnyLogin: true, NamesOptional: true, EditGone: true}, func(c *Config) {
			c.Deactivate, c.Groups.IgnoreRules = true, true
		}, nil},
		{"service app", oktasim.Options{AnyLogin: true, NamesOptional: true, ClientID: "0oa1"}, func(c *Config) {
			c.Token, c.OAuth = ref(t, ""), OAuth{ClientID: "0oa1", Key: key}
		}, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			targettest.Run(t, targettest.Harness{New: func(t testing.TB) targettest.Peer {
				p := newRigBy(t, spec, c.opt, c.change).peer()
				p.RefusesName = c.refuse
				return p
			}})
		})
	}
}

// Every operation that the adapter has was held against Okta's description.
func TestEveryOperationIsInTheDescription(t *testing.T) {
	r := newRig(t, oktasim.Options{AnyLogin: true, NamesOptional: true}, nil)
	r.story(t)
	deactivating := newRig(t, oktasim.Options{NamesOptional: true}, func(c *Config) { c.Deactivate = true })
	deactivating.story(t)
	seen := append(r.org.spec.Seen(), deactivating.org.spec.Seen()...)
	for _, op := range []string{
		"GET /api/v1/groups", "POST /api/v1/groups", "GET /api/v1/groups/rules", "GET /api/v1/groups/{groupId}/users",
		"PUT /api/v1/groups/{groupId}/users/{userId}", "DELETE /api/v1/groups/{groupId}/users/{userId}",
		"GET /api/v1/users", "POST /api/v1/users", "GET /api/v1/users/{id}", "POST /api/v1/users/{id}", "DELETE /api/v1/users/{id}",
		"GET /api/v1/users/{id}/groups", "POST /api/v1/users/{id}/lifecycle/activate", "POST /api/v1/users/{id}/lifecycle/deactivate",
		"POST /api/v1/users/{id}/lifecycle/suspend", "POST /api/v1/users/{id}/lifecycle/unsuspend",
	} {
		if !slices.Contains(seen, op) {
			t.Errorf("%s was never called", op)
		}
	}
}

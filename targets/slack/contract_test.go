package slack

import (
	"regexp"
	"testing"

	"birthright/targets/slack/slacksim"
	"birthright/targets/targettest"
)

// possible are the names that can be handles, and stand before an @.
var possible = regexp.MustCompile(`^[a-z0-9][a-z0-9._-]*$`)

func TestContract(t *testing.T) {
	for _, c := range []struct {
		name, kind string
		change     func(*Config, *slacksim.Options)
	}{
		{"user groups", kindGroup, nil},
		{"user groups that others make, disabled ones hidden from writers", kindGroup, func(c *Config, o *slacksim.Options) {
			c.Usergroups.Create, c.Channels, o.HideDisabled = false, nil, true
			o.Scopes = []string{"users:read", "users:read.email", "usergroups:read", "usergroups:write"}
		}},
		{"channels", kindChannel, func(c *Config, o *slacksim.Options) { c.Usergroups.Create = false }},
	} {
		t.Run(c.name, func(t *testing.T) {
			targettest.Run(t, targettest.Harness{New: func(t testing.TB) targettest.Peer {
				r := newRig(t, c.change)
				p := r.Peer(plain{r.target}, "t")
				p.Kind, p.Canary = c.kind, canary
				p.RefusesName = func(name string) bool { return !possible.MatchString(name) || len(name) > 64 }
				return p
			}})
		})
	}
}

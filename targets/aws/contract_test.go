package aws

import (
	"testing"
	"time"

	"birthright/targets/aws/awssim"
	"birthright/targets/targettest"
)

func TestContractOfGroups(t *testing.T) {
	for name, c := range map[string]struct {
		opt    awssim.Options
		change func(*Config)
	}{
		"small pages": {opt: awssim.Options{Page: 2}},
		"without scim, instance told": {change: func(c *Config) {
			c.SCIM, c.InstanceARN, c.IdentityStoreID = SCIM{}, awssim.Instance, awssim.Store
		}},
		"groups made by others": {change: func(c *Config) { c.Groups.Create = false }},
	} {
		t.Run(name, func(t *testing.T) {
			targettest.Run(t, targettest.Harness{New: func(t testing.TB) targettest.Peer { return newRig(t, c.opt, c.change).peer() }})
		})
	}
}

func TestContractOfPermissionSets(t *testing.T) {
	for name, c := range map[string]struct {
		opt    awssim.Options
		change func(*Config)
	}{
		"at once": {opt: awssim.Options{Page: 2}},
		"in the background, outside the main account": {opt: awssim.Options{Lag: 2 * time.Second, NoPrincipals: true}},
		"groups told apart, own account":              {opt: awssim.Options{NoGroupHoldings: true}, change: func(c *Config) { c.AWSAccounts = []string{"111122223333"} }},
	} {
		t.Run(name, func(t *testing.T) {
			targettest.Run(t, targettest.Harness{New: func(t testing.TB) targettest.Peer { return newRig(t, c.opt, c.change).setPeer() }})
		})
	}
}

func TestContractOfIAM(t *testing.T) {
	targettest.Run(t, targettest.Harness{New: func(t testing.TB) targettest.Peer {
		p := newRig(t, awssim.Options{Page: 2, IAM: true}, nil).peer()
		p.RefusesName = func(name string) bool { return !awssim.IAMName(name) }
		return p
	}})
}

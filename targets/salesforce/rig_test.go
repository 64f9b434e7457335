package salesforce

import (
	"net/http"
	"testing"
	"time"

	"birthright/identity"
	"birthright/internal/httpkit"
	"birthright/internal/secret"
	"birthright/internal/sim"
	"birthright/targets"
	"birthright/targets/salesforce/salesforcesim"
	"birthright/targets/targettest"
	"birthright/targets/targettest/simtest"
)

const canary = "canary-sf-91c0de"

// system is a stand-in, perhaps with something around it.
type system = sim.System

// rig is an organisation with a target over it; change may edit the configuration.
func rig(t testing.TB, options salesforcesim.Options, change func(*Config)) (*Target, *salesforcesim.Org, *simtest.Rig) {
	return rigOn(t, options, change, func(org *salesforcesim.Org) system { return org })
}

// rigOn is the same with something around the organisation.
func rigOn(t testing.TB, options salesforcesim.Options, change func(*Config), around func(*salesforcesim.Org) system) (*Target, *salesforcesim.Org, *simtest.Rig) {
	t.Helper()
	var r *simtest.Rig
	options.ClientID, options.ClientSecret, options.PageSize = "hub", canary, 3
	options.Now = func() time.Time { return r.Clock.Now() }
	org := salesforcesim.New(options)
	r = simtest.New(around(org))
	c := &Config{Connection: httpkit.Connection{URL: "https://acme.my.salesforce.com"}, NameField: byFederation, DefaultProfile: "Standard User",
		Users: Users{Profile: "Standard User", UsernameSuffix: "@acme.example"},
		OAuth: OAuth{ClientID: "hub", ClientSecret: secret.Value(canary)}}
	if change != nil {
		change(c)
	}
	for _, fault := range c.Validate() {
		t.Fatal(fault)
	}
	r.Transport.Reading(func(q *http.Request) bool { return q.URL.Path == salesforcesim.TokenPath })
	target, err := c.open(r.Env("t"), r.Transport)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = target.Close() })
	return target, org, r
}

// peer makes a peer of the contract for one kind of entitlement.
func peer(t testing.TB, kind string, around func(*salesforcesim.Org) system) targettest.Peer {
	target, _, r := rigOn(t, salesforcesim.Options{}, nil, around)
	p := r.Peer(target, "t")
	p.Kind, p.Canary, p.Nests, p.Batch, p.Uses = kind, canary, kind == PublicGroup, 3, true
	p.RefusesName = func(name string) bool {
		return !usernameForm.MatchString(target.username(targets.Account{Name: name}))
	}
	return p
}

// ent addresses something of the target under test.
func ent(kind, id string) identity.Entitlement {
	return identity.Entitlement{Target: "t", Kind: kind, ID: id}
}

package aws

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"birthright/internal/secret"
	"birthright/internal/sim"
	"birthright/targets"
	"birthright/targets/aws/awssim"
	"birthright/targets/targettest"
	"birthright/targets/targettest/simtest"
)

// canary is the secret key, and token that of SCIM: neither is ever to be seen.
const (
	keyID  = "AKIDSIMULATED"
	canary = "canary-4be1a7"
)

func ref(t testing.TB, text string) secret.Ref {
	t.Helper()
	r, err := secret.New(text)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// rig is a target over a simulated AWS that looks at who signed.
type rig struct {
	*simtest.Rig
	system *awssim.System
	target targets.Target
}

// newRig makes one. change may edit the configuration.
func newRig(t testing.TB, opt awssim.Options, change func(*Config)) *rig {
	t.Helper()
	r := &rig{}
	opt.Now, opt.AccessKeyID, opt.Token = func() time.Time { return r.Clock.Now() }, keyID, canary
	r.system = awssim.New(opt)
	r.Rig = simtest.New(r.system)
	r.Transport.Reading(awssim.Reads)
	c := &Config{Region: "eu-central-1", AccessKeyID: ref(t, keyID), SecretAccessKey: ref(t, canary), PageSize: 3, Groups: Groups{Create: true}, IAM: opt.IAM}
	if !opt.IAM {
		c.SCIM = SCIM{URL: "https://scim.eu-central-1.amazonaws.com/abc/scim/v2", Token: ref(t, canary)}
	}
	if change != nil {
		change(c)
	}
	for _, fault := range c.Validate() {
		t.Fatal(fault)
	}
	target, err := c.open(r.Env("t"), outside{transport: r.Transport, sleep: r.Clock.Sleep, close: r.Transport.Close})
	if err != nil {
		t.Fatal(err)
	}
	r.target = target
	t.Cleanup(func() { _ = target.(targets.Closer).Close() })
	return r
}

// peer makes the rig one of the contract.
func (r *rig) peer() targettest.Peer {
	p := r.Peer(r.target, "t")
	p.Canary = canary
	p.RefusesName = func(name string) bool { return strings.ContainsAny(name, " \t") || name == "" }
	return p
}

// setPeer is the contract asked of permission sets. They are named by few letters and
// with their account: each name of the contract has one that stands for it.
func (r *rig) setPeer() targettest.Peer {
	p := r.peer()
	p.Kind, p.Nests = PermissionSet, true
	w := &renamed{Target: r.target, names: map[string]string{}, back: map[string]string{}}
	p.Target = w
	seed := p.Seed
	p.Seed = func(t testing.TB, s targets.State) { seed(t, w.state(s)) }
	return p
}

// plantable is the transport, for tests that plant faults of their own.
func (r *rig) plant(f sim.Fault) { r.Transport.Plant(f) }

func name(i int) string { return fmt.Sprintf("set-%d@111122223333", i) }

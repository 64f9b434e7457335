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
	calls  *counted
	opt    awssim.Options
	config func(*Config)
	target targets.Target
}

// newRig makes one. change may edit the configuration.
func newRig(t testing.TB, opt awssim.Options, change func(*Config)) *rig {
	t.Helper()
	r := &rig{opt: opt, config: change}
	opt.Now, opt.AccessKeyID, opt.Token = func() time.Time { return r.Clock.Now() }, keyID, canary
	r.system = awssim.New(opt)
	r.calls = &counted{System: r.system, calls: map[string]int{}}
	r.Rig = simtest.New(r.calls)
	r.target = r.open(t, r.Transport)
	return r
}

// count returns how often a call was made.
func (r *rig) count(name string) int { return r.calls.of(name) }

// over makes a target of another system.
func (r *rig) over(t testing.TB, system sim.System) targets.Target {
	return r.open(t, sim.New(system, targets.Simulation{}, r.Clock.Now))
}

// open makes another target of the same AWS, as a program started anew would.
func (r *rig) open(t testing.TB, transport *sim.Transport) targets.Target {
	t.Helper()
	if transport == nil {
		transport = r.Transport
	}
	transport.Reading(awssim.Reads)
	c := &Config{Region: "eu-central-1", AccessKeyID: ref(t, keyID), SecretAccessKey: ref(t, canary), PageSize: 3, Groups: Groups{Create: true}, IAM: r.opt.IAM}
	if !r.opt.IAM {
		c.SCIM = SCIM{URL: "https://scim.eu-central-1.amazonaws.com/abc/scim/v2", Token: ref(t, canary)}
	}
	if r.config != nil {
		r.config(c)
	}
	for _, fault := range c.Validate() {
		t.Fatal(fault)
	}
	target, err := c.open(r.Env("t"), outside{transport: transport, sleep: r.Clock.Sleep, close: transport.Close})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = target.(targets.Closer).Close() })
	return target
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

func name(i int) string { return fmt.Sprintf("set-%d@111122223333", i) }

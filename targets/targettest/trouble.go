package targettest

import (
	"context"
	"strings"
	"testing"

	"birthright/identity"
	"birthright/targets"
)

// troubleCases ask what happens when things go wrong between us and the peer.
func troubleCases() []Case {
	return []Case{
		{
			Name: "a lost reply converges", Why: "the change was made and nobody knows: doing it again must neither fail nor double it",
			needs: []need{hasPeople, canLose}, run: lostReply,
		},
		{
			Name: "a refusal is never a success", Why: "access that a target refused to take away is still held",
			needs: []need{hasPeople, canRefuse}, run: refusal,
		},
		{
			Name: "cancelled before it begins", Why: "a stopping program must not start new changes, and must say what it did not do",
			needs: []need{hasPeople}, run: cancelled,
		},
		{
			Name: "an outage passes", Why: "a target that is down is neither empty nor done; when it is back, all is made good",
			needs: []need{hasPeople, canStop}, run: outage,
		},
	}
}

func lostReply(t testing.TB, p Peer) {
	eng := p.entitlement("eng")
	base := newWant().account("bob").gives(eng, "bob")
	p.converge(t, base)
	full := base.clone().account("ada").gives(eng, "ada")
	p.provide(t, full)
	for _, w := range []want{full, base} {
		ids := map[string]string{}
		for _, a := range p.read(t).Accounts {
			ids[p.fold(a.Name)] = a.ID
		}
		for _, phase := range p.differ(p.read(t), w) {
			for _, op := range named(phase, ids, p) {
				p.LoseReply(t)
				if r := p.one(t, op); r.Outcome != targets.Unknown {
					t.Errorf("%s with its reply lost: %s, want unknown", describe(op), told(r))
				}
				r := p.one(t, op)
				if !r.Outcome.OK() {
					t.Errorf("%s again after its reply was lost: %s", describe(op), told(r))
				}
				learn(ids, op, r, p)
			}
		}
		p.settled(t, w)
	}
}

func refusal(t testing.TB, p Peer) {
	eng := p.entitlement("eng")
	w := newWant().account("ada").account("bob").gives(eng, "ada")
	p.converge(t, w)
	p.Refuse(t)
	ops := []targets.Op{
		{Action: targets.Add, Account: targets.Account{Name: "bob"}, Entitlement: eng},
		{Action: targets.Remove, Account: targets.Account{Name: "ada"}, Entitlement: eng},
		{Action: targets.CreateAccount, Account: targets.Account{Name: "eve", Active: true}},
	}
	ops = keep(ops, func(op targets.Op) bool { return p.understands(op.Action) })
	for i, r := range p.apply(t, ops) {
		if r.Outcome != targets.Refused || r.Err == nil {
			t.Errorf("%s, refused by the peer: %s, want refused with an error", describe(ops[i]), told(r))
		}
	}
	p.settled(t, w)
}

func cancelled(t testing.TB, p Peer) {
	eng := p.entitlement("eng")
	w := newWant().account("ada").account("bob").gives(eng, "ada")
	p.converge(t, w)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if end, err := p.Target.Read(ctx, targets.Query{}, &targets.State{}); err == nil || end.Complete {
		t.Errorf("a cancelled read: complete %v, error %v", end.Complete, err)
	}
	ops := []targets.Op{
		{Action: targets.Add, Account: targets.Account{Name: "bob"}, Entitlement: eng},
		{Action: targets.CreateAccount, Account: targets.Account{Name: "eve", Active: true}},
	}
	ops = keep(ops, func(op targets.Op) bool { return p.understands(op.Action) })
	results := p.Target.Apply(ctx, ops)
	if len(results) != len(ops) {
		t.Fatalf("a cancelled Apply returned %d results for %d ops", len(results), len(ops))
	}
	for i, r := range results {
		if r.Outcome != targets.Unreachable || r.Err == nil {
			t.Errorf("%s, cancelled before it began: %s, want unreachable with an error", describe(ops[i]), told(r))
		}
	}
	p.settled(t, w)
}

func outage(t testing.TB, p Peer) {
	eng := p.entitlement("eng")
	w := newWant().account("ada").account("bob").gives(eng, "ada")
	p.converge(t, w)
	p.Outage(t, true)
	if end, err := p.Target.Read(t.Context(), targets.Query{}, &targets.State{}); err == nil || end.Complete {
		t.Errorf("a read while the peer is down: complete %v, error %v", end.Complete, err)
	}
	ops := []targets.Op{
		{Action: targets.Remove, Account: targets.Account{Name: "ada"}, Entitlement: eng},
		{Action: targets.Add, Account: targets.Account{Name: "bob"}, Entitlement: eng},
	}
	for i, r := range p.apply(t, ops) {
		if r.Outcome != targets.Unreachable && r.Outcome != targets.Unknown {
			t.Errorf("%s while the peer is down: %s, want unreachable or unknown", describe(ops[i]), told(r))
		}
	}
	if report, err := p.Target.Probe(t.Context()); err == nil && report.Reachable {
		t.Error("the probe says reachable while the peer is down")
	}
	p.Outage(t, false)
	p.settled(t, w)
	p.converge(t, newWant().account("ada").account("bob").gives(eng, "bob"))
}

// understands reports whether the declared capabilities cover the action.
func (p Peer) understands(a targets.Action) bool {
	c := p.Target.Capabilities()
	switch a {
	case targets.CreateAccount:
		return c.CreateAccounts
	case targets.UpdateAccount:
		return c.UpdateAccounts
	case targets.EnableAccount, targets.DisableAccount:
		return c.DisableAccounts
	case targets.DeleteAccount:
		return c.DeleteAccounts
	case targets.CreateEntitlement:
		return c.CreateEntitlements
	}
	return true
}

// secretIn reports where the canary is seen in text.
func (p Peer) secretIn(text string) bool { return p.Canary != "" && strings.Contains(text, p.Canary) }

// kinded reports whether err carries a kind that programs can act on.
func kinded(err error) bool { return err == nil || identity.KindOf(err) != identity.Internal }

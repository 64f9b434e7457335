package targettest

import (
	"slices"
	"testing"

	"birthright/targets"
)

// Case is one clause of the contract.
type Case struct {
	Name string
	// Why says what goes wrong in real life where the clause is broken.
	Why   string
	needs []need
	// long is true of cases that take many calls, one after the other.
	long bool
	run  func(t testing.TB, p Peer)
}

// need is something a case cannot do without.
type need struct {
	name string
	met  func(Peer) bool
}

// missing returns what p lacks for the case.
func (c Case) missing(p Peer) []string {
	var out []string
	for _, n := range c.needs {
		if !n.met(p) {
			out = append(out, n.name)
		}
	}
	return out
}

// The needs.
var (
	canCreate = need{"CreateAccounts", func(p Peer) bool { return p.Target.Capabilities().CreateAccounts }}
	hasPeople = need{"CreateAccounts or Peer.Seed", func(p Peer) bool { return p.Target.Capabilities().CreateAccounts || p.Seed != nil }}
	canUpdate = need{"UpdateAccounts", func(p Peer) bool { return p.Target.Capabilities().UpdateAccounts }}
	canToggle = need{"DisableAccounts", func(p Peer) bool { return p.Target.Capabilities().DisableAccounts }}
	canDelete = need{"DeleteAccounts", func(p Peer) bool { return p.Target.Capabilities().DeleteAccounts }}
	hasValues = need{"Attributes", func(p Peer) bool { return len(p.Target.Capabilities().Attributes) > 0 }}
	explicit  = need{"accounts that must be created", func(p Peer) bool { return !p.Target.Capabilities().ImplicitAccounts }}
	canSeed   = need{"Peer.Seed", func(p Peer) bool { return p.Seed != nil }}
	nests     = need{"Peer.Nests", func(p Peer) bool { return p.Nests && p.Seed != nil }}
	canLose   = need{"Peer.LoseReply", func(p Peer) bool { return p.LoseReply != nil }}
	canRefuse = need{"Peer.Refuse", func(p Peer) bool { return p.Refuse != nil }}
	canTear   = need{"Peer.FailRead", func(p Peer) bool { return p.FailRead != nil }}
	canStop   = need{"Peer.Outage", func(p Peer) bool { return p.Outage != nil }}
	canPlant  = need{"Peer.Plant", func(p Peer) bool { return p.Plant != nil && p.Heal != nil && p.Requests != nil }}
	expires   = need{"NativeExpiry of the kind", func(p Peer) bool { return p.Target.Capabilities().Expires(p.kind()) }}
	canWait   = need{"Peer.Advance", func(p Peer) bool { return p.Advance != nil }}
	canLogIn  = need{"SessionEnder and Peer.Login", func(p Peer) bool { _, ok := p.Target.(targets.SessionEnder); return ok && p.Login != nil }}
	hasCanary = need{"Peer.Canary and Peer.Said", func(p Peer) bool { return p.Canary != "" && p.Said != nil }}
)

// Cases returns the whole contract in reading order.
func Cases() []Case {
	return slices.Concat(stateCases(), nameCases(), sizeCases(), mannerCases(), troubleCases(), plantedCases(), endCases(), honestyCases(), historyCases())
}

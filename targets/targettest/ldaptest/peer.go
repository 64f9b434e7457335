package ldaptest

import (
	"testing"

	"birthright/targets/targettest"
)

// The result codes that make trouble (RFC 4511 appendix A).
const (
	operationsError    = 1
	insufficientAccess = 50
	busy               = 51
	unavailable        = 52
)

// troubles are the contract's troubles as they come over LDAP, which has no way to
// say until when to wait.
var troubles = map[targettest.Trouble]Fault{
	targettest.ThrottledUntil: {Code: busy},
	targettest.Throttled:      {Code: busy},
	targettest.Unavailable:    {Code: unavailable},
	targettest.Broken:         {Code: operationsError},
	targettest.CutBefore:      {Verdict: CutBefore},
	targettest.LostReply:      {Verdict: LoseReply},
	targettest.CutAnswer:      {Verdict: CutAnswer},
	targettest.Denied:         {Code: insufficientAccess},
	targettest.Webpage:        {Verdict: Webpage},
	targettest.PageAgain:      {Verdict: PageAgain, Reads: true},
}

// Peer gives a peer the troubles that the proxy can make.
func (p *Proxy) Peer(peer targettest.Peer) targettest.Peer {
	peer.LoseReply = func(testing.TB) { p.Plant(Fault{Writes: true, Times: 1, Verdict: LoseReply}) }
	peer.Refuse = func(testing.TB) { p.Plant(Fault{Writes: true, Code: insufficientAccess}) }
	peer.FailRead = func(testing.TB) { p.Plant(Fault{Reads: true, After: 1, PerConnection: true, Verdict: CutBefore}) }
	peer.Plant = func(_ testing.TB, after int, trouble targettest.Trouble) {
		f := troubles[trouble]
		f.After, f.Times = after, 1
		p.Plant(f)
	}
	peer.Heal = func(testing.TB) { p.Heal() }
	peer.Requests = p.Requests
	peer.Outage = func(_ testing.TB, down bool) {
		if down {
			p.Down()
		} else {
			p.Heal()
		}
	}
	return peer
}

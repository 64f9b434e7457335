package targettest

import (
	"errors"
	"testing"
	"time"

	"birthright/identity"
	"birthright/targets"
	"birthright/targets/memory"
)

// MemoryPeer is the reference model as a peer that can do everything. wrap, if
// not nil, puts something between the suite and the model.
func MemoryPeer(m *memory.Target, name string, wrap func(targets.Target) targets.Target) Peer {
	p := Peer{Target: m, Name: name, Nests: true, Page: 3, Batch: 3, Canary: "canary-5f1e", Said: func() string { return "" }}
	if wrap != nil {
		p.Target = wrap(m)
	}
	p.Seed = func(_ testing.TB, s targets.State) { m.Seed(s) }
	p.Advance = func(_ testing.TB, to time.Time) { m.Advance(to) }
	p.Login = func(_ testing.TB, account string) func() bool { return m.Login(account) }
	p.LoseReply = func(testing.TB) {
		lost := false
		m.SetFaults(memory.Faults{Op: func(targets.Op) memory.Fault {
			if lost {
				return memory.NoFault
			}
			lost = true
			return memory.LoseReply
		}})
	}
	p.Refuse = func(testing.TB) {
		m.SetFaults(memory.Faults{Op: func(targets.Op) memory.Fault { return memory.Refuse }})
	}
	p.FailRead = func(testing.TB) {
		m.SetFaults(memory.Faults{PageSize: p.Page, Read: func(page int) error {
			if page > 0 {
				return errors.New("the connection was cut")
			}
			return nil
		}})
	}
	p.plantInto(m)
	p.Outage = func(_ testing.TB, down bool) {
		if !down {
			m.SetFaults(memory.Faults{})
			return
		}
		m.SetFaults(memory.Faults{
			Op:   func(targets.Op) memory.Fault { return memory.Unreach },
			Read: func(int) error { return errors.New("connection refused") },
		})
	}
	return p
}

// plantInto has the model count its ops and the pages of its reads as requests.
func (p *Peer) plantInto(m *memory.Target) {
	requests, at, next := 0, -1, Trouble("")
	hits := func() bool {
		requests++
		return requests == at
	}
	faults := memory.Faults{
		PageSize: p.Page,
		Op: func(targets.Op) memory.Fault {
			if !hits() {
				return memory.NoFault
			}
			return asOp[next]
		},
		Read: func(int) error {
			if !hits() {
				return nil
			}
			return &identity.Error{Kind: identity.Unavailable, Op: "read", Err: errors.New(string(next))}
		},
	}
	p.Plant = func(_ testing.TB, after int, trouble Trouble) {
		at, next = requests+after+1, trouble
		m.SetFaults(faults)
	}
	p.Heal = func(testing.TB) { at = -1 }
	p.Requests = func() int { return requests }
}

// asOp is what becomes of an op in trouble.
var asOp = map[Trouble]memory.Fault{
	ThrottledUntil: memory.Throttle, Throttled: memory.Throttle, Unavailable: memory.DropOp, Broken: memory.DropOp, CutBefore: memory.DropOp,
	LostReply: memory.LoseReply, CutAnswer: memory.LoseReply, Denied: memory.Refuse, Webpage: memory.LoseReply, PageAgain: memory.NoFault,
}

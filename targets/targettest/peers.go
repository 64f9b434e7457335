package targettest

import (
	"errors"
	"testing"
	"time"

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

package mysql

import (
	"sync/atomic"
	"testing"
	"time"

	"birthright/internal/secret"
	"birthright/internal/sim"
	"birthright/targets"
	"birthright/targets/targettest"
)

// The model keeps the contract that the server keeps, in both dialects.
func TestContractOverTheModel(t *testing.T) {
	for _, d := range []dialect{mariaDB{}, mySQL{}, mySQL{forgiving: true}} {
		t.Run(d.product(), func(t *testing.T) {
			targettest.Run(t, targettest.Harness{New: func(t testing.TB) targettest.Peer {
				return modelPeer(t, newModel(d, sim.NewKeeper(targets.Simulation{}, nil), new(atomic.Int64)))
			}})
		})
	}
}

// over makes a target whose server is s.
func over(t testing.TB, s server) ending {
	t.Helper()
	c := Config{URL: secret.Value("mysql://hub:canary-77@127.0.0.1"), Roles: Roles{Create: true}}
	opened, err := c.Open(targets.Env{Name: "db", Now: time.Now})
	if err != nil {
		t.Fatal(err)
	}
	target := opened.(ending)
	if err := target.Close(); err != nil {
		t.Fatal(err)
	}
	target.server = s
	return target
}

func modelPeer(t testing.TB, m *model) targettest.Peer {
	f := &faulty{server: m}
	return targettest.Peer{
		Target: over(t, f), Name: "db", Nests: true,
		Seed:        func(_ testing.TB, s targets.State) { m.mu.Lock(); defer m.mu.Unlock(); m.seed(s) },
		LoseReply:   func(testing.TB) { f.lose = true },
		Refuse:      func(testing.TB) { f.refuse = true },
		FailRead:    func(testing.TB) { f.cut = true },
		Outage:      func(_ testing.TB, down bool) { f.down = down },
		Plant:       func(_ testing.TB, after int, trouble targettest.Trouble) { f.at, f.trouble = f.calls+after, trouble },
		Heal:        func(testing.TB) { f.trouble = "" },
		Requests:    func() int { return f.calls },
		Login:       func(_ testing.TB, account string) func() bool { return m.login(id{account, "%"}) },
		Canary:      "canary-77",
		Said:        func() string { return "" },
		RefusesName: func(name string) bool { return m.refuses(name) },
	}
}

// login opens a connection of an account.
func (m *model) login(i id) (alive func() bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.number++
	mine := m.number
	m.open = append(m.open, connection{mine, i.user, "192.0.2.7:40000"})
	return func() bool {
		m.mu.Lock()
		defer m.mu.Unlock()
		for _, c := range m.open {
			if c.number == mine {
				return true
			}
		}
		return false
	}
}

package mysql

import (
	"context"
	"errors"
	"path/filepath"
	"testing"
	"time"
	"unicode/utf8"

	"birthright/internal/secret"
	"birthright/targets"
	"birthright/targets/targettest"
)

// The model keeps the contract that the server keeps, in both dialects.
func TestContractOverTheModel(t *testing.T) {
	for _, d := range []dialect{mariaDB{}, mySQL{}, mySQL{forgiving: true}} {
		t.Run(d.product(), func(t *testing.T) {
			targettest.Run(t, targettest.Harness{New: func(t testing.TB) targettest.Peer {
				return modelPeer(t, newModel(d, filepath.Join(t.TempDir(), "simulated", "db.json")))
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
		Seed:        func(t testing.TB, s targets.State) { m.seed(t, s) },
		LoseReply:   func(testing.TB) { f.lose = true },
		Refuse:      func(testing.TB) { f.refuse = true },
		FailRead:    func(testing.TB) { f.cut = true },
		Outage:      func(_ testing.TB, down bool) { f.down = down },
		Login:       func(_ testing.TB, account string) func() bool { return m.login(id{account, "%"}) },
		Canary:      "canary-77",
		Said:        func() string { return "" },
		RefusesName: func(name string) bool { return utf8.RuneCountInString(name) > m.dialect.longest() || f.refuses(name) },
	}
}

var errCut = errors.New("the connection was cut")

// faulty makes trouble between a target and its server.
type faulty struct {
	server
	lose, refuse, cut, down bool
	// at, if it is not nil, is asked before each call, by its number.
	at    func(call int) fault
	calls int
}

// fault is what becomes of one call.
type fault string

const (
	none  fault = ""
	cutIt fault = "cut"  // the call does not reach the server
	lost  fault = "lost" // it does, and its answer is lost
)

func (f *faulty) refuses(name string) bool {
	k := (&Target{}).knowing(place{dialect: f.server.(*model).dialect}, contents{})
	return k.badName(name) != nil
}

func (f *faulty) begin(ctx context.Context) (session, error) {
	if f.down {
		return nil, errCut
	}
	if f.next() != none {
		return nil, errCut
	}
	s, err := f.server.begin(ctx)
	return faultySession{s, f}, err
}

func (f *faulty) next() fault {
	f.calls++
	if f.at == nil {
		return none
	}
	return f.at(f.calls)
}

type faultySession struct {
	session
	f *faulty
}

func (s faultySession) contents(ctx context.Context, users []string) (contents, error) {
	if s.f.cut || s.f.next() != none {
		return contents{}, errCut
	}
	return s.session.contents(ctx, users)
}

func (s faultySession) exec(ctx context.Context, c change) error {
	if s.f.refuse {
		return &answer{1290, "read-only"}
	}
	trouble := s.f.next()
	if trouble == cutIt {
		return errCut
	}
	err := s.session.exec(ctx, c)
	if s.f.lose || trouble == lost {
		s.f.lose = false
		return errCut
	}
	return err
}

// seed fills the model as an administrator would.
func (m *model) seed(t testing.TB, s targets.State) {
	t.Helper()
	m.mu.Lock()
	defer m.mu.Unlock()
	change := func(c change) {
		if no := m.change(c); no != nil {
			t.Fatalf("%+v: %v", c, no)
		}
	}
	for _, a := range s.Accounts {
		change(createAccount{account: id{a.Name, "%"}, locked: !a.Active})
	}
	for _, e := range s.Entitlements {
		change(createRole{roleID(m.dialect, e.Address.ID)})
	}
	for _, a := range s.Assignments {
		given := roleID(m.dialect, a.Entitlement.ID)
		if a.Indirect {
			inner := roleID(m.dialect, a.Entitlement.ID+"-inner")
			change(createRole{inner})
			change(giveRole{given, inner})
			given = inner
		}
		change(giveRole{given, id{a.AccountID, "%"}})
	}
	if err := m.save(); err != nil {
		t.Fatal(err)
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

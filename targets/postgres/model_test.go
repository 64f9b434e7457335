package postgres

import (
	"context"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"birthright/identity"
	"birthright/internal/secret"
	"birthright/internal/sim"
	"birthright/targets"
	"birthright/targets/targettest"

	"github.com/google/go-cmp/cmp"
)

// The model keeps the contract that the server keeps.
func TestContractOverTheModel(t *testing.T) {
	targettest.Run(t, targettest.Harness{New: func(t testing.TB) targettest.Peer {
		return modelPeer(t, newModel(sim.NewKeeper(targets.Simulation{}, nil), new(atomic.Int64)))
	}})
}

func modelPeer(t testing.TB, m *model) targettest.Peer {
	c := Config{URL: secret.Value("postgres://hub:canary-77@127.0.0.1/x"), Roles: Roles{Create: true}, Ignore: []string{modelSelf}}
	opened, err := c.Open(targets.Env{Name: "db", Now: time.Now})
	if err != nil {
		t.Fatal(err)
	}
	target := opened.(ending)
	f := &faulty{server: m}
	target.server = f
	return targettest.Peer{
		Target: target, Name: "db", Nests: true,
		Seed:        func(_ testing.TB, s targets.State) { m.mu.Lock(); defer m.mu.Unlock(); m.seed(s) },
		LoseReply:   func(testing.TB) { f.lose = true },
		Refuse:      func(testing.TB) { f.refuse = true },
		FailRead:    func(testing.TB) { f.cut = true },
		Plant:       func(_ testing.TB, after int, trouble targettest.Trouble) { f.at, f.trouble = f.calls+after, trouble },
		Heal:        func(testing.TB) { f.trouble = "" },
		Requests:    func() int { return f.calls },
		Outage:      func(_ testing.TB, down bool) { f.down = down },
		Login:       func(_ testing.TB, account string) func() bool { return m.login(account) },
		Canary:      "canary-77",
		Said:        func() string { return "" },
		RefusesName: func(name string) bool { return badName(fold(name)) != nil },
	}
}

// login opens a session of an account.
func (m *model) login(name string) (alive func() bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	r := m.tables.roles[name]
	mine := opened{number: len(m.open) + 1, oid: r.oid, name: name}
	m.open = append(m.open, mine)
	return func() bool {
		m.mu.Lock()
		defer m.mu.Unlock()
		for _, o := range m.open {
			if o == mine {
				return true
			}
		}
		return false
	}
}

// What the model has is there in the next run, oids and all.
func TestTheModelIsKept(t *testing.T) {
	eng := identity.Entitlement{Target: "db", Kind: "role", ID: "eng"}
	begin := targets.State{Accounts: []targets.Account{{Name: "Bob", Active: true}}, Entitlements: []targets.Entitlement{{Address: eng}}}
	file := t.TempDir() + "/simulated/db.json"
	open := func() targets.Target {
		c := Config{Simulate: true}
		target, err := c.Open(targets.Env{Name: "db", Simulation: targets.Simulation{File: file, Begin: func(context.Context) (targets.State, error) { return begin, nil }}})
		if err != nil {
			t.Fatal(err)
		}
		return target
	}
	target := open()
	ada := targets.Account{Name: "ada", Active: true}
	for _, r := range target.Apply(t.Context(), []targets.Op{
		{Action: targets.CreateAccount, Account: ada}, {Action: targets.Add, Account: ada, Entitlement: eng},
		{Action: targets.Add, Account: targets.Account{Name: "bob"}, Entitlement: eng}, {Action: targets.DisableAccount, Account: targets.Account{Name: "bob"}},
	}) {
		if !r.Outcome.OK() {
			t.Errorf("%s: %v", r.Outcome, r.Err)
		}
	}
	before, err := targets.ReadState(t.Context(), target, targets.Query{})
	if err != nil || len(before.Assignments) != 2 {
		t.Fatalf("%+v, %v", before, err)
	}
	if err := target.(targets.Closer).Close(); err != nil {
		t.Fatal(err)
	}
	after, err := targets.ReadState(t.Context(), open(), targets.Query{})
	if diff := cmp.Diff(before, after); diff != "" || err != nil {
		t.Errorf("in the next run (-before +after), %v:\n%s", err, diff)
	}
	report, err := target.Probe(t.Context())
	if err != nil || !strings.Contains(report.Version, "simulated") {
		t.Errorf("report %+v, %v", report, err)
	}
	for _, f := range report.Findings {
		if !f.OK {
			t.Errorf("%s: %s", f.Check, f.Detail)
		}
	}
}

// What is refused undoes what came before it in the same step, and nothing else.
func TestTheModelsSavepoints(t *testing.T) {
	m := newModel(sim.NewKeeper(targets.Simulation{}, nil), new(atomic.Int64))
	s, err := m.begin(t.Context(), changing)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.try(createRole{name: "kept"}); err != nil {
		t.Fatal(err)
	}
	_, err = s.try(createRole{name: "gone"}, grantRole{"kept", "gone"}, renameRole{"gone", "kept"})
	if !answered(err) {
		t.Errorf("renaming onto another role: %v", err)
	}
	if err := s.commit(); err != nil {
		t.Fatal(err)
	}
	s.end()
	if m.tables.roles["kept"] == nil || m.tables.roles["gone"] != nil || len(m.tables.members) != 0 {
		t.Errorf("left: %v, %v", m.tables.roles, m.tables.members)
	}
}

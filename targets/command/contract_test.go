package command

import (
	"bytes"
	"log/slog"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"birthright/internal/handoff"
	"birthright/internal/secret"
	"birthright/targets"
	"birthright/targets/targettest"
)

const canary = "canary-90c1fe"

var all = []string{"create-account", "update-account", "disable-account", "delete-account", "create-entitlement"}

// rig is a target over the test program.
type rig struct {
	t      testing.TB
	dir    string
	target *handoff.Target
	log    *journal
}

// journal is a log that a test can read.
type journal struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (j *journal) Write(p []byte) (int, error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.text.Write(p)
}

func (j *journal) String() string {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.text.String()
}

func newRig(t testing.TB, c Config, slow ...string) *rig {
	t.Helper()
	r := &rig{t: t, dir: t.TempDir(), log: new(journal)}
	now := time.Now().UTC().Truncate(time.Second)
	r.order(func(o *orders) { *o = orders{Abilities: c.Abilities, NoState: !c.State, Slow: slow, Now: now} })
	program, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	c.Command, c.PageSize = []string{program}, 3
	c.Variables = []Variable{
		{folder, secret.Value(r.dir)}, {"TOKEN", secret.Value(canary)},
		{"GORACE", secret.Value("atexit_sleep_ms=0")}, // or each run waits a second at its end under -race
	}
	if !c.State {
		c.Ledger = filepath.Join(r.dir, "ledger.json")
	}
	for _, fault := range c.Validate() {
		t.Fatal(fault)
	}
	target, err := c.Open(targets.Env{Name: "t", Now: func() time.Time { return now }, Log: slog.New(slog.NewTextHandler(r.log, nil))})
	if err != nil {
		t.Fatal(err)
	}
	r.target = target.(*handoff.Target)
	return r
}

// order changes what the program is to do.
func (r *rig) order(change func(*orders)) {
	r.t.Helper()
	var o orders
	path := filepath.Join(r.dir, "orders")
	_ = readJSON(path, &o)
	change(&o)
	if err := writeJSON(path, o); err != nil {
		r.t.Fatal(err)
	}
}

func (r *rig) plant(f fault) { r.order(func(o *orders) { o.Planted = append(o.Planted, f) }) }
func (r *rig) heal()         { r.order(func(o *orders) { o.Planted = nil }) }

func (r *rig) peer() targettest.Peer {
	return targettest.Peer{
		Target: r.target, Page: 3, Batch: 3, Nests: true, Canary: canary, Said: r.log.String,
		Seed: func(_ testing.TB, s targets.State) { r.seed(s) },
		LoseReply: func(testing.TB) {
			r.heal()
			r.plant(fault{Trouble: targettest.LostReply, Writes: true, Times: 1})
		},
		Refuse:   func(testing.TB) { r.plant(fault{Trouble: targettest.Denied, Writes: true}) },
		FailRead: func(testing.TB) { r.plant(fault{Trouble: targettest.Broken, Reads: true, After: 1}) },
		Outage: func(_ testing.TB, down bool) {
			r.heal()
			if down {
				r.plant(fault{Trouble: targettest.Unavailable})
			}
		},
		Plant: func(_ testing.TB, after int, trouble targettest.Trouble) {
			r.plant(fault{Trouble: trouble, After: after, Times: 1})
		},
		Heal:     func(testing.TB) { r.heal() },
		Requests: func() int { return int(r.target.Calls()) },
		Advance:  func(_ testing.TB, to time.Time) { r.order(func(o *orders) { o.Now = to }) },
	}
}

// seed puts s in as somebody else would.
func (r *rig) seed(s targets.State) {
	r.t.Helper()
	var o orders
	if err := readJSON(filepath.Join(r.dir, "orders"), &o); err != nil {
		r.t.Fatal(err)
	}
	program := load(r.dir, o)
	program.Seed(func(m *handoff.Model) {
		for _, a := range s.Accounts {
			m.Put(handoff.Account{ID: a.ID, Name: a.Name, Active: a.Active, Attributes: a.Attributes})
		}
		for _, e := range s.Entitlements {
			m.PutEntitlement(handoff.Entitlement{Kind: e.Address.Kind, ID: e.Address.ID})
		}
		for _, a := range s.Assignments {
			m.PutHolding(a.AccountID, handoff.Entitlement{Kind: a.Entitlement.Kind, ID: a.Entitlement.ID}, handoff.Holding{Indirect: a.Indirect})
		}
	})
	if err := writeJSON(filepath.Join(r.dir, "memory"), program.Memory()); err != nil {
		r.t.Fatal(err)
	}
}

func TestContract(t *testing.T) {
	t.Parallel()
	c := Config{State: true, Batch: 3, Abilities: handoff.Abilities{Kinds: []string{"role"}, Actions: all, Ends: true}}
	targettest.Run(t, targettest.Harness{New: func(t testing.TB) targettest.Peer { return newRig(t, c).peer() }})
}

// One that lists nothing is known by what it said yes to.
func TestContractWithoutListing(t *testing.T) {
	t.Parallel()
	c := Config{Batch: 3, Abilities: handoff.Abilities{ImplicitAccounts: true, ImplicitEntitlements: true}}
	targettest.Run(t, targettest.Harness{New: func(t testing.TB) targettest.Peer {
		p := newRig(t, c).peer()
		p.Seed, p.Nests, p.FailRead = nil, false, nil
		p.Plant = nil // targets/webhook has a ledger in trouble; here each request is a process
		return p
	}})
}

// newScript makes a target of another program.
func newScript(t testing.TB, r *rig, argv []string, change func(*Config)) *handoff.Target {
	t.Helper()
	c := Config{State: true, Command: argv, Abilities: handoff.Abilities{ImplicitAccounts: true, ImplicitEntitlements: true}}
	if change != nil {
		change(&c)
	}
	for _, fault := range c.Validate() {
		t.Fatal(fault)
	}
	target, err := c.Open(targets.Env{Name: "t", Now: time.Now, Dir: r.dir, Log: slog.New(slog.NewTextHandler(r.log, nil))})
	if err != nil {
		t.Fatal(err)
	}
	return target.(*handoff.Target)
}

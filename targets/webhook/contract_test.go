package webhook

import (
	"net/http"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"birthright/internal/handoff"
	"birthright/internal/handoff/receiver"
	"birthright/internal/secret"
	"birthright/targets/targettest"
	"birthright/targets/targettest/simtest"
	"birthright/targets/webhook/webhooksim"
)

const canary = "canary-2b77e0"

// all are the actions that a receiver may understand.
var all = []string{"create-account", "update-account", "disable-account", "delete-account", "create-entitlement"}

// checked is a simulated receiver whose every message is held against the schema.
type checked struct {
	*webhooksim.System
	handler http.Handler
}

func (c *checked) ServeHTTP(w http.ResponseWriter, r *http.Request) { c.handler.ServeHTTP(w, r) }

// rigged is a target with its simulated receiver.
type rigged struct {
	*simtest.Rig
	target *handoff.Target
	system *webhooksim.System
	schema *schema
}

// rig makes a target of config over a receiver that knows the same.
func rig(t testing.TB, c Config, change func(*receiver.Options)) rigged {
	t.Helper()
	c.URL, c.PageSize = "https://tools.example.com/hooks/birthright/", 3
	c.Secret, c.PreviousSecret = secret.Value(canary), secret.Value("the one before")
	if !c.State {
		c.Ledger = filepath.Join(t.TempDir(), "ledger.json")
	}
	for _, fault := range c.Validate() {
		t.Fatal(fault)
	}
	r := rigged{schema: loadSchema(t)}
	// The clock of the rig is known only once there is a transport, which needs the
	// system.
	now := time.Now
	o := receiver.Options{
		Name: "tools", Abilities: c.Abilities, NoState: !c.State, Now: func() time.Time { return now() },
		Secrets: func() ([]string, error) { return []string{canary}, nil },
	}
	if change != nil {
		change(&o)
	}
	r.system = webhooksim.New(o)
	prefixed := http.StripPrefix("/hooks/birthright", r.system)
	r.Rig = simtest.New(&checked{r.system, r.schema.wrap(t, prefixed)})
	now = r.Clock.Now
	target, err := c.open(r.Env("t"), r.Transport)
	if err != nil {
		t.Fatal(err)
	}
	r.target = target
	return r
}

func (r rigged) peer() targettest.Peer {
	p := r.Peer(r.target, "t")
	p.Canary, p.Nests = canary, true
	return p
}

func TestContract(t *testing.T) {
	people := handoff.Abilities{Kinds: []string{"role", "list"}, Actions: all}
	for name, c := range map[string]Config{
		"everything":         {State: true, Abilities: people},
		"in batches":         {State: true, Abilities: people, Batch: 3, Concurrency: 4},
		"with ends":          {State: true, Abilities: handoff.Abilities{Kinds: []string{"role"}, Actions: all, Ends: true}},
		"accounts are there": {State: true, Abilities: handoff.Abilities{Kinds: []string{"role"}}},
		"nothing is made":    {State: true, Abilities: handoff.Abilities{ImplicitAccounts: true, ImplicitEntitlements: true}},
		"names are folded":   {State: true, Abilities: handoff.Abilities{Actions: all, FoldNames: true}},
	} {
		t.Run(name, func(t *testing.T) {
			targettest.Run(t, targettest.Harness{New: func(t testing.TB) targettest.Peer {
				p := rig(t, c, nil).peer()
				if !slices.Contains([]string{"everything", "in batches", "nothing is made"}, name) {
					p.Plant = nil // trouble at each request takes long: once for each path of the code
				}
				return p
			}})
		})
	}
}

// A receiver that lists nothing is known by what it said yes to. What others do there
// is not seen, so nobody can be seeded.
func TestContractWithoutListing(t *testing.T) {
	for name, c := range map[string]Config{
		"everything":      {Abilities: handoff.Abilities{Kinds: []string{"role", "list"}, Actions: all}},
		"in batches":      {Abilities: handoff.Abilities{Actions: all, ImplicitEntitlements: true}, Batch: 3},
		"nothing is made": {Abilities: handoff.Abilities{ImplicitAccounts: true, ImplicitEntitlements: true}},
	} {
		t.Run(name, func(t *testing.T) {
			targettest.Run(t, targettest.Harness{New: func(t testing.TB) targettest.Peer {
				p := rig(t, c, nil).peer()
				p.Seed, p.Nests = nil, false
				p.FailRead = nil // nothing is read in pages
				if name == "in batches" {
					p.Plant = nil
				}
				return p
			}})
		})
	}
}

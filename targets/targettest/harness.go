package targettest

import (
	"strings"
	"testing"
	"time"

	"birthright/targets"
)

// Harness tells Run how to get the target under test.
type Harness struct {
	// New makes a target over a fresh, empty peer that ends with the test.
	New func(t testing.TB) Peer
	// Skip names cases that cannot be asked of this target, with the reason;
	// the reason is logged. Keep it empty wherever possible.
	Skip map[string]string
}

// Peer is a target with the system behind it. Everything but Target may be
// left nil or zero; cases that need it are then left out.
type Peer struct {
	Target targets.Target
	// Name is the configured name of the target, "t" if empty.
	Name string
	// Kind is the entitlement kind to test with; default: the first of the
	// target's kinds, else "group".
	Kind string
	// Seed puts s into the peer as somebody else would: accounts (named by ID or
	// Name in assignments), entitlements, assignments. An Indirect assignment is
	// one through a nested group where the peer has such a thing.
	Seed func(t testing.TB, s targets.State)
	// Nests is true where Seed can make Indirect assignments.
	Nests bool
	// Uses is true where Seed can say when an account was last used.
	Uses bool
	// LoseReply makes the next write take effect while its reply is lost.
	LoseReply func(t testing.TB)
	// Refuse makes the peer refuse every write until the test ends.
	Refuse func(t testing.TB)
	// FailRead makes every read of more than one page fail after the first page.
	FailRead func(t testing.TB)
	// Plant has the request that comes after so many others get into trouble, once.
	// Heal ends all trouble, and the time that the peer asked to wait for. Requests
	// tells how many came so far.
	Plant    func(t testing.TB, after int, trouble Trouble)
	Heal     func(t testing.TB)
	Requests func() int
	// Outage takes the peer down, and up again.
	Outage func(t testing.TB, down bool)
	// Advance sets the peer's clock, by which it ends what has an end.
	Advance func(t testing.TB, to time.Time)
	// Login opens a session of the account of that name on the peer, and returns
	// what tells whether it still goes on.
	Login func(t testing.TB, account string) (alive func() bool)
	// Canary is a secret that the target was configured with. It must never be
	// seen in what Said returns or in an error.
	Canary string
	// Said returns what the target logged so far.
	Said func() string
	// RefusesName tells which account names or attribute values the target
	// refuses on purpose; they must then be refused, never bent.
	RefusesName func(string) bool
	// Page and Batch are the sizes of a read page and a write batch that the
	// target is set to; sizes around them are tried. 0 means 3.
	Page, Batch int
}

func (p Peer) name() string {
	if p.Name == "" {
		return "t"
	}
	return p.Name
}

func (p Peer) kind() string {
	if p.Kind != "" {
		return p.Kind
	}
	if kinds := p.Target.Capabilities().Kinds; len(kinds) > 0 {
		return kinds[0]
	}
	return "group"
}

func (p Peer) refuses(name string) bool { return p.RefusesName != nil && p.RefusesName(name) }

// Run asks every case of the contract, each over a peer of its own.
func Run(t *testing.T, h Harness) {
	t.Helper()
	for _, c := range Cases() {
		t.Run(c.Name, func(t *testing.T) {
			if reason, skip := h.Skip[c.Name]; skip {
				t.Logf("left out: %s", reason)
				return
			}
			if raced && c.long {
				t.Log("left out: asked without the race detector")
				return
			}
			p := h.New(t)
			if missing := c.missing(p); len(missing) > 0 {
				t.Logf("left out: needs %s", strings.Join(missing, ", "))
				return
			}
			c.run(t, p)
			if t.Failed() {
				t.Logf("why this is asked: %s", c.Why)
			}
		})
	}
}

package jira

import (
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"birthright/identity"
	"birthright/internal/httpkit"
	"birthright/internal/ratelimit"
	"birthright/internal/secret"
	"birthright/internal/sim/vendorspec"
	"birthright/targets"
	"birthright/targets/jira/jirasim"
	"birthright/targets/targettest/simtest"
)

const (
	canary = "ATATT-canary-51c0"
	site   = "https://acme.atlassian.net"
)

// rig is a site with the target over it, each request and answer checked against
// Atlassian's description.
type rig struct {
	*simtest.Rig
	*Target
	site    *jirasim.System
	changes *changes
}

// checked has what goes to a system and comes from it checked.
type checked struct {
	*jirasim.System
	handler http.Handler
	changes *changes
}

// changes keeps what was sent to change something.
type changes struct {
	mu   sync.Mutex
	sent []string
}

func (c checked) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodGet {
		c.changes.mu.Lock()
		c.changes.sent = append(c.changes.sent, r.Method)
		c.changes.mu.Unlock()
	}
	c.handler.ServeHTTP(w, r)
}

func described(t testing.TB) *vendorspec.Spec {
	return vendorspec.Load(t, "jira.json", site, nil)
}

// newRig makes a site as how says, and a target over it as what says.
func newRig(t testing.TB, spec *vendorspec.Spec, what Config, how jirasim.Options, mapping ...targets.Mapping) *rig {
	t.Helper()
	token, err := secret.New(canary)
	if err != nil {
		t.Fatal(err)
	}
	how.Token, how.Email = canary, what.Email
	r := &rig{site: jirasim.New(how), changes: &changes{}}
	r.Rig = simtest.New(checked{r.site, spec.Wrap(t, r.site), r.changes})
	what.URL, what.Token, what.PageSize = site, token, 3
	what.Limits = []ratelimit.Limit{{Tokens: 1 << 20, Per: time.Minute}} // the contract does not wait for its turn
	if faults := what.Validate(); len(faults) > 0 {
		t.Fatal(faults)
	}
	env := r.Env("t")
	env.Map = mapping
	r.Target, err = what.open(env, httpkit.Options{Auth: what.auth(), Limits: limits(), Transport: r.Transport})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = r.Target.Close() })
	return r
}

// op is a change of what somebody of that name holds, written KIND/ID.
func op(action targets.Action, name, address string) targets.Op {
	kind, id, _ := strings.Cut(address, "/")
	return targets.Op{Action: action, Account: targets.Account{Name: name}, Entitlement: identity.Entitlement{Target: "t", Kind: kind, ID: id}}
}

// expect applies ops and compares their outcomes and what was sent to change something.
func (r *rig) expect(t testing.TB, ops []targets.Op, want []targets.Outcome, sent ...string) {
	t.Helper()
	var got []targets.Outcome
	for _, res := range r.Apply(t.Context(), ops) {
		got = append(got, res.Outcome)
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("outcomes (-want +got):\n%s", d)
	}
	if d := cmp.Diff(sent, r.changes.sent); d != "" {
		t.Errorf("changes sent (-want +got):\n%s", d)
	}
	r.changes.sent = nil
}

// holds compares who holds what, "name KIND/ID", with " (indirect)" behind.
func (r *rig) holds(t testing.TB, q targets.Query, want ...string) {
	t.Helper()
	s, err := targets.ReadState(t.Context(), r.Target, q)
	if err != nil {
		t.Fatal(err)
	}
	names, got := map[string]string{}, []string(nil)
	for _, a := range s.Accounts {
		names[a.ID] = a.Name
	}
	for _, a := range s.Assignments {
		line := names[a.AccountID] + " " + a.Entitlement.Kind + "/" + a.Entitlement.ID
		if a.Indirect {
			line += " (indirect)"
		}
		got = append(got, line)
	}
	slices.Sort(got)
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("held (-want +got):\n%s", d)
	}
}

func simOptions() httpkit.Options { return httpkit.Options{Base: site} }

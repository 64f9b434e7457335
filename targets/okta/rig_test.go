package okta

import (
	"context"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/getkin/kin-openapi/openapi3"

	"birthright/identity"
	"birthright/internal/ratelimit"
	"birthright/internal/secret"
	"birthright/internal/sim/vendorspec"
	"birthright/targets"
	"birthright/targets/okta/oktasim"
	"birthright/targets/targettest"
	"birthright/targets/targettest/simtest"
)

const (
	canary = "canary-00oktatoken"
	base   = "https://simulated.invalid"
)

// checked is a simulator whose every request and answer is held against Okta's own
// description.
type checked struct {
	*oktasim.Sim
	handler http.Handler
	spec    *vendorspec.Spec
}

func (c *checked) ServeHTTP(w http.ResponseWriter, r *http.Request) { c.handler.ServeHTTP(w, r) }

// description reads Okta's description, which takes a while.
func description(t testing.TB) *vendorspec.Spec {
	t.Helper()
	return vendorspec.Load(t, "okta.json", base, mend)
}

func newChecked(t testing.TB, opt oktasim.Options, spec *vendorspec.Spec) *checked {
	t.Helper()
	c := &checked{Sim: oktasim.New(opt), spec: spec}
	c.handler = c.spec.Wrap(t, c.Sim, "/oauth2/v1/token")
	return c
}

// mend says what Okta's description leaves out: every attribute of the profile but
// login may be null, as Okta's page on the user profile has it.
func mend(doc *openapi3.T) {
	for name, property := range doc.Components.Schemas["UserProfile"].Value.Properties {
		if name != "login" {
			property.Value.Nullable = true
		}
	}
}

// ref is a secret that stands in the test.
func ref(t testing.TB, text string) secret.Ref {
	t.Helper()
	r, err := secret.New(text)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// plenty are budgets that no test comes to the end of.
func plenty() []ratelimit.Limit {
	var out []ratelimit.Limit
	for _, l := range budgets() {
		l.Tokens, l.Per = 1<<20, time.Second
		out = append(out, l)
	}
	return out
}

// rig is an organisation and a target over it.
type rig struct {
	*simtest.Rig
	org    *checked
	target *Target
}

func newRig(t testing.TB, opt oktasim.Options, change func(*Config)) *rig {
	t.Helper()
	return newRigBy(t, description(t), opt, change)
}

func newRigBy(t testing.TB, spec *vendorspec.Spec, opt oktasim.Options, change func(*Config)) *rig {
	t.Helper()
	if opt.Token == "" && opt.ClientID == "" {
		opt.Token = canary
	}
	if opt.Budgets == nil {
		opt.Budgets = map[string]int{}
	}
	r := &rig{org: newChecked(t, opt, spec)}
	r.Rig = simtest.New(r.org)
	r.org.SetNow(r.Clock.Now)
	r.Transport.Reading(reading)
	c := Config{Token: ref(t, canary), PageSize: 3, Groups: Groups{Create: true}}
	c.URL, c.Limits = base, plenty()
	if change != nil {
		change(&c)
	}
	if faults := c.Validate(); len(faults) > 0 {
		t.Fatal(faults)
	}
	var err error
	if r.target, err = c.open(r.Env("t"), r.Transport); err != nil {
		t.Fatal(err)
	}
	return r
}

const domain = "@example.com"

// inDomain gives the contract's names a domain, for Okta's logins are addresses.
type inDomain struct{ *Target }

func (d inDomain) Normalise(a targets.Account) targets.Account {
	return bare(d.Target.Normalise(full(a)))
}

func (d inDomain) Apply(ctx context.Context, ops []targets.Op) []targets.Result {
	out := make([]targets.Op, len(ops))
	for i, op := range ops {
		op.Account = full(op.Account)
		out[i] = op
	}
	return d.Target.Apply(ctx, out)
}

func (d inDomain) Read(ctx context.Context, q targets.Query, sink targets.Sink) (targets.End, error) {
	if q.Accounts != nil {
		accounts := []targets.Account{}
		for _, a := range q.Accounts {
			accounts = append(accounts, full(a))
		}
		q.Accounts = accounts
	}
	return d.Target.Read(ctx, q, bareSink{sink})
}

type bareSink struct{ targets.Sink }

func (s bareSink) Account(a targets.Account) error { return s.Sink.Account(bare(a)) }

func full(a targets.Account) targets.Account {
	if a.Name != "" {
		a.Name += domain
	}
	return a
}

func bare(a targets.Account) targets.Account {
	a.Name = strings.TrimSuffix(a.Name, domain)
	return a
}

// peer makes the rig a peer of the contract.
func (r *rig) peer() targettest.Peer {
	p := r.Peer(inDomain{r.target}, "t")
	p.Canary = canary
	seed := p.Seed
	p.Uses = true
	p.Seed = func(t testing.TB, s targets.State) {
		for i := range s.Accounts {
			s.Accounts[i] = full(s.Accounts[i])
		}
		for i, a := range s.Assignments {
			s.Assignments[i].AccountID = a.AccountID + domain
		}
		seed(t, s)
	}
	return p
}

func named(name string) targets.Account { return targets.Account{Name: name + domain, Active: true} }

func eng() identity.Entitlement { return identity.Entitlement{Target: "t", Kind: Group, ID: "eng"} }

// one applies a single op.
func (r *rig) one(t testing.TB, op targets.Op) targets.Result {
	t.Helper()
	return r.target.Apply(t.Context(), []targets.Op{op})[0]
}

func (r *rig) read(t testing.TB) targets.State {
	t.Helper()
	s, err := targets.ReadState(t.Context(), r.target, targets.Query{})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

package entra

import (
	"context"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/getkin/kin-openapi/openapi3"

	"birthright/identity"
	"birthright/internal/ratelimit"
	"birthright/internal/secret"
	"birthright/internal/sim/vendorspec"
	"birthright/targets"
	"birthright/targets/entra/entrasim"
	"birthright/targets/targettest"
	"birthright/targets/targettest/simtest"
)

const canary = "canary-entra-secret"

// checked is a simulator whose every request and answer, those in batches too, is held
// against Microsoft's own description, as far as that goes.
type checked struct {
	*entrasim.Sim
	handler http.Handler
}

func (c *checked) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	for _, unknown := range []string{"/$batch", "/token", "/revokeSignInSessions", "/delta", "/memberOf", "/transitiveMemberOf"} {
		if strings.HasSuffix(r.URL.Path, unknown) {
			c.Sim.ServeHTTP(w, r)
			return
		}
	}
	c.handler.ServeHTTP(w, r)
}

func description(t testing.TB) *vendorspec.Spec {
	t.Helper()
	return vendorspec.Load(t, "microsoft-graph.json", usualURL, mend)
}

// mend says what the conversion of Microsoft's description has wrong: it wants an id of
// what is still to be made.
func mend(doc *openapi3.T) {
	for name, schema := range doc.Components.Schemas {
		if strings.HasSuffix(name, "-create") {
			schema.Value.Required = slices.DeleteFunc(schema.Value.Required, func(p string) bool { return p == "id" })
		}
	}
}

func ref(t testing.TB, text string) secret.Ref {
	t.Helper()
	r, err := secret.New(text)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// rig is a tenant and a target over it.
type rig struct {
	*simtest.Rig
	org    *checked
	target *Target
}

func newRig(t testing.TB, spec *vendorspec.Spec, opt entrasim.Options, change func(*Config)) *rig {
	t.Helper()
	opt.ClientID, opt.Secret = "app", canary
	r := &rig{org: &checked{Sim: entrasim.New(opt)}}
	r.org.handler = spec.Wrap(t, r.org.Sim)
	r.org.Inner = r.org
	r.Rig = simtest.New(r.org)
	r.Transport.Reading(reading)
	r.org.SetNow(r.Clock.Now)
	c := Config{Tenant: "example.com", ClientID: "app", ClientSecret: ref(t, canary), PageSize: 3, Groups: Groups{Create: true}}
	c.Limits = []ratelimit.Limit{{Tokens: 1 << 20, Per: time.Second}, {Scope: writes, Tokens: 1 << 20, Per: time.Second}}
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
	r.target.atOnce = 3
	return r
}

const domain = "@example.com"

// inDomain gives the contract's names a domain, for principals' names have one.
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

// peer makes the rig a peer of the contract. Nobody logs in: Entra does not tell how
// many sessions it ended, which the contract would count.
func (r *rig) peer() targettest.Peer {
	p := r.Peer(inDomain{r.target}, "t")
	p.Canary, p.Nests = canary, true
	seed := p.Seed
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

func address(name string) identity.Entitlement {
	return identity.Entitlement{Target: "t", Kind: Group, ID: name}
}

func (r *rig) apply(t testing.TB, ops ...targets.Op) []targets.Result {
	t.Helper()
	return r.target.Apply(t.Context(), ops)
}

func (r *rig) read(t testing.TB) targets.State {
	t.Helper()
	s, err := targets.ReadState(t.Context(), r.target, targets.Query{})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

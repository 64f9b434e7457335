package github

import (
	"context"
	"strings"
	"testing"

	"birthright/identity"
	"birthright/targets"
	"birthright/targets/github/githubsim"
	"birthright/targets/targettest"
)

// Whoever is in the organisation: nobody is invited, people are there already.
func TestContractWithMembers(t *testing.T) {
	spec := described(t)
	targettest.Run(t, targettest.Harness{New: func(t testing.TB) targettest.Peer {
		r := newRig(t, spec, Config{}, githubsim.Options{})
		return peer(r, r.Target)
	}})
}

// The accounts are an enterprise's: whoever is added is in at once.
func TestContractWithManagedUsers(t *testing.T) {
	spec := described(t)
	targettest.Run(t, targettest.Harness{New: func(t testing.TB) targettest.Peer {
		r := newRig(t, spec, Config{}, githubsim.Options{Managed: true}, byUserName)
		return peer(r, r.Target)
	}})
}

// Teams that may be tied to groups elsewhere, and people who are known from single
// sign-on.
func TestContractWithExternalGroups(t *testing.T) {
	spec := described(t)
	targettest.Run(t, targettest.Harness{New: func(t testing.TB) targettest.Peer {
		r := newRig(t, spec, Config{IDP: "external_groups"}, githubsim.Options{SAML: true}, targets.Mapping{To: "saml_name_id", From: "email"})
		return peer(r, r.Target)
	}})
}

// Levels of repositories. The contract's entitlements have names alone: they are the
// level push of a repository here, and the other levels are left out.
func TestContractWithRepositories(t *testing.T) {
	spec := described(t)
	targettest.Run(t, targettest.Harness{New: func(t testing.TB) targettest.Peer {
		r := newRig(t, spec, Config{Entitlements: []string{kindRepo}}, githubsim.Options{})
		p := peer(r, pushOnly{r.Target})
		seed := p.Seed
		p.Seed = func(t testing.TB, s targets.State) {
			for i := range s.Entitlements {
				s.Entitlements[i].Address = leveled(s.Entitlements[i].Address)
			}
			for i := range s.Assignments {
				s.Assignments[i].Entitlement = leveled(s.Assignments[i].Entitlement)
			}
			seed(t, s)
		}
		return p
	}})
}

func peer(r *rig, t targets.Target) targettest.Peer {
	p := r.Peer(t, "t")
	p.Nests, p.Canary = true, canary
	p.RefusesName = func(name string) bool { return !loginForm.MatchString(name) }
	return p
}

const level = "@push"

// pushOnly shows the level push of repositories as if there were no other.
type pushOnly struct{ *Target }

func leveled(e identity.Entitlement) identity.Entitlement {
	if e.Kind == kindRepo && e.ID != "" && e.Target == "t" {
		e.ID += level
	}
	return e
}

func (p pushOnly) Apply(ctx context.Context, ops []targets.Op) []targets.Result {
	inner := make([]targets.Op, len(ops))
	for i, op := range ops {
		op.Entitlement = leveled(op.Entitlement)
		inner[i] = op
	}
	return p.Target.Apply(ctx, inner)
}

func (p pushOnly) Read(ctx context.Context, q targets.Query, sink targets.Sink) (targets.End, error) {
	if q.Entitlements != nil {
		inner := make([]identity.Entitlement, len(q.Entitlements))
		for i, e := range q.Entitlements {
			inner[i] = leveled(e)
		}
		q.Entitlements = inner
	}
	return p.Target.Read(ctx, q, pushSink{sink})
}

type pushSink struct{ targets.Sink }

func (s pushSink) Entitlement(e targets.Entitlement) error {
	id, ok := strings.CutSuffix(e.Address.ID, level)
	if !ok {
		return nil
	}
	e.Address.ID, e.Title = id, ""
	return s.Sink.Entitlement(e)
}

func (s pushSink) Assignment(a targets.Assignment) error {
	id, ok := strings.CutSuffix(a.Entitlement.ID, level)
	if !ok {
		return nil
	}
	a.Entitlement.ID = id
	return s.Sink.Assignment(a)
}

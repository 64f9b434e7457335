package jira

import (
	"context"
	"strings"
	"testing"

	"birthright/identity"
	"birthright/targets"
	"birthright/targets/jira/jirasim"
	"birthright/targets/targettest"
)

// byName leaves addresses to the contract's names.
var byName = targets.Mapping{To: fieldName, From: identity.AttrDisplayName}

func TestContractWithGroups(t *testing.T) {
	spec := described(t)
	targettest.Run(t, targettest.Harness{New: func(t testing.TB) targettest.Peer {
		r := newRig(t, spec, Config{Email: "hub@example.com"}, jirasim.Options{}, byName)
		return peer(r, r.Target)
	}})
}

// Roles of a project, with a bearer token. The contract's entitlements have names
// alone: they are roles of one project here.
func TestContractWithProjectRoles(t *testing.T) {
	spec := described(t)
	targettest.Run(t, targettest.Harness{New: func(t testing.TB) targettest.Peer {
		r := newRig(t, spec, Config{Entitlements: []string{kindRole}}, jirasim.Options{}, byName)
		p := peer(r, inProject{r.Target})
		seed := p.Seed
		p.Nests = true
		p.Seed = func(t testing.TB, s targets.State) {
			for i := range s.Entitlements {
				s.Entitlements[i].Address = inOPS(s.Entitlements[i].Address)
			}
			for i := range s.Assignments {
				s.Assignments[i].Entitlement = inOPS(s.Assignments[i].Entitlement)
			}
			seed(t, s)
		}
		return p
	}})
}

func peer(r *rig, t targets.Target) targettest.Peer {
	p := r.Peer(t, "t")
	p.Canary = canary
	return p
}

const project1 = "OPS/"

// inProject shows the roles of one project as if there were no other.
type inProject struct{ *Target }

func inOPS(e identity.Entitlement) identity.Entitlement {
	if e.Kind == kindRole && e.ID != "" && e.Target == "t" {
		e.ID = project1 + e.ID
	}
	return e
}

func (p inProject) Apply(ctx context.Context, ops []targets.Op) []targets.Result {
	inner := make([]targets.Op, len(ops))
	for i, op := range ops {
		op.Entitlement = inOPS(op.Entitlement)
		inner[i] = op
	}
	return p.Target.Apply(ctx, inner)
}

func (p inProject) Read(ctx context.Context, q targets.Query, sink targets.Sink) (targets.End, error) {
	if q.Entitlements != nil {
		inner := make([]identity.Entitlement, len(q.Entitlements))
		for i, e := range q.Entitlements {
			inner[i] = inOPS(e)
		}
		q.Entitlements = inner
	}
	return p.Target.Read(ctx, q, outOfProject{sink})
}

type outOfProject struct{ targets.Sink }

func (s outOfProject) Entitlement(e targets.Entitlement) error {
	e.Address.ID, e.Title = strings.TrimPrefix(e.Address.ID, project1), ""
	return s.Sink.Entitlement(e)
}

func (s outOfProject) Assignment(a targets.Assignment) error {
	a.Entitlement.ID = strings.TrimPrefix(a.Entitlement.ID, project1)
	return s.Sink.Assignment(a)
}

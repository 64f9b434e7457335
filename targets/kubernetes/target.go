package kubernetes

import (
	"errors"
	"log/slog"

	"birthright/identity"
	"birthright/internal/httpkit"
	"birthright/internal/sim"
	"birthright/targets"
)

// Target is one cluster. It is safe for concurrent use.
type Target struct {
	name, prefix string
	attribute    string // of a person, that is the user's name; "" is the user name
	page         int
	client       *httpkit.Client
	sim          *sim.Transport // nil where there is a cluster
	log          *slog.Logger
}

// Capabilities says what may be asked of the target.
func (t *Target) Capabilities() targets.Capabilities {
	c := targets.Capabilities{
		Kinds: []string{kindRole, kindClusterRole, kindNamespaceRole}, ImplicitAccounts: true, MaxBatch: 100, Concurrency: 4,
	}
	if t.attribute != "" {
		c.Attributes = []string{t.attribute}
	}
	return c
}

// Normalise names an account as the cluster does. Who lacks the attribute has no name
// there: their user name could be somebody else's.
func (t *Target) Normalise(a targets.Account) targets.Account {
	if t.attribute == "" {
		a.Attributes = identity.Attributes{}
		return a
	}
	if a.Attributes == nil {
		return t.found(a.Name) // a name alone is one of the cluster's
	}
	named := t.found(a.Attributes.First(t.attribute))
	named.ID, named.Active = a.ID, a.Active
	return named
}

// found is the account of a user's name, without prefix.
func (t *Target) found(name string) targets.Account {
	a := targets.Account{Name: name, Active: true, Attributes: identity.Attributes{}}
	if t.attribute != "" && name != "" {
		a.Attributes.Set(t.attribute, name)
	}
	return a
}

// Calls returns how many requests were sent.
func (t *Target) Calls() int64 { return t.client.Calls() }

// Close lets go of connections.
func (t *Target) Close() error {
	t.client.Close()
	if t.sim != nil {
		return t.sim.Close()
	}
	return nil
}

func (t *Target) entitlement(p place) identity.Entitlement {
	return identity.Entitlement{Target: t.name, Kind: p.kind, ID: p.id()}
}

// kinded gives the error of a request its kind.
func kinded(op string, err error) error {
	f := httpkit.AsFailure(err)
	var known *identity.Error
	switch {
	case err == nil || errors.As(err, &known) && f == nil:
		return err
	case f == nil:
		return &identity.Error{Kind: identity.Internal, Op: op, Err: err}
	}
	return &identity.Error{Kind: f.Kind(), Op: op, Err: f}
}

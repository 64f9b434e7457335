package aws

import (
	"context"
	"sync"

	"birthright/identity"
	"birthright/targets"
)

// renamed has every permission set of the target go by another name: what the
// contract calls it.
type renamed struct {
	targets.Target

	mu          sync.Mutex
	names, back map[string]string
}

// there returns the target's name of an entitlement, here the contract's.
func (r *renamed) there(e identity.Entitlement) identity.Entitlement {
	r.mu.Lock()
	defer r.mu.Unlock()
	if e.Kind != PermissionSet || e.ID == "" {
		return e
	}
	if r.names[e.ID] == "" {
		made := name(len(r.names))
		r.names[e.ID], r.back[made] = made, e.ID
	}
	e.ID = r.names[e.ID]
	return e
}

func (r *renamed) here(e identity.Entitlement) identity.Entitlement {
	r.mu.Lock()
	defer r.mu.Unlock()
	if known := r.back[e.ID]; known != "" {
		e.ID = known
	}
	return e
}

func (r *renamed) state(s targets.State) targets.State {
	var out targets.State
	out.Accounts = s.Accounts
	for _, e := range s.Entitlements {
		e.Address = r.there(e.Address)
		out.Entitlements = append(out.Entitlements, e)
	}
	for _, a := range s.Assignments {
		a.Entitlement = r.there(a.Entitlement)
		out.Assignments = append(out.Assignments, a)
	}
	return out
}

// Capabilities says that permission sets are all there is: the contract seeds them, and
// who holds them. A user that goes before what it holds leaves assignments behind, with
// AWS as here, and a contract that plays that a hundred times would drown in them.
func (r *renamed) Capabilities() targets.Capabilities {
	c := r.Target.Capabilities()
	c.Kinds, c.CreateEntitlements, c.CreateAccounts, c.DeleteAccounts = []string{PermissionSet}, false, false, false
	return c
}

func (r *renamed) Normalise(a targets.Account) targets.Account {
	return r.Target.(targets.Normaliser).Normalise(a)
}

func (r *renamed) Close() error { return r.Target.(targets.Closer).Close() }

func (r *renamed) Apply(ctx context.Context, ops []targets.Op) []targets.Result {
	out := make([]targets.Op, len(ops))
	for i, op := range ops {
		out[i] = op
		out[i].Entitlement = r.there(op.Entitlement)
		if op.Action == targets.CreateAccount || op.Action == targets.DeleteAccount {
			out[i] = targets.Op{} // not declared here
		}
	}
	return r.Target.Apply(ctx, out)
}

func (r *renamed) Read(ctx context.Context, q targets.Query, sink targets.Sink) (targets.End, error) {
	if q.Entitlements != nil {
		asked := []identity.Entitlement{}
		for _, e := range q.Entitlements {
			asked = append(asked, r.there(e))
		}
		q.Entitlements = asked
	}
	return r.Target.Read(ctx, q, back{r, sink})
}

// back hands on what is read, by the contract's names.
type back struct {
	*renamed
	sink targets.Sink
}

func (b back) Account(a targets.Account) error { return b.sink.Account(a) }

func (b back) Entitlement(e targets.Entitlement) error {
	if e.Address.Kind != PermissionSet {
		return nil // the groups by which the peer lets others hold something
	}
	e.Address = b.here(e.Address)
	return b.sink.Entitlement(e)
}

func (b back) Assignment(a targets.Assignment) error {
	if a.Entitlement.Kind != PermissionSet {
		return nil
	}
	a.Entitlement = b.here(a.Entitlement)
	return b.sink.Assignment(a)
}

package targettest

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"birthright/identity"
	"birthright/targets"
)

// want is a wanted state: accounts by name, and who holds what.
type want struct {
	accounts map[string]targets.Account
	holds    map[identity.Entitlement]map[string]bool
}

func newWant() want {
	return want{accounts: map[string]targets.Account{}, holds: map[identity.Entitlement]map[string]bool{}}
}

// account adds an active account with values for attributes, given as name, value pairs.
func (w want) account(name string, pairs ...string) want {
	attributes := identity.Attributes{}
	for i := 0; i+1 < len(pairs); i += 2 {
		attributes.Set(pairs[i], pairs[i+1])
	}
	w.accounts[name] = targets.Account{Name: name, Active: true, Attributes: attributes}
	return w
}

// gives says that names hold e; with no names, that e exists.
func (w want) gives(e identity.Entitlement, names ...string) want {
	if w.holds[e] == nil {
		w.holds[e] = map[string]bool{}
	}
	for _, n := range names {
		w.holds[e][n] = true
	}
	return w
}

// clone returns a copy that shares nothing with w.
func (w want) clone() want {
	c := newWant()
	for name, a := range w.accounts {
		a.Attributes = a.Attributes.Clone()
		c.accounts[name] = a
	}
	for e, names := range w.holds {
		c.holds[e] = maps.Clone(names)
	}
	return c
}

// without returns a copy of w in which the account is gone and holds nothing.
func (w want) without(name string) want {
	c := w.clone()
	delete(c.accounts, name)
	for _, names := range c.holds {
		delete(names, name)
	}
	return c
}

// wantOf turns what was observed into what is wanted: "leave it as it is".
func wantOf(s targets.State) want {
	w := newWant()
	names := map[string]string{}
	for _, a := range s.Accounts {
		names[a.ID] = a.Name
		a.ID = ""
		w.accounts[a.Name] = a
	}
	for _, e := range s.Entitlements {
		w.gives(e.Address)
	}
	for _, a := range s.Assignments {
		if !a.Indirect {
			w.gives(a.Entitlement, names[a.AccountID])
		}
	}
	return w
}

// entitlements returns the wanted entitlements in order.
func (w want) entitlements() []identity.Entitlement {
	return slices.SortedFunc(maps.Keys(w.holds), identity.CompareEntitlements)
}

// entitlement addresses one of the target under test.
func (p Peer) entitlement(id string) identity.Entitlement {
	return identity.Entitlement{Target: p.name(), Kind: p.kind(), ID: id}
}

// fold returns what names are compared by on this target.
func (p Peer) fold(name string) string {
	if n, ok := p.Target.(targets.Normaliser); ok {
		name = n.Normalise(targets.Account{Name: name}).Name
	}
	if p.Target.Capabilities().FoldNames {
		name = strings.ToLower(name)
	}
	return name
}

// normal returns a as a later read would show it: bent by the target, with the
// attributes that it stores.
func (p Peer) normal(a targets.Account) targets.Account {
	if n, ok := p.Target.(targets.Normaliser); ok {
		a = n.Normalise(a)
	}
	kept := identity.Attributes{}
	for _, name := range p.Target.Capabilities().Attributes {
		kept.Set(name, a.Attributes[name]...)
	}
	a.Attributes = kept
	return a
}

// fleeting reports whether accounts are there only as long as they hold something.
func (p Peer) fleeting() bool {
	c := p.Target.Capabilities()
	return c.ImplicitAccounts && !c.CreateAccounts
}

// value returns the name of the i-th attribute that the target stores.
func (p Peer) value(i int) string {
	names := p.Target.Capabilities().Attributes
	if len(names) == 0 {
		return identity.AttrDisplayName
	}
	return names[i%len(names)]
}

// read returns what the target holds, failing the test where it cannot tell.
func (p Peer) read(t testing.TB) targets.State {
	t.Helper()
	s, err := targets.ReadState(t.Context(), p.Target, targets.Query{})
	if err != nil {
		t.Fatalf("read: %v", err)
	}
	return s
}

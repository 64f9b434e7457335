package memory

import (
	"maps"

	"birthright/identity"
	"birthright/targets"
)

// Counts is how often the target was asked for something.
type Counts struct {
	Reads   int // calls of Read
	Applies int // calls of Apply
	Ops     int // ops in those calls
	Changes int // ops that changed the contents
	// ByAction counts the ops by their action.
	ByAction map[targets.Action]int
}

// Counts returns what was counted since the target was made.
func (t *Target) Counts() Counts {
	t.mu.Lock()
	defer t.mu.Unlock()
	c := t.counts
	c.ByAction = maps.Clone(c.ByAction)
	return c
}

// Snapshot returns the contents, sorted, without counting as a read and without
// any trouble.
func (t *Target) Snapshot() targets.State {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.lapse()
	return t.selected(targets.Query{})
}

// Seed adds s to the contents as a stranger would: without ops and without
// asking capabilities. An account that is there already (by id, else by name) is
// overwritten; an assignment names its account by id or by name and brings its
// entitlement into being.
func (t *Target) Seed(s targets.State) {
	t.mu.Lock()
	defer t.mu.Unlock()
	for _, a := range s.Accounts {
		if old := t.find(a); old != nil {
			a.ID = old.ID
			delete(t.names, t.fold(old.Name))
			old.Account, old.Attributes = a, t.kept(a.Attributes)
			t.names[t.fold(a.Name)] = a.ID
			t.version++
			continue
		}
		t.insert(a)
	}
	for _, e := range s.Entitlements {
		t.enlist(e)
	}
	for _, as := range s.Assignments {
		a := t.accounts[as.AccountID]
		if a == nil {
			a = t.find(targets.Account{Name: as.AccountID})
		}
		if a == nil {
			a = t.insert(targets.Account{Name: as.AccountID, Active: true})
			a.implicit = t.caps.ImplicitAccounts
		}
		k := t.enlist(targets.Entitlement{Address: as.Entitlement})
		a.holds[k] = holding{indirect: as.Indirect, notAfter: as.NotAfter}
		t.expect(as.NotAfter)
		t.version++
	}
}

// enlist puts e into the catalog unless it is there.
func (t *Target) enlist(e targets.Entitlement) key {
	k := key{e.Address.Kind, e.Address.ID}
	if _, ok := t.catalog[k]; !ok {
		e.Address.Target = t.name
		t.catalog[k] = e
		t.version++
	}
	return k
}

// TakeAway removes an assignment by hand; account is a name.
func (t *Target) TakeAway(account string, e identity.Entitlement) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if a := t.find(targets.Account{Name: account}); a != nil {
		k := key{e.Kind, e.ID}
		delete(a.holds, k)
		t.forgetIfUnheld(k)
		t.version++
		t.endIfImplicit(a)
	}
}

// Drop removes an account by hand, with all it holds; account is a name.
func (t *Target) Drop(account string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if a := t.find(targets.Account{Name: account}); a != nil {
		t.drop(a)
	}
}

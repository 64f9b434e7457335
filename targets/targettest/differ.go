package targettest

import (
	"maps"
	"slices"

	"birthright/targets"
)

// differ returns the ops that make observed what w wants, in phases that may be
// applied one after the other. It is the plainest possible planner: everything
// that is not wanted goes.
func (p Peer) differ(observed targets.State, w want) [][]targets.Op {
	d := newDiff(p, observed)
	return slices.DeleteFunc([][]targets.Op{
		d.newEntitlements(w), d.removals(w), d.accountChanges(w), d.additions(w), d.departures(w),
	}, func(phase []targets.Op) bool { return len(phase) == 0 })
}

// diff indexes what was observed.
type diff struct {
	p       Peer
	caps    targets.Capabilities
	s       targets.State
	byName  map[string]targets.Account
	names   map[string]string // id → name
	catalog map[string]bool
	direct  map[string]map[string]bool // entitlement → folded names
}

func newDiff(p Peer, s targets.State) diff {
	d := diff{
		p: p, caps: p.Target.Capabilities(), s: s, byName: map[string]targets.Account{}, names: map[string]string{},
		catalog: map[string]bool{}, direct: map[string]map[string]bool{},
	}
	for _, a := range s.Accounts {
		d.byName[p.fold(a.Name)] = a
		d.names[a.ID] = a.Name
	}
	for _, e := range s.Entitlements {
		d.catalog[e.Address.String()] = true
	}
	for _, a := range s.Assignments {
		if a.Indirect {
			continue
		}
		key := a.Entitlement.String()
		if d.direct[key] == nil {
			d.direct[key] = map[string]bool{}
		}
		d.direct[key][p.fold(d.names[a.AccountID])] = true
	}
	return d
}

func (d diff) newEntitlements(w want) []targets.Op {
	var ops []targets.Op
	for _, e := range w.entitlements() {
		if !d.catalog[e.String()] && !d.caps.ImplicitEntitlements {
			ops = append(ops, targets.Op{Action: targets.CreateEntitlement, Entitlement: e})
		}
	}
	return ops
}

func (d diff) removals(w want) []targets.Op {
	keep := map[string]map[string]bool{}
	for e, names := range w.holds {
		folded := map[string]bool{}
		for n := range names {
			folded[d.p.fold(n)] = true
		}
		keep[e.String()] = folded
	}
	var ops []targets.Op
	for _, a := range d.s.Assignments {
		name := d.names[a.AccountID]
		if !a.Indirect && !keep[a.Entitlement.String()][d.p.fold(name)] {
			ops = append(ops, targets.Op{
				Action: targets.Remove, Account: targets.Account{ID: a.AccountID, Name: name}, Entitlement: a.Entitlement,
			})
		}
	}
	return ops
}

func (d diff) accountChanges(w want) []targets.Op {
	holders := map[string]bool{}
	for _, names := range w.holds {
		for n := range names {
			holders[d.p.fold(n)] = true
		}
	}
	var ops []targets.Op
	for _, name := range slices.Sorted(maps.Keys(w.accounts)) {
		a := w.accounts[name]
		found, there := d.byName[d.p.fold(name)]
		idle := !holders[d.p.fold(name)]
		// An implicit account that is to hold nothing has to be told apart from
		// one that merely loses what it holds now.
		if !d.caps.CreateAccounts && !there {
			continue // whoever is not there, Peer.Seed forgot
		}
		if d.caps.CreateAccounts && d.caps.ImplicitAccounts && idle && (!there || d.holding(found.ID)) || !d.caps.ImplicitAccounts && !there {
			ops = append(ops, targets.Op{Action: targets.CreateAccount, Account: a})
		}
		if there {
			ops = append(ops, d.accountChange(found, a)...)
		}
	}
	return ops
}

// holding reports whether the account holds anything now.
func (d diff) holding(id string) bool {
	for _, a := range d.s.Assignments {
		if a.AccountID == id {
			return true
		}
	}
	return false
}

// accountChange brings one account in line.
func (d diff) accountChange(found, wanted targets.Account) []targets.Op {
	wanted.ID = found.ID
	var ops []targets.Op
	if d.caps.UpdateAccounts && !d.p.normal(wanted).Attributes.Equal(found.Attributes) {
		ops = append(ops, targets.Op{Action: targets.UpdateAccount, Account: wanted})
	}
	if d.caps.DisableAccounts && found.Active != wanted.Active {
		action := targets.DisableAccount
		if wanted.Active {
			action = targets.EnableAccount
		}
		ops = append(ops, targets.Op{Action: action, Account: wanted})
	}
	return ops
}

func (d diff) additions(w want) []targets.Op {
	var ops []targets.Op
	for _, e := range w.entitlements() {
		for _, name := range slices.Sorted(maps.Keys(w.holds[e])) {
			if d.direct[e.String()][d.p.fold(name)] {
				continue
			}
			account := w.accounts[name]
			account.ID = d.byName[d.p.fold(name)].ID
			ops = append(ops, targets.Op{Action: targets.Add, Account: account, Entitlement: e})
		}
	}
	return ops
}

func (d diff) departures(w want) []targets.Op {
	stays := map[string]bool{}
	for name := range w.accounts {
		stays[d.p.fold(name)] = true
	}
	var ops []targets.Op
	for _, a := range d.s.Accounts {
		switch {
		case stays[d.p.fold(a.Name)]:
		case d.caps.DeleteAccounts:
			ops = append(ops, targets.Op{Action: targets.DeleteAccount, Account: a})
		case d.caps.DisableAccounts && a.Active:
			ops = append(ops, targets.Op{Action: targets.DisableAccount, Account: a})
		}
	}
	return ops
}

package reconcile

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"time"

	"birthright/identity"
	"birthright/plan"
	"birthright/store"
	"birthright/targets"
)

// wants is what a decision comes to on one target.
type wants struct {
	dest     Destination
	decision *decision
	ents     *numbering[identity.Entitlement]
	// byGroup holds, by group number, the entitlements on this target that the
	// group carries, ascending.
	byGroup map[int64][]int64
	// governed are the entitlements that the policy gives to anybody.
	governed map[int64]bool
	// matchOnly are the attributes that accounts are matched by and do not keep.
	matchOnly []string
}

// wantsOn works out what decision d comes to on one target. few says that it
// speaks of a few users only.
func wantsOn(ctx context.Context, tx *store.Tx, dest Destination, d *decision, few bool) (*wants, error) {
	w := &wants{
		dest: dest, decision: d, ents: newNumbering[identity.Entitlement](),
		byGroup: map[int64][]int64{}, governed: map[int64]bool{},
	}
	for _, name := range dest.Match {
		if name != identity.AttrUserName && !slices.Contains(dest.Settings.Capabilities.Attributes, name) {
			w.matchOnly = append(w.matchOnly, name)
		}
	}
	return w, w.numberEntitlements(ctx, tx, few)
}

// numberEntitlements numbers what the policy gives on this target. Where only a
// few users matter, only what their groups give is looked up.
func (w *wants) numberEntitlements(ctx context.Context, tx *store.Tx, few bool) error {
	perGroup := map[string][]identity.Entitlement{}
	var all []identity.Entitlement
	note := func(name string) {
		if _, done := perGroup[name]; !done {
			perGroup[name] = w.accessOf(name)
			all = append(all, perGroup[name]...)
		}
	}
	if !few {
		for _, name := range w.decision.engine.GroupNames() {
			note(name)
		}
	}
	seen := map[int64]bool{}
	for _, row := range w.decision.rows {
		if !seen[row.GroupN] {
			seen[row.GroupN] = true
			note(w.decision.groups.name(row.GroupN))
		}
	}
	for _, groups := range w.decision.ended {
		for _, n := range groups {
			note(w.decision.groups.name(n))
		}
	}
	for _, ended := range w.decision.endedAccess {
		for _, e := range ended {
			if e.Target == w.dest.Name() {
				all = append(all, e)
			}
		}
	}
	numbers, err := tx.EntitlementNumbers(ctx, all, false)
	if err != nil {
		return err
	}
	for address, n := range numbers {
		w.ents.know(address, n)
	}
	for _, name := range slices.Sorted(maps.Keys(perGroup)) {
		w.noteAccess(name, perGroup[name])
	}
	return nil
}

// noteAccess remembers what a group carries.
func (w *wants) noteAccess(group string, access []identity.Entitlement) {
	var ns []int64
	for _, address := range access {
		n := w.ents.number(address)
		w.governed[n] = true
		ns = append(ns, n)
	}
	if groupN, ok := w.decision.groups.numbers[group]; ok { // one without a number has no members either
		slices.Sort(ns)
		w.byGroup[groupN] = slices.Compact(ns)
	}
}

// offered reports whether people may ask for an entitlement by itself.
func (w *wants) offered(e identity.Entitlement) bool {
	return len(w.decision.engine.Policy().Entitlements) > 0 && w.decision.engine.Offered(e.String()) != nil
}

// accessOf returns what a group carries on this target.
func (w *wants) accessOf(group string) []identity.Entitlement {
	definition, ok := w.decision.engine.Group(group)
	if !ok {
		return nil
	}
	var out []identity.Entitlement
	for _, e := range definition.Access {
		if e.Target == w.dest.Name() {
			out = append(out, e)
		}
	}
	return out
}

// person returns one of the decided users.
func (w *wants) person(userN int64) (decided, bool) {
	users := w.decision.users
	i, ok := slices.BinarySearchFunc(users, userN, func(u decided, n int64) int { return cmp.Compare(u.n, n) })
	if !ok {
		return decided{}, false
	}
	return users[i], true
}

// accountFor is the account that u should have, as the target would show it.
func (w *wants) accountFor(u decided) targets.Account {
	return w.normalised(u, w.dest.Settings.Capabilities.Attributes)
}

// ownerFor is u as far as finding an account goes.
func (w *wants) ownerFor(u decided, linkedID string) plan.Owner {
	return plan.Owner{
		UserN: u.n, LinkedID: linkedID,
		Account: w.normalised(u, w.dest.Settings.Capabilities.Attributes, w.matchOnly),
	}
}

func (w *wants) normalised(u decided, attributes ...[]string) targets.Account {
	account := targets.Account{Name: u.name, Active: true, Attributes: identity.Attributes{}}
	for _, names := range attributes {
		for _, name := range names {
			if values := u.attributes[name]; len(values) > 0 {
				account.Attributes[name] = values
			}
		}
	}
	if n, ok := w.dest.Target.(targets.Normaliser); ok {
		return n.Normalise(account)
	}
	return account
}

// matchesByNameOnly reports whether an account is found by its name or not at
// all: only that can be asked of a target for one person.
func (w *wants) matchesByNameOnly() bool {
	return !slices.ContainsFunc(w.dest.Match, func(attr string) bool { return attr != identity.AttrUserName })
}

// wanted reports whether the user should get anything here.
func (w *wants) wanted(u decided) bool {
	return slices.ContainsFunc(w.decision.memberships(u), func(m store.MembershipRow) bool { return len(w.byGroup[m.GroupN]) > 0 })
}

// entitlementsOf returns the entitlements that the user's memberships give on
// this target, ascending and each once.
func (w *wants) entitlementsOf(u decided) []int64 {
	memberships := w.decision.memberships(u)
	out := make([]int64, 0, len(memberships))
	for _, m := range memberships {
		out = append(out, w.byGroup[m.GroupN]...)
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// addresses returns every entitlement that matters here, in order.
func (w *wants) addresses() []identity.Entitlement {
	return slices.SortedFunc(maps.Keys(w.ents.numbers), identity.CompareEntitlements)
}

var _ plan.Lookup = (*lookup)(nil)

// lookup resolves numbers for package plan.
type lookup struct {
	*wants
	exists map[int64]bool
	// current is the user being planned.
	current decided
}

func (l *lookup) Entitlement(n int64) identity.Entitlement { return l.ents.name(n) }
func (l *lookup) Exists(n int64) bool                      { return l.exists[n] }
func (l *lookup) Governed(n int64) bool                    { return l.governed[n] }

func (l *lookup) Until(_, n int64) time.Time { return l.backstop(l.current, n) }

func (l *lookup) Why(_, n int64) []identity.Cause {
	var causes []identity.Cause
	for _, row := range l.decision.memberships(l.current) {
		if _, gives := slices.BinarySearch(l.byGroup[row.GroupN], n); gives {
			causes = append(causes, identity.Cause{Kind: identity.CauseGroup, Name: l.decision.groups.name(row.GroupN)})
			causes = append(causes, decodeCauses(l.decision.causes.name(row.CausesN))...)
		}
	}
	return identity.SortCauses(causes)
}

package reconcile

import (
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
	byGroup  map[int64][]int64
	governed map[int64]bool
	// people are the decided users with the account each should have.
	people []person
}

// person is one user on one target.
type person struct {
	decided
	account targets.Account // wanted, as the target would show it
}

// wantsOn works out what decision d comes to on one target. scope limits the
// users; nil means everybody that d speaks of.
func (r *Runner) wantsOn(ctx context.Context, tx *store.Tx, dest Destination, d *decision, scope []int64) (*wants, error) {
	w := &wants{
		dest: dest, decision: d, ents: newNumbering[identity.Entitlement](),
		byGroup: map[int64][]int64{}, governed: map[int64]bool{},
	}
	if err := w.numberEntitlements(ctx, tx, scope != nil); err != nil {
		return nil, err
	}
	return w, w.readPeople(ctx, tx, scope)
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
	for _, row := range w.decision.rows {
		note(w.decision.groups.name(row.GroupN))
	}
	numbers, err := tx.EntitlementNumbers(ctx, all, false)
	if err != nil {
		return err
	}
	for address, n := range numbers {
		w.ents.know(address, n)
	}
	for _, name := range slices.Sorted(maps.Keys(perGroup)) {
		groupN, given := w.decision.groups.numbers[name]
		for _, address := range perGroup[name] {
			n := w.ents.number(address)
			w.governed[n] = true
			if given { // a group without a number has no members either
				w.byGroup[groupN] = append(w.byGroup[groupN], n)
			}
		}
		slices.Sort(w.byGroup[groupN])
	}
	return nil
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

// readPeople pairs the decided users with the accounts that they should have.
// Whoever changed after the decision is left out: that change has its own work.
func (w *wants) readPeople(ctx context.Context, tx *store.Tx, scope []int64) error {
	next := 0
	take := func(u identity.User) error {
		for next < len(w.decision.users) && w.decision.users[next].n < u.N {
			next++
		}
		if next < len(w.decision.users) && w.decision.users[next].n == u.N && !u.Modified.After(w.decision.at) {
			w.people = append(w.people, person{decided: w.decision.users[next], account: w.accountFor(u)})
		}
		return ctx.Err()
	}
	if scope == nil {
		return tx.EachUser(ctx, take)
	}
	users, err := tx.UsersByN(ctx, scope)
	if err != nil {
		return err
	}
	slices.SortFunc(users, func(a, b identity.User) int { return int(a.N - b.N) })
	for _, u := range users {
		if err := take(u); err != nil {
			return err
		}
	}
	return nil
}

// accountFor is the account that u should have, as the target would show it.
func (w *wants) accountFor(u identity.User) targets.Account {
	keep := w.dest.Settings.Capabilities.Attributes
	account := targets.Account{Name: u.UserName, Active: true, Attributes: make(identity.Attributes, len(keep))}
	for _, name := range keep {
		if values := u.Attributes[name]; len(values) > 0 {
			account.Attributes[name] = values
		}
	}
	for _, name := range w.dest.Match {
		if values := u.Attributes[name]; len(values) > 0 && account.Attributes[name] == nil {
			account.Attributes[name] = values
		}
	}
	if n, ok := w.dest.Target.(targets.Normaliser); ok {
		return n.Normalise(account)
	}
	return account
}

// entitlementsOf returns the entitlements that the user's memberships give on
// this target, ascending and each once.
func (w *wants) entitlementsOf(u decided) []int64 {
	memberships := w.decision.memberships(u)
	var out []int64
	for _, m := range memberships {
		out = append(out, w.byGroup[m.GroupN]...)
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// addresses returns every entitlement that matters here, in order.
func (w *wants) addresses() []identity.Entitlement {
	out := make([]identity.Entitlement, 0, len(w.ents.numbers))
	for address := range w.ents.numbers {
		out = append(out, address)
	}
	slices.SortFunc(out, identity.CompareEntitlements)
	return out
}

// whyRow returns the causes through which a membership row gives something.
func (w *wants) whyRow(row store.MembershipRow) []identity.Cause {
	causes := []identity.Cause{{Kind: identity.CauseGroup, Name: w.decision.groups.name(row.GroupN)}}
	return append(causes, decodeCauses(w.decision.causes.name(row.CausesN))...)
}

// dayAgo is the start of the guard's rolling window.
func dayAgo(now time.Time) time.Time { return now.Add(-24 * time.Hour) }

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

func (l *lookup) Why(_, n int64) []identity.Cause {
	var causes []identity.Cause
	for _, row := range l.decision.memberships(l.current) {
		if _, gives := slices.BinarySearch(l.byGroup[row.GroupN], n); gives {
			causes = append(causes, l.whyRow(row)...)
		}
	}
	return identity.SortCauses(causes)
}

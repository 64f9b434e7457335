package reconcile

import (
	"cmp"
	"context"
	"maps"
	"slices"

	"birthright/audit"
	"birthright/identity"
	"birthright/plan"
	"birthright/store"
)

// An order takes an entitlement from one account because a person said so. It is
// about what no membership gives: what is found on a target that the hub did not
// make. It stays open until the target was seen not to give it any more, so that
// whoever ordered it can rely on what the target shows, not on what it answered.

// loadOrders reads what was ordered to go on the target, for scope; for everybody
// where that is nil.
func (p *prepared) loadOrders(ctx context.Context, tx *store.Tx, scope []int64) error {
	rows, err := tx.OpenOrders(ctx, p.dest.Name(), scope)
	if err != nil || len(rows) == 0 {
		return err
	}
	p.orders, p.strangers = map[int64][]store.OrderRow{}, map[string]int64{}
	addrs := make([]identity.Entitlement, len(rows))
	var strangers []int64
	for i, o := range rows {
		p.orders[o.Holder] = append(p.orders[o.Holder], o)
		addrs[i] = o.Entitlement
		if identity.IsStranger(o.Holder) {
			strangers = append(strangers, o.Holder)
		}
	}
	known, err := tx.EntitlementNumbers(ctx, addrs, false)
	if err != nil {
		return err
	}
	for address, n := range known {
		p.ents.know(address, n)
	}
	found, err := tx.StrangersByN(ctx, strangers)
	for _, s := range found {
		p.strangers[s.NativeID] = s.N
	}
	return err
}

// markOrdered notes, at what a holder has, who ordered it to go.
func (p *prepared) markOrdered(holder int64, holdings []plan.Holding) {
	for _, o := range p.orders[holder] {
		n, known := p.ents.numbers[o.Entitlement]
		if i := slices.IndexFunc(holdings, func(h plan.Holding) bool { return h.Entitlement == n }); known && i >= 0 {
			holdings[i].Ordered = append(holdings[i].Ordered, orderCause(o))
		}
	}
}

func orderCause(o store.OrderRow) identity.Cause {
	return identity.Cause{Kind: identity.CauseReview, Name: o.ID}
}

// endOrders ends the orders of which the look at the target shows that they are
// carried out, or that a membership gives now what they were to take.
func (a *applier) endOrders(ctx context.Context) error {
	ended := map[string][]string{}
	gone := map[int64][]int64{} // whose holding of an entitlement
	var events []audit.Event
	for holder, orders := range a.orders {
		for _, o := range orders {
			if how := a.orderEnd(holder, o); how != "" {
				ended[how] = append(ended[how], o.ID)
				if n, known := a.ents.numbers[o.Entitlement]; known && how == store.OrderGone {
					gone[a.ents.settled(n)] = append(gone[a.ents.settled(n)], holder)
				}
				events = append(events, a.orderEvent(o, how))
			}
		}
	}
	if len(events) == 0 {
		return nil
	}
	slices.SortFunc(events, func(x, y audit.Event) int { return cmp.Compare(x.Detail["order"].(string), y.Detail["order"].(string)) })
	return a.updateLocked(ctx, func(tx *store.Tx) error {
		if err := tx.EndOrders(ctx, ended[store.OrderGiven], store.OrderGiven); err != nil {
			return err
		}
		if err := tx.EndOrders(ctx, ended[store.OrderGone], store.OrderGone, events...); err != nil {
			return err
		}
		return a.forgetHoldings(ctx, tx, gone)
	})
}

// forgetHoldings ends what was known to be held and was just seen to be gone: reports
// need not wait for the next look at the whole target.
func (a *applier) forgetHoldings(ctx context.Context, tx *store.Tx, gone map[int64][]int64) error {
	layers, err := tx.HoldingsOf(ctx, slices.Sorted(maps.Keys(gone)))
	if err != nil {
		return err
	}
	var changed []store.HoldingLayer
	var past []store.PastHolding
	for _, l := range layers {
		before := len(past)
		for _, holder := range gone[l.EntN] {
			if l.TargetN == a.state.N && l.Holders.CheckedRemove(uint32(holder)) { //nolint:gosec // a holder's number is of 32 bits
				past = append(past, store.PastHolding{Holder: holder, TargetN: l.TargetN, EntN: l.EntN, Since: l.Since, Until: tx.Now()})
			}
		}
		if len(past) > before {
			changed = append(changed, l)
		}
	}
	return tx.SaveHoldings(ctx, changed, past)
}

// orderEnd says how an order ends by what was seen; "" for not yet.
func (a *applier) orderEnd(holder int64, o store.OrderRow) string {
	ent, known := a.ents.numbers[o.Entitlement]
	if !known {
		return store.OrderGone // nobody has it
	}
	if identity.IsStranger(holder) {
		return a.strangersEnd(holder, ent)
	}
	u, decided := a.person(holder)
	switch {
	case !decided || a.unclear[holder] != "":
		return ""
	case slices.ContainsFunc(a.entitlementsOf(u), func(n int64) bool { return a.ents.settled(n) == ent }):
		return store.OrderGiven
	case a.holds(a.seenOf(holder), ent):
		return ""
	}
	return store.OrderGone
}

func (a *applier) strangersEnd(holder, ent int64) string {
	if !a.whole {
		return ""
	}
	for i := range a.accounts {
		if a.strangers[a.accounts[i].ID] == holder && a.holds(a.holdingsOf(i), ent) {
			return "" // also where it has become somebody's since
		}
	}
	return store.OrderGone
}

// holds reports whether an account was seen to have an entitlement, whether its number
// was provisional then or not.
func (a *applier) holds(seen []observation, ent int64) bool {
	return slices.ContainsFunc(seen, func(o observation) bool { return a.ents.settled(o.ent) == a.ents.settled(ent) })
}

func (a *applier) orderEvent(o store.OrderRow, how string) audit.Event {
	u, _ := a.person(o.Holder)
	return audit.Event{Actor: actorHub, Action: "order.ended", Subject: subject(u.name, o.Target), Run: a.run, Detail: map[string]any{
		"order": o.ID, "account": o.Account, "entitlement": o.Entitlement.String(), "outcome": how,
	}}
}

// lookAgainAt is the work of looking at a target once more after what was ordered is
// done: whether it is gone, the target itself must show.
func (a *applier) lookAgainAt(changes []plan.Change, verdicts []verdict) []store.Work {
	var out []store.Work
	for i, c := range changes {
		ordered := slices.ContainsFunc(a.orders[c.UserN], func(o store.OrderRow) bool { return o.Entitlement == c.Entitlement })
		if c.UserN != 0 && ordered && verdicts[i].result.Outcome.OK() {
			out = append(out, store.Work{Target: c.Target, UserN: c.UserN})
		}
	}
	return out
}

// orderedOfStrangers are the targets on which an account without a user is to lose
// something since they were looked at last: only a look at the whole target can tell
// of these.
func (r *Runner) orderedOfStrangers(ctx context.Context) []string {
	var names []string
	err := r.Store.View(ctx, func(tx *store.Tx) error {
		latest, err := tx.OrdersOfStrangers(ctx)
		for _, dest := range r.Destinations {
			at, any := latest[dest.Name()]
			if !any || err != nil {
				continue
			}
			var state store.TargetState
			if state, err = stateOf(ctx, tx, dest.Name()); err == nil && at.After(state.LastFullAt) {
				names = append(names, dest.Name())
			}
		}
		return err
	})
	if err != nil && ctx.Err() == nil {
		r.Log.Error("look for orders", "error", err)
	}
	return names
}

package reconcile

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"

	"birthright/internal/tracing"
	"birthright/plan"
	"birthright/store"
)

// prepared is everything a run wants to do on one target; a plan shows it, a
// sync carries it out.
type prepared struct {
	*wants
	*picture
	changes  []plan.Change
	stopped  []plan.Stopped
	drift    []plan.Drift
	waiting  []Waiting
	outcomes []bookkeeping
	heldRows []store.HeldRow // those of the people that the run is for, as they were
	// pending is what the target has accepted, by change, and since when; withheld
	// are the changes that are not tried for it.
	pending  map[string]time.Time
	withheld []withheld
	// seenAt is when a look at the whole target began, and gap what it did not show: ""
	// for nothing.
	seenAt time.Time
	gap    string
	// strangers are the numbers of accounts without a user that somebody ordered to lose
	// something, by native id.
	strangers map[string]int64
	// invited are the users whose account the target has accepted to make.
	invited map[int64]bool
}

// bookkeeping is what changes in the store for one user although nothing
// changes on the target.
type bookkeeping struct {
	userN         int64
	adoptAccount  bool
	adopt, forget []int64
	renew         []int64 // given anew though their time was over
}

// prepare makes the plan for one target. When the target does not answer, the
// plan is made from what is remembered and returned together with the trouble,
// so that what is owed can be shown.
func (r *Runner) prepare(ctx context.Context, dest Destination, d *decision, scope []int64, s sight) (out *prepared, err error) {
	ctx, span := tracing.Start(ctx, "plan")
	defer func() {
		planned(span, out)
		span.End(err)
	}()
	span.Target(dest.Name())
	span.Kind(s.word())
	p := &prepared{}
	var standing plan.Standing
	err = r.Store.View(ctx, func(tx *store.Tx) (err error) {
		if p.wants, err = wantsOn(ctx, tx, dest, d, scope != nil && s != everything); err != nil {
			return err
		}
		if p.picture, err = remember(ctx, tx, p.wants, scope); err != nil {
			return err
		}
		if err = p.loadOrders(ctx, tx, scope); err != nil {
			return err
		}
		if standing, err = p.standing(ctx, tx, scope); err != nil {
			return err
		}
		return p.loadPending(ctx, tx, scope)
	})
	if err != nil {
		return nil, err
	}
	if scope != nil && p.state.LastFullAt.IsZero() {
		return nil, neverRead(dest.Name())
	}
	why := r.lookIfUp(ctx, p, scope, s)
	if why != nil && !isTrouble(why) {
		return nil, why
	}
	if why != nil {
		p.picture = p.unseen()
		p.asFeared()
	}
	r.plan(p)
	p.withdraw()
	p.withhold(r.Now(), untilAsked)
	p.changes, p.stopped = plan.Guard(dest.Limits, standing, p.changes)
	plan.SortDrift(p.drift)
	slices.SortFunc(p.waiting, func(a, b Waiting) int {
		return cmp.Or(cmp.Compare(a.User, b.User), cmp.Compare(a.Reason, b.Reason))
	})
	return p, why
}

// lookIfUp looks at the target, but leaves one alone that did not answer a
// moment ago when it is only about a few people.
func (r *Runner) lookIfUp(ctx context.Context, p *prepared, scope []int64, s sight) error {
	name := p.dest.Name()
	if err := r.outages.resting(name, r.Now()); err != nil && scope != nil && s != everything {
		return trouble{err}
	}
	err := r.look(ctx, p, scope, s)
	if isTrouble(err) && ctx.Err() == nil {
		r.outages.failed(name, r.Now(), err)
	}
	return err
}

// standing is what the guard must know besides the plan.
func (p *prepared) standing(ctx context.Context, tx *store.Tx, scope []int64) (plan.Standing, error) {
	s := plan.Standing{Held: map[string]string{}, Released: map[string]bool{}, Refused: map[string]string{}}
	if p.state.N == 0 {
		return s, nil
	}
	var err error
	if s.Managed, err = p.countManaged(ctx, tx, scope); err != nil {
		return s, err
	}
	if s.Recent, err = tx.CountUnorderedRemovals(ctx, p.dest.Name(), dayAgo(tx.Now())); err != nil {
		return s, err
	}
	p.heldRows, err = tx.Held(ctx, store.HeldFilter{Kind: store.HeldRemoval, Target: p.dest.Name(), UserNs: scope})
	for _, row := range p.heldRows {
		switch {
		case !row.RefusedAt.IsZero():
			s.Refused[row.ID] = fmt.Sprintf("%s refused it: %s", row.RefusedBy, row.RefuseReason)
		case row.ReleasedAt.IsZero():
			s.Held[row.ID] = row.Reason
		default:
			s.Released[row.ID] = true
		}
	}
	return s, err
}

// countManaged returns how many assignments are the hub's. For a few people it
// does not count them all, but starts from the number after the last full run.
func (p *prepared) countManaged(ctx context.Context, tx *store.Tx, scope []int64) (int, error) {
	if scope == nil {
		return tx.CountManaged(ctx, p.state.N)
	}
	since, err := tx.CountUnorderedRemovals(ctx, p.dest.Name(), p.state.LastFullAt)
	return max(0, p.state.Managed-since), err
}

// dayAgo is the start of the guard's rolling window.
func dayAgo(now time.Time) time.Time { return now.Add(-24 * time.Hour) }

// plan asks package plan about everybody and gathers the answers.
func (r *Runner) plan(p *prepared) {
	names := &lookup{wants: p.wants, exists: p.exists}
	var holdings []plan.Holding // one list for everybody: User keeps nothing of it
	for i, u := range p.decision.users {
		names.current = u
		want := plan.Desired{UserN: u.n, User: u.name, State: u.state, Entitlements: p.entitlementsOf(u)}
		if reason, ok := p.unclear[u.n]; ok {
			p.waitFor(want, reason)
			continue
		}
		want.Account = p.accountFor(u)
		have := p.actual(u.n, p.decision.at, holdings)
		holdings = have.Entitlements
		p.markEnded(u.n, holdings)
		p.markRefused(u, holdings)
		p.markOrdered(u.n, holdings)
		if have.Account != nil {
			p.markOrdered(p.strangers[have.Account.ID], holdings) // it was nobody's when that was said
		}
		p.take(want, plan.User(p.dest.Settings, want, have, names))
		if i%1000 == 999 {
			r.Progress(p.dest.Name(), "planning", i+1, len(p.decision.users))
		}
	}
	if p.whole {
		p.planStrangers(names)
	}
	plan.Sort(p.changes)
	missing := plan.Missing(p.dest.Settings, p.changes, func(c plan.Change) bool {
		return p.exists[p.ents.numbers[c.Entitlement]]
	})
	if len(missing) > 0 {
		p.changes = append(p.changes, missing...)
		plan.Sort(p.changes)
	}
}

// take keeps what package plan said about one user.
func (p *prepared) take(want plan.Desired, o plan.Outcome) {
	p.changes = append(p.changes, o.Changes...)
	p.drift = append(p.drift, o.Drift...)
	if len(o.WaitingFor) > 0 {
		want.Entitlements = o.WaitingFor
		p.waitFor(want, o.Waiting)
	}
	if o.AdoptAccount || len(o.Adopt)+len(o.Forget)+len(o.Renew) > 0 {
		p.outcomes = append(p.outcomes, bookkeeping{userN: want.UserN, adoptAccount: o.AdoptAccount, adopt: o.Adopt, forget: o.Forget, renew: o.Renew})
	}
}

func (p *prepared) waitFor(want plan.Desired, reason string) {
	if len(want.Entitlements) == 0 {
		return
	}
	w := Waiting{User: want.User, Reason: reason}
	for _, n := range want.Entitlements {
		w.Entitlements = append(w.Entitlements, p.ents.name(n).String())
	}
	slices.Sort(w.Entitlements)
	p.waiting = append(p.waiting, w)
}

// planStrangers decides about the accounts that belong to nobody here. One that
// somebody may own is let be until that is clear.
func (p *prepared) planStrangers(names *lookup) {
	for i, userN := range p.owner {
		if userN != 0 || p.disputed[i] {
			continue
		}
		var holdings []plan.Holding
		for _, o := range p.holdingsOf(i) {
			holdings = append(holdings, plan.Holding{Entitlement: o.ent, Present: true, Indirect: o.indirect})
		}
		p.markOrdered(p.strangers[p.accounts[i].ID], holdings)
		changes, drift := plan.Strangers(p.dest.Settings, p.accounts[i], holdings, names)
		p.changes = append(p.changes, changes...)
		p.drift = append(p.drift, drift...)
	}
}

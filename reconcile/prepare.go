package reconcile

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"birthright/plan"
	"birthright/store"
	"birthright/targets"
)

// fewUnknown is how many accounts a run that trusts what is remembered asks
// for one by one; beyond that, reading the target whole is cheaper.
const fewUnknown = 50

// prepared is everything a run wants to do on one target; a plan shows it, a
// sync carries it out.
type prepared struct {
	*wants
	*picture
	changes   []plan.Change
	stopped   []plan.Stopped
	drift     []plan.Drift
	waiting   []Waiting
	outcomes  []bookkeeping
	heldRows  []store.HeldRow // open ones of this target, as they were
	finished  []store.Work    // work that this run settles
	ambiguous []plan.Ambiguity
}

// bookkeeping is what changes in the store for one user although nothing
// changes on the target.
type bookkeeping struct {
	userN         int64
	adoptAccount  bool
	adopt, forget []int64
}

// prepare makes the plan for one target. With full it reads the target whole;
// otherwise it trusts what is remembered, unless nothing is or the target says
// that it changed. When the target does not answer, the plan is made from what
// is remembered and returned together with the error, so that what is owed can
// be shown.
func (r *Runner) prepare(ctx context.Context, dest Destination, d *decision, scope []int64, full bool) (*prepared, error) {
	p := &prepared{}
	var standing plan.Standing
	err := r.Store.View(ctx, func(tx *store.Tx) (err error) {
		if p.wants, err = r.wantsOn(ctx, tx, dest, d, scope); err != nil {
			return err
		}
		if p.picture, err = r.remember(ctx, tx, p.wants, scope); err != nil {
			return err
		}
		standing, err = p.standing(ctx, tx)
		return err
	})
	if err != nil {
		return nil, err
	}
	trouble := r.look(ctx, p, scope, full)
	if trouble != nil {
		p.picture = p.picture.forgetSeen()
		p.picture.recallExistence()
		p.picture.asRemembered()
	}
	r.plan(p)
	p.changes, p.stopped = plan.Guard(dest.Limits, standing, p.changes)
	plan.SortDrift(p.drift)
	return p, trouble
}

// look gets the picture of the target.
func (r *Runner) look(ctx context.Context, p *prepared, scope []int64, full bool) error {
	if scope == nil {
		if !full && !p.trusted(ctx) {
			full = true
		}
		if full {
			return r.readWhole(ctx, p.wants, p.picture)
		}
	}
	p.picture.asRemembered()
	if scope == nil && p.unknown() > fewUnknown {
		p.picture = p.picture.forgetSeen()
		return r.readWhole(ctx, p.wants, p.picture)
	}
	return r.lookUp(ctx, p.wants, p.picture)
}

// trusted reports whether what is remembered may stand for the target.
func (p *prepared) trusted(ctx context.Context) bool {
	if p.state.LastFullAt.IsZero() || p.leftovers {
		return false
	}
	m, ok := p.dest.Target.(targets.Watermarker)
	if !ok {
		return true
	}
	mark, err := m.Watermark(ctx)
	return err == nil && mark == p.state.Watermark
}

// unknown counts the people who should get something and have no known account.
func (p *prepared) unknown() int {
	n := 0
	for _, someone := range p.people {
		if _, ok := p.accountOf[someone.n]; !ok && len(p.entitlementsOf(someone.decided)) > 0 {
			n++
		}
	}
	return n
}

// standing is what the guard must know besides the plan.
func (p *prepared) standing(ctx context.Context, tx *store.Tx) (plan.Standing, error) {
	s := plan.Standing{Held: map[string]bool{}, Released: map[string]bool{}}
	if p.state.N == 0 {
		return s, nil
	}
	var err error
	if s.Managed, err = tx.CountManaged(ctx, p.state.N); err != nil {
		return s, err
	}
	if s.Recent, err = tx.CountUnorderedRemovals(ctx, p.dest.Name(), dayAgo(tx.Now())); err != nil {
		return s, err
	}
	p.heldRows, err = tx.Held(ctx, store.HeldFilter{Kind: heldRemoval, Target: p.dest.Name()})
	for _, row := range p.heldRows {
		if row.ReleasedAt.IsZero() {
			s.Held[row.ID] = true
		} else {
			s.Released[row.ID] = true
		}
	}
	return s, err
}

// plan asks package plan about everybody and gathers the answers.
func (r *Runner) plan(p *prepared) {
	names := &lookup{wants: p.wants, exists: p.exists}
	unclear := map[int64]plan.Ambiguity{}
	for _, a := range p.picture.ambiguous {
		unclear[a.UserN] = a
	}
	for i, someone := range p.people {
		names.current = someone.decided
		want := plan.Desired{
			UserN: someone.n, User: someone.name, State: someone.state,
			Account: someone.account, Entitlements: p.entitlementsOf(someone.decided),
		}
		if a, ok := unclear[someone.n]; ok {
			p.waitFor(want, fmt.Sprintf("%s matches several accounts or people by %s: %v; rename one or match by another attribute", someone.name, a.Attr, a.Accounts))
			continue
		}
		p.take(want, plan.User(p.dest.Settings, want, p.actual(someone.n), names))
		if i%1000 == 999 {
			r.Progress(p.dest.Name(), "planning", i+1, len(p.people))
		}
	}
	if p.whole {
		p.planStrangers(names)
	}
	p.changes = append(p.changes, plan.Missing(p.dest.Settings, p.changes, func(c plan.Change) bool {
		return p.exists[p.ents.numbers[c.Entitlement]]
	})...)
	plan.Sort(p.changes)
}

// take keeps what package plan said about one user.
func (p *prepared) take(want plan.Desired, o plan.Outcome) {
	p.changes = append(p.changes, o.Changes...)
	p.drift = append(p.drift, o.Drift...)
	if len(o.WaitingFor) > 0 {
		want.Entitlements = o.WaitingFor
		p.waitFor(want, o.Waiting)
	}
	if o.AdoptAccount || len(o.Adopt)+len(o.Forget) > 0 {
		p.outcomes = append(p.outcomes, bookkeeping{userN: want.UserN, adoptAccount: o.AdoptAccount, adopt: o.Adopt, forget: o.Forget})
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

// planStrangers decides about the accounts that belong to nobody here.
func (p *prepared) planStrangers(names *lookup) {
	for i, userN := range p.owner {
		if userN != 0 {
			continue
		}
		var holdings []plan.Holding
		for _, o := range p.holdingsOf(i) {
			holdings = append(holdings, plan.Holding{Entitlement: o.ent, Present: true, Indirect: o.indirect})
		}
		changes, drift := plan.Strangers(p.dest.Settings, p.accounts[i], holdings, names)
		p.changes = append(p.changes, changes...)
		p.drift = append(p.drift, drift...)
	}
}

// report shows the plan as it stands, each change with the outcome given for it.
func (p *prepared) report(outcome func(plan.Change) (string, string)) Run {
	run := Run{
		Target: p.dest.Name(), Kind: "incremental",
		Changes: make([]Change, 0, len(p.changes)), Held: make([]Held, 0, len(p.stopped)),
		Drift: make([]Drift, 0, len(p.drift)), Waiting: []Waiting{},
	}
	if p.whole {
		run.Kind = "full"
	}
	for _, c := range p.changes {
		o, err := outcome(c)
		run.Changes = append(run.Changes, reportChange(c, o, err))
	}
	for _, h := range p.stopped {
		run.Held = append(run.Held, Held{
			ID: h.Change.ID, Reason: h.Reason, Action: h.Change.Action,
			Account: h.Change.Account.Name, Entitlement: address(h.Change.Entitlement),
		})
	}
	slices.SortFunc(run.Held, func(a, b Held) int {
		return cmp.Or(cmp.Compare(a.Account, b.Account), cmp.Compare(a.Entitlement, b.Entitlement), cmp.Compare(a.ID, b.ID))
	})
	for _, d := range p.drift {
		run.Drift = append(run.Drift, Drift{Kind: d.Kind, User: d.User, Account: d.Account, Entitlement: address(d.Entitlement)})
	}
	run.Waiting = append(run.Waiting, p.waiting...)
	return run
}

// heldRemoval is the kind of the store's held rows that this package writes.
const heldRemoval = "removal"

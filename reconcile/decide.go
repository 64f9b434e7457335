package reconcile

import (
	"cmp"
	"context"
	"slices"
	"time"

	"birthright/directory"
	"birthright/identity"
	"birthright/internal/tracing"
	"birthright/rules"
	"birthright/store"
)

// decision is who belongs to which group according to one policy at one
// moment, and how that differs from what is stored. Groups and lists of causes
// are numbers; see numbering.
type decision struct {
	engine *rules.Engine
	at     time.Time
	// mark is the place of the work queue that the decision has seen.
	mark   int64
	groups *numbering[string]
	causes *numbering[string]    // encoded, see encodeCauses
	users  []decided             // by number
	rows   []store.MembershipRow // ordered by user and group
	diffs  []membershipDiff
	// ended holds, by user, the groups that the user lost because the time was over.
	ended map[int64][]int64
	// refused is what rules give and something keeps from people, by user.
	refused []Refused
	// conflicts is what people hold together and constraints only report, by user.
	conflicts []Conflict
	// overlay is what grants add, and endedAccess what those gave, by user, that are
	// over.
	overlay     *overlay
	endedAccess map[int64][]identity.Entitlement
	// keep are the names of the attributes that targets keep or match by.
	keep []string
}

// decided is one user with its part of decision.rows.
type decided struct {
	n          int64
	name       string
	state      identity.State
	modified   time.Time
	attributes identity.Attributes // those in decision.keep
	from, to   int
	// refusedFrom and refused are the user's part of decision.refused.
	refusedFrom, refused int
}

func (d *decision) memberships(u decided) []store.MembershipRow { return d.rows[u.from:u.to] }

// decide works out the memberships of some users, of everybody where scope is nil.
func (r *Runner) decide(ctx context.Context, scope []int64) (d *decision, err error) {
	err = r.Store.View(ctx, func(tx *store.Tx) (err error) {
		if scope == nil {
			d, err = r.decideAll(ctx, tx)
		} else {
			d, err = r.decideSome(ctx, tx, scope)
		}
		return err
	})
	return d, err
}

func (r *Runner) decideAndSave(ctx context.Context, scope []int64) (d *decision, err error) {
	ctx, span := tracing.Start(ctx, "rules")
	defer func() { span.End(err) }()
	if d, err = r.decide(ctx, scope); err != nil {
		return nil, err
	}
	kept, err := r.handOver(ctx, d)
	if err == nil && kept {
		d, err = r.decide(ctx, scope)
	}
	if err != nil {
		return nil, err
	}
	span.Count(tracing.Users, len(d.users))
	span.Count(tracing.Changed, len(d.diffs))
	if err := r.saveDecision(ctx, d); err != nil {
		return d, err
	}
	return d, r.saveGrants(ctx, d)
}

// decideAll works out everybody's memberships.
func (r *Runner) decideAll(ctx context.Context, tx *store.Tx) (*decision, error) {
	d, err := r.newDecision(ctx, tx)
	if err != nil {
		return nil, err
	}
	if err := d.knowAll(ctx, tx); err != nil {
		return nil, err
	}
	crowd, err := r.Crowd(ctx, tx, func(u *identity.User) error {
		d.users = append(d.users, d.decided(u))
		return ctx.Err()
	}, d.engine)
	if err != nil {
		return nil, err
	}
	everyone := d.engine.Everyone(crowd.Population, crowd.World)
	d.refuseAll(everyone)
	for n, decision := range everyone.Apart {
		crowd.overlay.refused(int64(n), decision.Refused)
	}
	d.overlay, d.endedAccess = crowd.overlay, crowd.overlay.over()
	if err := d.knowGranted(ctx, tx, everyone); err != nil {
		return nil, err
	}
	next := 0
	everyone.Each(func(n int64, memberships []identity.Membership) bool {
		for d.users[next].n != n {
			d.give(next, nil)
			next++
		}
		d.give(next, memberships)
		next++
		return true
	})
	for ; next < len(d.users); next++ {
		d.give(next, nil)
	}
	return d, d.compareAll(ctx, tx)
}

// decideSome works out the memberships of a few users at a cost that does not
// depend on how many others there are.
func (r *Runner) decideSome(ctx context.Context, tx *store.Tx, userNs []int64) (*decision, error) {
	d, err := r.newDecision(ctx, tx)
	if err != nil {
		return nil, err
	}
	users, err := tx.UsersByN(ctx, userNs)
	if err != nil {
		return nil, err
	}
	facts, err := r.factsForSome(ctx, tx, d.engine, users)
	if err != nil {
		return nil, err
	}
	stored, err := tx.MembershipsOfUsers(ctx, userNs)
	if err != nil {
		return nil, err
	}
	if err := d.knowStored(ctx, tx, stored); err != nil {
		return nil, err
	}
	if d.overlay, err = r.overlayFor(ctx, tx, users, facts); err != nil {
		return nil, err
	}
	world := rules.World{At: d.at, Facts: facts, Held: heldBy(stored, d.groups.name), Overlay: d.overlay.given()}
	if world.Revoked, err = revokedFrom(ctx, tx, userNs); err != nil {
		return nil, err
	}
	wanted, refused := make([][]identity.Membership, len(users)), make([][]rules.Refusal, len(users))
	for i, u := range users {
		users[i] = asOf(u, d.at)
		decision := d.engine.Decide(users[i], world)
		wanted[i], refused[i] = decision.Memberships, decision.Refused
		d.overlay.refused(users[i].N, decision.Refused)
	}
	d.endedAccess = d.overlay.over()
	if err := d.knowWanted(ctx, tx, wanted); err != nil {
		return nil, err
	}
	for i := range users {
		d.users = append(d.users, d.decided(&users[i]))
		d.give(i, wanted[i])
		d.refuse(i, refused[i])
		d.conflict(i, d.engine.Conflicts(wanted[i]))
	}
	d.compare(stored)
	return d, nil
}

func (r *Runner) newDecision(ctx context.Context, tx *store.Tx) (*decision, error) {
	mark, err := tx.WorkMark(ctx)
	return &decision{
		engine: r.Engine(), at: tx.Now(), mark: mark, keep: r.attributesKept(),
		groups: newNumbering[string](), causes: newNumbering[string](), ended: map[int64][]int64{},
	}, err
}

// attributesKept returns the attributes that some target keeps or matches by.
func (r *Runner) attributesKept() []string {
	var names []string
	for _, dest := range r.Destinations {
		names = append(append(names, dest.Settings.Capabilities.Attributes...), dest.Match...)
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// knowAll learns the numbers of every group and list of causes.
func (d *decision) knowAll(ctx context.Context, tx *store.Tx) error {
	names, err := tx.AllGroupNames(ctx)
	if err != nil {
		return err
	}
	for n, name := range names {
		d.groups.know(name, n)
	}
	sets, err := tx.StandingCauseSets(ctx)
	for n, causes := range sets {
		d.causes.know(encodeCauses(causes), n)
	}
	return err
}

// knowStored learns the numbers of the groups of stored rows.
func (d *decision) knowStored(ctx context.Context, tx *store.Tx, stored []store.MembershipRow) error {
	byN, err := tx.GroupNames(ctx, groupNumbers(stored))
	for n, name := range byN {
		d.groups.know(name, n)
	}
	return err
}

// knowGranted learns the numbers of the lists of causes with a grant among them that
// somebody is to have now.
func (d *decision) knowGranted(ctx context.Context, tx *store.Tx, everyone *rules.Everyone) error {
	var lists [][]identity.Cause
	for _, apart := range everyone.Apart {
		for _, m := range apart.Memberships {
			if slices.ContainsFunc(m.Causes, func(c identity.Cause) bool { return c.Kind == identity.CauseGrant }) {
				lists = append(lists, m.Causes)
			}
		}
	}
	return d.knowCauses(ctx, tx, lists)
}

// knowCauses learns the numbers of lists of causes that have one.
func (d *decision) knowCauses(ctx context.Context, tx *store.Tx, lists [][]identity.Cause) error {
	if len(lists) == 0 {
		return nil
	}
	numbers, err := tx.CauseSetNumbers(ctx, lists)
	for i, n := range numbers {
		if n != 0 {
			d.causes.know(encodeCauses(lists[i]), n)
		}
	}
	return err
}

// knowWanted learns the numbers of what the wanted memberships speak of.
func (d *decision) knowWanted(ctx context.Context, tx *store.Tx, wanted [][]identity.Membership) error {
	var names []string
	var lists [][]identity.Cause
	for _, memberships := range wanted {
		for _, m := range memberships {
			names, lists = append(names, m.Group), append(lists, m.Causes)
		}
	}
	numbers, err := tx.GroupNumbers(ctx, names, false)
	if err != nil {
		return err
	}
	for name, n := range numbers {
		d.groups.know(name, n)
	}
	return d.knowCauses(ctx, tx, lists)
}

// decided is u, before it is given anything.
func (d *decision) decided(u *identity.User) decided {
	return decided{n: u.N, name: u.UserName, state: u.State, modified: u.Modified, attributes: picked(u.Attributes, d.keep)}
}

// give appends the memberships of the i-th user, in the order of the groups'
// numbers; users are given theirs in order.
func (d *decision) give(i int, memberships []identity.Membership) {
	from := len(d.rows)
	for _, m := range memberships {
		row := store.MembershipRow{
			UserN: d.users[i].n, GroupN: d.groups.number(m.Group), CausesN: d.causes.number(encodeCauses(m.Causes)),
		}
		if !m.EndsAt.IsZero() {
			row.EndsAt = m.EndsAt.UnixMicro()
		}
		d.rows = append(d.rows, row)
	}
	sortByGroup(d.rows[from:])
	d.users[i].from, d.users[i].to = from, len(d.rows)
}

func sortByGroup(rows []store.MembershipRow) {
	slices.SortFunc(rows, func(a, b store.MembershipRow) int { return cmp.Compare(a.GroupN, b.GroupN) })
}

// picked returns the named ones of some attributes.
func picked(from identity.Attributes, names []string) identity.Attributes {
	out := make(identity.Attributes, len(names))
	for _, name := range names {
		if values := from[name]; len(values) > 0 {
			out[name] = slices.Clone(values)
		}
	}
	return out
}

// asOf returns u in the state that the calendar gives at now. It is stored a
// little later (Refresh), but nobody has to wait for that: a plan shows it, and
// a lost wake-up changes nothing.
func asOf(u identity.User, now time.Time) identity.User {
	started := u.State == identity.Staged && !u.StartsAt.IsZero() && !now.Before(u.StartsAt)
	ended := u.State != identity.Left && !u.EndsAt.IsZero() && !now.Before(u.EndsAt)
	if started || ended {
		here := []identity.Record{{}} // whom no source has any more has left, and is in no such state
		u.State = directory.Lifecycle(here, u.Attributes, now)
	}
	return u
}

// refreshTurned has the lifecycle of users stored anew whose calendar has
// turned; scope limits them, nil does not.
func (r *Runner) refreshTurned(ctx context.Context, scope []int64) error {
	var turned []int64
	err := r.Store.View(ctx, func(tx *store.Tx) (err error) {
		turned, err = tx.UsersTurned(ctx, tx.Now(), 0)
		return err
	})
	if err != nil {
		return err
	}
	if scope != nil {
		turned = slices.DeleteFunc(turned, func(n int64) bool { return !slices.Contains(scope, n) })
	}
	for chunk := range slices.Chunk(turned, usersPerTransaction) {
		if err := r.refresh(ctx, chunk); err != nil {
			return err
		}
	}
	return nil
}

func (r *Runner) refresh(ctx context.Context, users []int64) (err error) {
	ctx, span := tracing.Start(ctx, "refresh people")
	defer func() { span.End(err) }()
	span.Count(tracing.Users, len(users))
	return r.Refresh(ctx, users)
}

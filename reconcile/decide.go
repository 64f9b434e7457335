package reconcile

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"time"

	"birthright/audit"
	"birthright/identity"
	"birthright/rules"
	"birthright/store"
)

// decision is who belongs to which group according to one policy at one
// moment, and how that differs from what is stored. Groups and lists of causes
// are numbers; see numbering.
type decision struct {
	engine *rules.Engine
	at     time.Time
	groups *numbering[string]
	causes *numbering[string] // encoded, see encodeCauses
	users  []decided
	rows   []store.MembershipRow // ordered by user and group
	diffs  []membershipDiff
}

// decided is one user with its part of decision.rows.
type decided struct {
	n        int64
	name     string
	state    identity.State
	from, to int
}

// membershipDiff is how one user's memberships differ from the stored ones.
type membershipDiff struct {
	userN int64
	user  string
	put   []store.MembershipRow
	drop  []int64 // group numbers
	// gained and lost are what put and drop come to for a reader; a membership
	// that only changed its causes is in neither.
	gained, lost []int64
}

func (d *decision) memberships(u decided) []store.MembershipRow { return d.rows[u.from:u.to] }

// decideAll works out everybody's memberships.
func (r *Runner) decideAll(ctx context.Context, tx *store.Tx) (*decision, error) {
	d := r.newDecision(tx)
	names, err := tx.AllGroupNames(ctx)
	if err != nil {
		return nil, err
	}
	for n, name := range names {
		d.groups.know(name, n)
	}
	if err := d.knowCauses(ctx, tx); err != nil {
		return nil, err
	}
	total, err := tx.CountUsers(ctx)
	if err != nil {
		return nil, err
	}
	facts, err := r.factsForAll(ctx, tx, d.engine)
	if err != nil {
		return nil, err
	}
	err = tx.EachUser(ctx, func(u identity.User) error {
		d.add(u, d.engine.Memberships(u, facts))
		if len(d.users)%1000 == 0 {
			r.Progress("", "deciding", len(d.users), total)
		}
		return ctx.Err()
	})
	if err != nil {
		return nil, err
	}
	return d, d.compareAll(ctx, tx)
}

// decideSome works out the memberships of a few users at a cost that does not
// depend on how many others there are.
func (r *Runner) decideSome(ctx context.Context, tx *store.Tx, userNs []int64) (*decision, error) {
	d := r.newDecision(tx)
	users, err := tx.UsersByN(ctx, userNs)
	if err != nil {
		return nil, err
	}
	slices.SortFunc(users, func(a, b identity.User) int { return cmp.Compare(a.N, b.N) })
	if err := d.knowCauses(ctx, tx); err != nil {
		return nil, err
	}
	facts, err := r.factsForSome(ctx, tx, d.engine, users)
	if err != nil {
		return nil, err
	}
	wanted := make([][]identity.Membership, len(users))
	var names []string
	for i, u := range users {
		wanted[i] = d.engine.Memberships(u, facts)
		for _, m := range wanted[i] {
			names = append(names, m.Group)
		}
	}
	stored, err := tx.MembershipsOfUsers(ctx, userNs)
	if err != nil {
		return nil, err
	}
	if err := d.knowGroups(ctx, tx, names, stored); err != nil {
		return nil, err
	}
	for i, u := range users {
		d.add(u, wanted[i])
	}
	d.compare(stored)
	return d, nil
}

func (r *Runner) newDecision(tx *store.Tx) *decision {
	return &decision{
		engine: r.Engine(), at: tx.Now(),
		groups: newNumbering[string](), causes: newNumbering[string](),
	}
}

func (d *decision) knowCauses(ctx context.Context, tx *store.Tx) error {
	sets, err := tx.CauseSets(ctx)
	if err != nil {
		return err
	}
	for n, causes := range sets {
		d.causes.know(encodeCauses(causes), n)
	}
	return nil
}

// knowGroups learns the numbers of the groups that names and rows speak of.
func (d *decision) knowGroups(ctx context.Context, tx *store.Tx, names []string, rows []store.MembershipRow) error {
	numbers, err := tx.GroupNumbers(ctx, names, false)
	if err != nil {
		return err
	}
	for name, n := range numbers {
		d.groups.know(name, n)
	}
	var ns []int64
	for _, row := range rows {
		ns = append(ns, row.GroupN)
	}
	byN, err := tx.GroupNames(ctx, ns)
	if err != nil {
		return err
	}
	for n, name := range byN {
		d.groups.know(name, n)
	}
	return nil
}

// add appends one user with its memberships, in the order of the groups' numbers.
func (d *decision) add(u identity.User, memberships []identity.Membership) {
	from := len(d.rows)
	for _, m := range memberships {
		row := store.MembershipRow{
			UserN: u.N, GroupN: d.groups.number(m.Group), CausesN: d.causes.number(encodeCauses(m.Causes)),
		}
		if !m.EndsAt.IsZero() {
			row.EndsAt = m.EndsAt.UnixMicro()
		}
		d.rows = append(d.rows, row)
	}
	slices.SortFunc(d.rows[from:], func(a, b store.MembershipRow) int { return cmp.Compare(a.GroupN, b.GroupN) })
	d.users = append(d.users, decided{n: u.N, name: u.UserName, state: u.State, from: from, to: len(d.rows)})
}

// compareAll compares with the stored rows while they stream by: both sides are
// in the order of the users.
func (d *decision) compareAll(ctx context.Context, tx *store.Tx) error {
	next := 0
	var stored []store.MembershipRow // of the user at next
	flushUntil := func(userN int64) {
		for next < len(d.users) && d.users[next].n < userN {
			d.compareUser(d.users[next], stored)
			stored = stored[:0]
			next++
		}
	}
	err := tx.EachMembership(ctx, func(row store.MembershipRow) error {
		flushUntil(row.UserN)
		stored = append(stored, row)
		return nil
	})
	flushUntil(1<<63 - 1)
	return err
}

// compare is compareAll for rows at hand.
func (d *decision) compare(stored []store.MembershipRow) {
	for _, u := range d.users {
		n := 0
		for n < len(stored) && stored[n].UserN <= u.n {
			n++
		}
		d.compareUser(u, stored[:n])
		stored = stored[n:]
	}
}

// compareUser merges the two ascending lists of one user.
func (d *decision) compareUser(u decided, stored []store.MembershipRow) {
	diff := membershipDiff{userN: u.n, user: u.name}
	want := d.memberships(u)
	for i := range want {
		j, found := slices.BinarySearchFunc(stored, want[i].GroupN, func(row store.MembershipRow, n int64) int {
			return cmp.Compare(row.GroupN, n)
		})
		if !found {
			want[i].Since = d.at.UnixMicro()
			diff.put = append(diff.put, want[i])
			diff.gained = append(diff.gained, want[i].GroupN)
			continue
		}
		want[i].Since = stored[j].Since
		if stored[j].CausesN != want[i].CausesN || stored[j].EndsAt != want[i].EndsAt {
			diff.put = append(diff.put, want[i])
		}
	}
	for _, row := range stored {
		if _, found := slices.BinarySearchFunc(want, row.GroupN, func(w store.MembershipRow, n int64) int {
			return cmp.Compare(w.GroupN, n)
		}); !found {
			diff.drop = append(diff.drop, row.GroupN)
			diff.lost = append(diff.lost, row.GroupN)
		}
	}
	if len(diff.put)+len(diff.drop) > 0 {
		d.diffs = append(d.diffs, diff)
	}
}

// usersPerTransaction bounds how much one transaction of a bulk change holds.
const usersPerTransaction = 2000

// saveDecision stores the differences, some users at a time. A crash in between
// leaves the rest to the next run.
func (r *Runner) saveDecision(ctx context.Context, d *decision) error {
	for len(d.diffs) > 0 {
		n := min(len(d.diffs), usersPerTransaction)
		err := r.Store.Update(ctx, func(tx *store.Tx) error { return d.save(ctx, tx, d.diffs[:n]) })
		if err != nil {
			return err
		}
		d.diffs = d.diffs[n:]
	}
	return nil
}

// save stores diffs with an audit event for each user whose memberships changed.
func (d *decision) save(ctx context.Context, tx *store.Tx, diffs []membershipDiff) error {
	if err := d.settle(ctx, tx); err != nil {
		return err
	}
	var put []store.MembershipRow
	var drop []store.Pair
	var events []audit.Event
	for _, diff := range diffs {
		for _, row := range diff.put {
			row.GroupN, row.CausesN = d.groups.settled(row.GroupN), d.causes.settled(row.CausesN)
			put = append(put, row)
		}
		for _, n := range diff.drop {
			drop = append(drop, store.Pair{UserN: diff.userN, GroupN: n})
		}
		if len(diff.gained)+len(diff.lost) > 0 {
			events = append(events, d.membershipEvent(diff))
		}
	}
	return tx.ChangeMemberships(ctx, put, drop, events...)
}

// settle has the store number what is new.
func (d *decision) settle(ctx context.Context, tx *store.Tx) error {
	if len(d.groups.fresh) > 0 {
		made, err := tx.GroupNumbers(ctx, d.groups.fresh, true)
		if err != nil {
			return err
		}
		d.groups.settle(made)
	}
	made := make(map[string]int64, len(d.causes.fresh))
	for _, encoded := range d.causes.fresh {
		n, err := tx.CauseSetNumber(ctx, decodeCauses(encoded))
		if err != nil {
			return err
		}
		made[encoded] = n
	}
	d.causes.settle(made)
	return nil
}

func (d *decision) membershipEvent(diff membershipDiff) audit.Event {
	detail := map[string]any{}
	if names := d.names(diff.gained); len(names) > 0 {
		detail["gained"] = names
	}
	if names := d.names(diff.lost); len(names) > 0 {
		detail["lost"] = names
	}
	return audit.Event{Actor: actorHub, Action: "memberships.changed", Subject: "user:" + diff.user, Detail: detail}
}

func (d *decision) names(groupNs []int64) []string {
	names := make([]string, 0, len(groupNs))
	for _, n := range groupNs {
		names = append(names, d.groups.name(n))
	}
	slices.Sort(names)
	return names
}

// actorHub does what follows by itself from rules and time.
const actorHub = "hub"

// encodeCauses makes a comparable key of sorted causes; decodeCauses reads it.
func encodeCauses(causes []identity.Cause) string {
	if len(causes) == 1 {
		return causes[0].Kind + "\x1f" + causes[0].Name
	}
	parts := make([]string, len(causes))
	for i, c := range causes {
		parts[i] = c.Kind + "\x1f" + c.Name
	}
	return strings.Join(parts, "\x1e")
}

func decodeCauses(encoded string) []identity.Cause {
	var causes []identity.Cause
	for part := range strings.SplitSeq(encoded, "\x1e") {
		kind, name, _ := strings.Cut(part, "\x1f")
		causes = append(causes, identity.Cause{Kind: kind, Name: name})
	}
	return causes
}

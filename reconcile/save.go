package reconcile

import (
	"context"
	"slices"
	"strings"

	"birthright/audit"
	"birthright/identity"
	"birthright/store"
)

// usersPerTransaction bounds how much one transaction of a bulk change holds, and so for
// how long whoever has something to take away waits for it: some hundredths of a second.
const usersPerTransaction = 500

// actorHub does what follows by itself from rules and time.
const actorHub = "hub"

// saveDecision stores the differences, some users at a time. A crash in between
// leaves the rest to the next run.
func (r *Runner) saveDecision(ctx context.Context, d *decision) error {
	for chunk := range slices.Chunk(d.diffs, usersPerTransaction) {
		if err := r.Store.Update(ctx, func(tx *store.Tx) error { return d.save(ctx, tx, chunk) }); err != nil {
			return err
		}
	}
	d.diffs = nil
	d.renumber()
	return nil
}

// save stores diffs with an audit event for each user whose memberships changed.
func (d *decision) save(ctx context.Context, tx *store.Tx, diffs []membershipDiff) error {
	diffs, err := d.current(ctx, tx, diffs)
	if err != nil {
		return err
	}
	if err := d.settle(ctx, tx); err != nil {
		return err
	}
	policyN, err := tx.PolicyNumber(ctx, d.engine.Policy().Hash)
	if err != nil {
		return err
	}
	var put []store.MembershipRow
	var drop []store.Pair
	var events []audit.Event
	for _, diff := range diffs {
		for _, row := range diff.put {
			row.PolicyN = policyN
			put = append(put, d.settled(row))
		}
		for _, n := range diff.drop {
			drop = append(drop, store.Pair{UserN: diff.user.n, GroupN: n})
		}
		if len(diff.gained)+len(diff.drop) > 0 {
			events = append(events, d.membershipEvent(diff))
		}
	}
	if err := d.endAccess(ctx, tx, diffs); err != nil {
		return err
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

func (d *decision) settled(row store.MembershipRow) store.MembershipRow {
	row.GroupN, row.CausesN = d.groups.settled(row.GroupN), d.causes.settled(row.CausesN)
	return row
}

// renumber gives the decision itself the numbers that the store made.
func (d *decision) renumber() {
	for _, u := range d.users {
		rows := d.memberships(u)
		if !slices.ContainsFunc(rows, func(row store.MembershipRow) bool { return row.GroupN < 0 || row.CausesN < 0 }) {
			continue
		}
		for i, row := range rows {
			rows[i] = d.settled(row)
		}
		sortByGroup(rows)
	}
}

func (d *decision) membershipEvent(diff membershipDiff) audit.Event {
	detail := map[string]any{"policy": d.engine.Policy().Version}
	if names := d.names(diff.gained); len(names) > 0 {
		detail["gained"] = names
	}
	if names := d.names(diff.drop); len(names) > 0 {
		detail["lost"] = names
	}
	return audit.Event{Actor: actorHub, Action: "memberships.changed", Subject: "user:" + diff.user.name, Detail: detail}
}

func (d *decision) names(groupNs []int64) []string {
	names := make([]string, 0, len(groupNs))
	for _, n := range groupNs {
		names = append(names, d.groups.name(n))
	}
	slices.Sort(names)
	return names
}

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
	causes := make([]identity.Cause, 0, 1+strings.Count(encoded, "\x1e"))
	for part := range strings.SplitSeq(encoded, "\x1e") {
		kind, name, _ := strings.Cut(part, "\x1f")
		causes = append(causes, identity.Cause{Kind: kind, Name: name})
	}
	return causes
}

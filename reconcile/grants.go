package reconcile

import (
	"context"
	"slices"

	"birthright/audit"
	"birthright/grants"
	"birthright/identity"
	"birthright/store"
)

// What the run does about grants, in the order in which it does it:
//
//	overlay      which grants give something now (overlay.go), before it is decided
//	saveGrants   those begin on record that do, with what they give, before any
//	             target is changed; those that are over are put down as over, and
//	             what they gave as ended: its removal is ordered
//	settleGrants afterwards: active once every target was seen to have it, settled
//	             once nothing of it is left on any
//
// None of these has to happen at a certain moment: each looks at what is kept and
// what time it is.

// saveGrants puts down what the decision means for grants.
func (r *Runner) saveGrants(ctx context.Context, d *decision) error {
	if d.overlay == nil || len(d.overlay.grants) == 0 {
		return nil
	}
	for chunk := range slices.Chunk(usersWith(d.unsaved()), usersPerTransaction) {
		if err := r.Store.Update(ctx, func(tx *store.Tx) error { return d.saveGrantsOf(ctx, tx, chunk) }); err != nil {
			return err
		}
	}
	return nil
}

// unsaved returns the grants about which something is to be put down: a full run has
// nothing to write about those that live on.
func (d *decision) unsaved() []grants.Grant {
	var out []grants.Grant
	for _, g := range d.overlay.grants {
		_, stopped := d.overlay.stops[g.N]
		fresh := g.Gives(d.at) && (g.BegunAt.IsZero() || d.givesMore(&g))
		if stopped || fresh || g.IsOver(d.at) {
			out = append(out, g)
		}
	}
	return out
}

// givesMore reports whether a grant gives something by now that is not on record.
func (d *decision) givesMore(g *grants.Grant) bool {
	for _, group := range append([]string{g.Group}, d.engine.Around(g.Group)...) {
		definition, _ := d.engine.Group(group)
		if slices.ContainsFunc(definition.Access, func(e identity.Entitlement) bool { return !d.overlay.keeps(g.N, e) }) {
			return true
		}
	}
	return false
}

func (d *decision) saveGrantsOf(ctx context.Context, tx *store.Tx, userNs []int64) error {
	open, err := tx.OpenGrantsOf(ctx, userNs)
	if err != nil {
		return err
	}
	seen := map[int64]bool{}
	for _, g := range d.overlay.grants {
		seen[g.N] = true
	}
	var changed, begun, over []*grants.Grant
	var notices []store.NoticeRow
	var events []audit.Event
	for i := range open {
		g := &open[i]
		if !seen[g.N] {
			continue // whoever decides next looks at it
		}
		switch {
		case d.overlay.end(g):
			changed, over = append(changed, g), append(over, g)
			notices = append(notices, notice(g))
			events = append(events, grantEvent("grant.over", g, map[string]any{"how": g.Over, "reason": g.OverReason}))
		case g.IsOver(d.at):
			over = append(over, g)
		case g.Gives(d.at):
			begun = append(begun, g)
			if g.BegunAt.IsZero() {
				g.BegunAt = d.at
				changed = append(changed, g)
				events = append(events, grantEvent("grant.begun", g, nil))
			}
		}
	}
	if err := d.keepAccess(ctx, tx, begun); err != nil {
		return err
	}
	if err := d.endGrants(ctx, tx, over); err != nil {
		return err
	}
	if err := tx.AddNotices(ctx, notices); err != nil {
		return err
	}
	return tx.SaveGrants(ctx, changed, events...)
}

// end puts down that a grant is over, and reports whether it was not so before.
func (o *overlay) end(g *grants.Grant) bool {
	s, stopped := o.stops[g.N]
	switch {
	case stopped:
	case !g.IsOver(o.at):
		return false
	default:
		s.how, s.reason = g.Lapse(o.at)
	}
	if !g.Stop(s.how, actorHub, s.reason, o.at) {
		return false
	}
	g.RemindAt = o.at.Add(grants.OverdueAfter)
	return true
}

// notice tells the user how a grant stands.
func notice(g *grants.Grant) store.NoticeRow {
	kind := grants.NoticeEnded
	switch {
	case g.Over == grants.OverFailed:
		kind = grants.NoticeFailed
	case g.OverAt.IsZero():
		kind = grants.NoticeActive
	}
	return store.NoticeRow{Kind: kind, GrantN: g.N, RequestN: g.RequestN, Users: []int64{g.UserN}}
}

func grantEvent(action string, g *grants.Grant, detail map[string]any) audit.Event {
	if detail == nil {
		detail = map[string]any{}
	}
	detail["grant"], detail["group"] = g.ID, g.Group
	return audit.Event{Actor: actorHub, Action: action, Subject: "user:" + g.User, Detail: detail}
}

// keepAccess notes what grants give: their group's access, and that of the groups
// around it that the user is in for it.
func (d *decision) keepAccess(ctx context.Context, tx *store.Tx, begun []*grants.Grant) error {
	gives := map[int64][]identity.Entitlement{}
	var all []identity.Entitlement
	for _, g := range begun {
		in := d.groupsOf(g.UserN)
		for _, group := range append([]string{g.Group}, d.engine.Around(g.Group)...) {
			if !in[group] {
				continue
			}
			definition, _ := d.engine.Group(group)
			for _, e := range definition.Access {
				if !d.overlay.keeps(g.N, e) {
					gives[g.N], all = append(gives[g.N], e), append(all, e)
				}
			}
		}
	}
	if len(all) == 0 {
		return nil
	}
	numbers, err := tx.EntitlementNumbers(ctx, all, true)
	if err != nil {
		return err
	}
	rows := map[int64][]int64{}
	for grantN, list := range gives {
		for _, e := range list {
			rows[grantN] = append(rows[grantN], numbers[e])
		}
		slices.Sort(rows[grantN])
		rows[grantN] = slices.Compact(rows[grantN])
	}
	return tx.AddGrantAccess(ctx, rows)
}

// keeps reports whether it is on record that a grant gives something.
func (o *overlay) keeps(grantN int64, e identity.Entitlement) bool {
	for _, kept := range o.access[grantN] {
		if kept == e {
			return true
		}
	}
	return false
}

// endGrants notes what grants gave that are over, and nothing else gives.
func (d *decision) endGrants(ctx context.Context, tx *store.Tx, over []*grants.Grant) error {
	if len(over) == 0 {
		return nil
	}
	numbers := make([]int64, len(over))
	for i, g := range over {
		numbers[i] = g.N
	}
	access, err := tx.GrantAccess(ctx, numbers)
	if err != nil {
		return err
	}
	perTarget := map[string]map[int64][]int64{}
	for _, g := range over {
		given := d.givenTo(g.UserN)
		for n, e := range access[g.N] {
			if given[e] {
				continue
			}
			if perTarget[e.Target] == nil {
				perTarget[e.Target] = map[int64][]int64{}
			}
			perTarget[e.Target][n] = append(perTarget[e.Target][n], g.UserN)
		}
	}
	for target, ended := range perTarget {
		state, err := stateOf(ctx, tx, target)
		if err != nil {
			return err
		}
		if err := tx.EndAssignments(ctx, state.N, ended); err != nil {
			return err
		}
	}
	return nil
}

// groupsOf are the groups that a user is in.
func (d *decision) groupsOf(userN int64) map[string]bool {
	in := map[string]bool{}
	for _, row := range rowsOf(d.rows, userN) {
		in[d.groups.name(row.GroupN)] = true
	}
	return in
}

// givenTo is all that the memberships of a user give.
func (d *decision) givenTo(userN int64) map[identity.Entitlement]bool {
	given := map[identity.Entitlement]bool{}
	for _, row := range rowsOf(d.rows, userN) {
		for _, e := range d.accessOf(row.GroupN) {
			given[e] = true
		}
	}
	return given
}

package reconcile

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"birthright/audit"
	"birthright/grants"
	"birthright/identity"
	"birthright/internal/duration"
	"birthright/rules"
	"birthright/store"
)

// Somebody who moves has work to hand over. For a while they keep what their old place
// gave them, as a grant that nobody asked for: so it is explained, is seen where grants
// are seen, can be taken back early, and ends by itself whatever happens.

// Overlap says what movers keep, and for how long.
type Overlap struct {
	// For is counted from the move; zero for nothing.
	For time.Duration
	// Risks are the risks of groups that are kept.
	Risks []string
}

// placed are the attributes that make a place: who changes one of them moves.
func placed() []string {
	return []string{identity.AttrDepartment, identity.AttrTeam, identity.AttrTitle, identity.AttrLocation, identity.AttrManager}
}

// handOver keeps for movers what d takes from them only because they moved, and reports
// whether there was any of that: then the decision is to be made anew.
func (r *Runner) handOver(ctx context.Context, d *decision) (bool, error) {
	if r.Overlap.For == 0 {
		return false, nil
	}
	losing := map[int64][]int64{}
	for _, diff := range d.diffs {
		if diff.user.state == identity.Active && len(diff.drop) > 0 {
			losing[diff.user.n] = diff.drop
		}
	}
	made := false
	for chunk := range slices.Chunk(sortedNumbers(losing), usersPerTransaction) {
		err := r.Store.Update(ctx, func(tx *store.Tx) error {
			moved, err := r.movers(ctx, tx, chunk)
			for _, m := range moved {
				if err != nil {
					return err
				}
				var kept bool
				kept, err = r.keepFor(ctx, tx, d, m, losing[m.user.N])
				made = made || kept
			}
			return err
		})
		if err != nil {
			return false, err
		}
	}
	return made, nil
}

func sortedNumbers[T any](of map[int64]T) []int64 {
	out := make([]int64, 0, len(of))
	for n := range of {
		out = append(out, n)
	}
	slices.Sort(out)
	return out
}

// mover is somebody who was elsewhere lately.
type mover struct {
	user identity.User
	// was are the places of the user within the overlap, the last one first.
	was []store.FormerUser
}

func (r *Runner) movers(ctx context.Context, tx *store.Tx, userNs []int64) ([]mover, error) {
	former, err := tx.FormerUsers(ctx, userNs)
	if err != nil || len(former) == 0 {
		return nil, err
	}
	users, err := tx.UsersByN(ctx, userNs)
	if err != nil {
		return nil, err
	}
	var out []mover
	for _, u := range users {
		m := mover{user: u}
		for _, f := range former {
			if f.UserN == u.N && tx.Now().Before(f.Until.Add(r.Overlap.For)) && f.State == identity.Active && elsewhere(f.Attributes, u.Attributes) {
				m.was = append(m.was, f)
			}
		}
		if len(m.was) > 0 {
			slices.SortFunc(m.was, func(a, b store.FormerUser) int { return b.Until.Compare(a.Until) })
			out = append(out, m)
		}
	}
	return out, nil
}

func elsewhere(was, is identity.Attributes) bool {
	return slices.ContainsFunc(placed(), func(name string) bool { return was.First(name) != is.First(name) })
}

// keepFor keeps those of the groups that a mover is losing which the policy gives at the
// place where the mover was.
func (r *Runner) keepFor(ctx context.Context, tx *store.Tx, d *decision, m mover, losing []int64) (bool, error) {
	earlier, err := tx.Grants(ctx, store.GrantFilter{UserN: m.user.N, Kind: grants.KindOverlap})
	if err != nil {
		return false, err
	}
	facts, err := r.factsForSome(ctx, tx, d.engine, []identity.User{m.user})
	if err != nil {
		return false, err
	}
	revoked, err := revokedFrom(ctx, tx, []int64{m.user.N})
	if err != nil {
		return false, err
	}
	world := rules.World{At: tx.Now(), Facts: facts, Revoked: revoked}
	kept := false
	for _, was := range m.was {
		there := m.user
		there.Attributes = was.Attributes
		given := d.engine.Memberships(there, world)
		for _, n := range losing {
			name := d.groups.name(n)
			had := slices.ContainsFunc(earlier, func(g grants.Grant) bool { return g.Group == name && !g.StartsAt.Before(was.Until) })
			gave := slices.ContainsFunc(given, func(g identity.Membership) bool { return g.Group == name && byRule(g.Causes) })
			if had || !gave || !r.handedOver(d.engine, name) {
				continue
			}
			g, err := r.keepGroup(ctx, tx, m.user, was, name)
			if err != nil {
				return false, err
			}
			earlier, kept = append(earlier, g), true
		}
	}
	return kept, nil
}

func byRule(causes []identity.Cause) bool {
	return slices.ContainsFunc(causes, func(c identity.Cause) bool { return c.Kind == identity.CauseRule })
}

// handedOver reports whether a group is of those that movers keep: not one that the
// policy keeps apart from others, for it could stand in the way of the new place's.
func (r *Runner) handedOver(e *rules.Engine, group string) bool {
	g, known := e.Group(group)
	return known && !g.NoStanding && slices.Contains(r.Overlap.Risks, g.Risk) && !slices.Contains(e.KeptApart(), group)
}

// keepGroup grants one group until the overlap is over.
func (r *Runner) keepGroup(ctx context.Context, tx *store.Tx, u identity.User, was store.FormerUser, group string) (grants.Grant, error) {
	now, end := tx.Now(), was.Until.Add(r.Overlap.For)
	request := &grants.Request{
		Kind: grants.KindOverlap, UserN: u.N, User: u.UserName, By: actorHub, Group: group, Reason: "to hand over: " + moveText(was.Attributes, u.Attributes),
		Duration: end.Sub(now), Created: now, ExpiresAt: end, Revision: 1,
		Outcome: grants.Approved, DecidedAt: now, DecidedBy: actorHub, Auto: "overlap of " + duration.Format(r.Overlap.For),
	}
	if err := tx.AddRequests(ctx, []*grants.Request{request}); err != nil {
		return grants.Grant{}, err
	}
	g := grants.New(request, "", now, end.Sub(now))
	g.Bound(end)
	return g, tx.AddGrant(ctx, &g, audit.Event{
		Actor: actorHub, Action: "access.handover", Subject: "user:" + u.UserName,
		Detail: map[string]any{"request": request.ID, "group": group, "until": end, "reason": request.Reason},
	})
}

// moveText says from where to where somebody moved.
func moveText(was, is identity.Attributes) string {
	var parts []string
	for _, name := range placed() {
		if from, to := was.First(name), is.First(name); from != to {
			parts = append(parts, fmt.Sprintf("%s %s → %s", name, cmp.Or(from, "none"), cmp.Or(to, "none")))
		}
	}
	return strings.Join(parts, ", ")
}

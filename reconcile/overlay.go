package reconcile

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"

	"birthright/grants"
	"birthright/identity"
	"birthright/rules"
	"birthright/store"
)

// overlay is what grants add to what rules give, at one moment: the grants of some
// users that are not settled, and which of them may not give anything.
type overlay struct {
	at     time.Time
	grants []grants.Grant // by user and number
	// stops holds, by number, what ends a grant now other than its time.
	stops map[int64]stop
	// access is what the grants gave so far, whatever the policy says today.
	access map[int64]map[int64]identity.Entitlement
}

// stop is how a grant ends, and why.
type stop struct{ how, reason string }

// overlayOf looks which of some open grants give anything. users are those who have
// them, in the state that they are in now.
func (r *Runner) overlayOf(ctx context.Context, tx *store.Tx, open []grants.Grant, users map[int64]identity.User, facts rules.Facts) (*overlay, error) {
	o := &overlay{at: tx.Now(), grants: open, stops: map[int64]stop{}}
	if len(open) == 0 {
		return o, nil
	}
	held, err := standing(ctx, tx, usersWhile(open))
	if err != nil {
		return nil, err
	}
	world := rules.World{At: o.at, Facts: facts, Held: held}
	var fresh []grants.Grant
	numbers := make([]int64, len(open))
	for i := range open {
		g := &open[i]
		numbers[i] = g.N
		if g.IsOver(o.at) {
			continue
		}
		switch s, err := r.stopOf(g, users[g.UserN], world); {
		case err != nil:
			return nil, err
		case s != stop{}:
			o.stops[g.N] = s
		case g.Gives(o.at) && g.BegunAt.IsZero():
			fresh = append(fresh, *g)
		}
	}
	if len(fresh) > 0 && r.Fit != nil {
		unfit, err := r.Fit(ctx, tx, fresh)
		if err != nil {
			return nil, err
		}
		for n, why := range unfit {
			o.stops[n] = stop{grants.OverFailed, why}
		}
	}
	o.access, err = tx.GrantAccess(ctx, numbers)
	return o, err
}

// stopOf returns what ends a grant that is not over by its time.
func (r *Runner) stopOf(g *grants.Grant, u identity.User, w rules.World) (stop, error) {
	switch _, known := r.Engine().Group(g.Group); {
	case u.State != identity.Active:
		return stop{grants.OverLifecycle, fmt.Sprintf("%s is %s", g.User, stateText(u.State))}, nil
	case !known:
		return stop{grants.OverGone, "the policy has no group " + g.Group + " any more"}, nil
	case g.While == "":
		return stop{}, nil
	}
	holds, err := r.stillHolds(g, u, w)
	if err != nil || !holds {
		return stop{grants.OverLapsed, "it is no longer true that " + g.While}, nil //nolint:nilerr // what cannot be told does not hold
	}
	return stop{}, nil
}

// stateText is a state as a sentence has it.
func stateText(s identity.State) string {
	switch s {
	case identity.OnLeave:
		return "on leave"
	case "":
		return "not in the directory"
	}
	return string(s)
}

// stillHolds asks again what a grant was given for, of the user and the world as
// they are now, and of the request as it was then.
func (r *Runner) stillHolds(g *grants.Grant, u identity.User, w rules.World) (bool, error) {
	c, err := rules.RequestCondition(g.While)
	if err != nil {
		return false, err
	}
	in, err := rules.Kept(g.Inputs, w.At)
	if err != nil {
		return false, err
	}
	return r.Engine().HoldsOf(c, u, w, in)
}

// usersWhile are those with a grant that something must stay true for.
func usersWhile(open []grants.Grant) []int64 {
	return usersWith(slices.DeleteFunc(slices.Clone(open), func(g grants.Grant) bool { return g.While == "" }))
}

// given is what the grants give, for the rules to take in.
func (o *overlay) given() rules.Overlays {
	out := rules.Overlays{}
	for i := range o.grants {
		g := &o.grants[i]
		if _, stopped := o.stops[g.N]; stopped || !g.Gives(o.at) {
			continue
		}
		given := rules.Overlay{Group: g.Group, Cause: grantCause(g), Made: g.StartsAt} // it has begun, whatever the clock says
		if !g.ActivatedAt.IsZero() {
			given.End = g.EndsAt // until then nobody can tell
		}
		out[g.UserN] = append(out[g.UserN], given)
	}
	return out
}

func grantCause(g *grants.Grant) identity.Cause {
	return identity.Cause{Kind: identity.CauseGrant, Name: g.ID}
}

// refused stops the grants that something keeps from a user: the policy excludes
// the user from the group, or another group excludes it.
func (o *overlay) refused(userN int64, refusals []rules.Refusal) {
	if len(refusals) == 0 {
		return
	}
	first, _ := slices.BinarySearchFunc(o.grants, userN, func(g grants.Grant, n int64) int { return cmp.Compare(g.UserN, n) })
	for i := first; i < len(o.grants) && o.grants[i].UserN == userN; i++ {
		g := &o.grants[i]
		if g.IsOver(o.at) {
			continue
		}
		at := slices.IndexFunc(refusals, func(r rules.Refusal) bool { return slices.Contains(r.Causes, grantCause(g)) })
		if at < 0 {
			continue
		}
		o.stops[g.N] = stopFor(refusals[at])
	}
}

// stopFor is how a grant ends of what is kept from its user.
func stopFor(r rules.Refusal) stop {
	switch r.Kind {
	case rules.RefusedByReview:
		return stop{grants.OverRevoked, "a review took it away: " + r.Reason}
	case rules.RefusedByConstraint:
		return stop{grants.OverFailed, fmt.Sprintf("constraint %s: %s is held", r.Name, r.Kept)}
	}
	return stop{grants.OverFailed, "exclusion: " + r.Reason}
}

// over returns, by user, what grants gave that are over now. Whether something else
// gives it still is not looked at.
func (o *overlay) over() map[int64][]identity.Entitlement {
	out := map[int64][]identity.Entitlement{}
	for i := range o.grants {
		g := &o.grants[i]
		if _, stopped := o.stops[g.N]; !stopped && !g.IsOver(o.at) {
			continue
		}
		for _, e := range o.access[g.N] {
			out[g.UserN] = append(out[g.UserN], e)
		}
	}
	for _, list := range out {
		slices.SortFunc(list, identity.CompareEntitlements)
	}
	return out
}

// users returns those who have the grants, ascending.
func usersWith(open []grants.Grant) []int64 {
	ns := make([]int64, len(open))
	for i := range open {
		ns[i] = open[i].UserN
	}
	slices.Sort(ns)
	return slices.Compact(ns)
}

// overlayForAll is overlayOf everybody.
func (r *Runner) overlayForAll(ctx context.Context, tx *store.Tx, facts rules.Facts) (*overlay, error) {
	open, err := tx.OpenGrants(ctx)
	if err != nil || len(open) == 0 {
		return &overlay{at: tx.Now()}, err
	}
	holders, err := tx.UsersByN(ctx, usersWith(open))
	if err != nil {
		return nil, err
	}
	return r.overlayOf(ctx, tx, open, byNumber(holders, tx.Now()), facts)
}

// overlayFor is overlayOf a few users.
func (r *Runner) overlayFor(ctx context.Context, tx *store.Tx, users []identity.User, facts rules.Facts) (*overlay, error) {
	ns := make([]int64, len(users))
	for i := range users {
		ns[i] = users[i].N
	}
	open, err := tx.OpenGrantsOf(ctx, ns)
	if err != nil {
		return nil, err
	}
	return r.overlayOf(ctx, tx, open, byNumber(users, tx.Now()), facts)
}

func byNumber(users []identity.User, at time.Time) map[int64]identity.User {
	out := make(map[int64]identity.User, len(users))
	for _, u := range users {
		out[u.N] = asOf(u, at)
	}
	return out
}

package reconcile

import (
	"context"
	"slices"
	"strings"

	"birthright/identity"
	"birthright/rules"
	"birthright/store"
)

// facts answers conditions that ask beyond one user's attributes: the chain of
// managers from the directory, the rest from what context sources told.
type facts struct {
	rules.Facts
	// managerOf holds, by user name in lower case, the manager's name.
	managerOf map[string]string
}

// ReportsTo walks up from user; a circle in the data ends the walk.
func (f facts) ReportsTo(user identity.User, manager string) bool {
	seen := map[string]bool{}
	for at := strings.ToLower(user.Attributes.First(identity.AttrManager)); at != "" && !seen[at]; at = f.managerOf[at] {
		if strings.EqualFold(at, manager) {
			return true
		}
		seen[at] = true
	}
	return false
}

// asksForManagers reports whether the policy has a condition that needs the
// chain of managers.
func asksForManagers(engine *rules.Engine) bool {
	return len(engine.Policy().Asks().Managers) > 0
}

// factsForAll loads all facts, and the managers of everybody if the policy asks
// for them.
func (r *Runner) factsForAll(ctx context.Context, tx *store.Tx, engines ...*rules.Engine) (rules.Facts, error) {
	known, err := tx.Facts(ctx)
	if err != nil {
		return nil, err
	}
	f := facts{managerOf: map[string]string{}}
	if f.Facts, err = r.timeline(ctx, tx, known); err != nil || !slices.ContainsFunc(engines, asksForManagers) {
		return f, err
	}
	return f, tx.EachPerson(ctx, func(u identity.User) error {
		if manager := u.Attributes.First(identity.AttrManager); manager != "" {
			// A copy: a part of the text of all attributes would keep the whole of it.
			f.managerOf[strings.ToLower(u.UserName)] = strings.ToLower(strings.Clone(manager))
		}
		return nil
	})
}

// factsForSome loads the facts about a few users, and the managers above them,
// step by step, if the policy asks for those.
func (r *Runner) factsForSome(ctx context.Context, tx *store.Tx, engine *rules.Engine, users []identity.User) (rules.Facts, error) {
	ns := make([]int64, len(users))
	for i, u := range users {
		ns[i] = u.N
	}
	known, err := tx.FactsOfUsers(ctx, ns)
	if err != nil {
		return nil, err
	}
	f := facts{managerOf: map[string]string{}}
	if f.Facts, err = r.timeline(ctx, tx, known); err != nil || !asksForManagers(engine) {
		return f, err
	}
	for _, u := range users {
		if err := f.climb(ctx, tx, u); err != nil {
			return nil, err
		}
	}
	return f, nil
}

// climb learns the managers above u.
func (f facts) climb(ctx context.Context, tx *store.Tx, u identity.User) error {
	at := strings.ToLower(u.Attributes.First(identity.AttrManager))
	for at != "" {
		if _, known := f.managerOf[at]; known {
			return nil
		}
		above, err := tx.UserByName(ctx, at)
		if identity.KindOf(err) == identity.NotFound {
			return nil
		}
		if err != nil {
			return err
		}
		f.managerOf[at] = strings.ToLower(above.Attributes.First(identity.AttrManager))
		at = f.managerOf[at]
	}
	return nil
}

// timeline makes known facts answer, each as fresh as the last whole read of its
// source.
func (r *Runner) timeline(ctx context.Context, tx *store.Tx, known []identity.Fact) (rules.Facts, error) {
	if len(known) == 0 {
		return rules.Nothing{}, nil
	}
	reads, err := r.Reads(ctx, tx)
	return rules.NewTimeline(known, reads), err
}

// Reads tells how fresh the knowledge of each context source is.
func (r *Runner) Reads(ctx context.Context, tx *store.Tx) (map[string]rules.Read, error) {
	states, err := tx.SourceStates(ctx)
	reads := map[string]rules.Read{}
	for _, s := range states {
		if maxAge, configured := r.MaxAge[s.Name]; configured && !s.LastCompleteAt.IsZero() {
			reads[s.Name] = rules.Read{At: s.LastCompleteAt, MaxAge: maxAge}
		}
	}
	return reads, err
}

// WorldFor returns what conditions may ask about u now, and what grants give u.
func (r *Runner) WorldFor(ctx context.Context, tx *store.Tx, u identity.User) (rules.World, error) {
	return r.WorldUnder(ctx, tx, r.Engine(), u)
}

// WorldUnder is WorldFor for another policy than the one in force.
func (r *Runner) WorldUnder(ctx context.Context, tx *store.Tx, engine *rules.Engine, u identity.User) (rules.World, error) {
	w, err := r.standingWorld(ctx, tx, engine, u)
	if err != nil {
		return rules.World{}, err
	}
	rows, err := tx.MembershipsOfUsers(ctx, []int64{u.N})
	if err != nil {
		return rules.World{}, err
	}
	names, err := tx.GroupNames(ctx, groupNumbers(rows))
	if err != nil {
		return rules.World{}, err
	}
	w.Held = heldBy(rows, func(n int64) string { return names[n] })
	o, err := r.overlayFor(ctx, tx, []identity.User{u}, w.Facts)
	if err != nil {
		return rules.World{}, err
	}
	w.Overlay = o.given()
	w.Revoked, err = revokedFrom(ctx, tx, []int64{u.N})
	return w, err
}

// StandingWorldFor is WorldFor without what grants give, also without the groups that
// u is in by grants alone: it depends on nobody's approval.
func (r *Runner) StandingWorldFor(ctx context.Context, tx *store.Tx, u identity.User) (rules.World, error) {
	return r.standingWorld(ctx, tx, r.Engine(), u)
}

func (r *Runner) standingWorld(ctx context.Context, tx *store.Tx, engine *rules.Engine, u identity.User) (rules.World, error) {
	facts, err := r.factsForSome(ctx, tx, engine, []identity.User{u})
	if err != nil {
		return rules.World{}, err
	}
	held, err := standing(ctx, tx, []int64{u.N})
	return rules.World{At: tx.Now(), Facts: facts, Held: held}, err
}

// heldBy answers who is in which group from rows, which are ordered by user.
func heldBy(rows []store.MembershipRow, name func(groupN int64) string) func(int64) []string {
	return func(userN int64) []string {
		var names []string
		for _, row := range rowsOf(rows, userN) {
			names = append(names, name(row.GroupN))
		}
		return names
	}
}

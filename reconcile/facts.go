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
// managers from the directory, the rest from Options.Facts.
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

func (r *Runner) otherFacts() rules.Facts {
	if r.Facts == nil {
		return rules.Nothing{}
	}
	return r.Facts
}

// factsForAll loads the managers of everybody, if the policy asks for them.
func (r *Runner) factsForAll(ctx context.Context, tx *store.Tx, engines ...*rules.Engine) (rules.Facts, error) {
	f := facts{Facts: r.otherFacts(), managerOf: map[string]string{}}
	if !slices.ContainsFunc(engines, asksForManagers) {
		return f, nil
	}
	return f, tx.EachUser(ctx, func(u identity.User) error {
		if manager := u.Attributes.First(identity.AttrManager); manager != "" {
			f.managerOf[strings.ToLower(u.UserName)] = strings.ToLower(manager)
		}
		return nil
	})
}

// factsForSome loads the managers above a few users, step by step.
func (r *Runner) factsForSome(ctx context.Context, tx *store.Tx, engine *rules.Engine, users []identity.User) (rules.Facts, error) {
	f := facts{Facts: r.otherFacts(), managerOf: map[string]string{}}
	if !asksForManagers(engine) {
		return f, nil
	}
	for _, u := range users {
		at := strings.ToLower(u.Attributes.First(identity.AttrManager))
		for at != "" {
			if _, known := f.managerOf[at]; known {
				break
			}
			above, err := tx.UserByName(ctx, at)
			if identity.KindOf(err) == identity.NotFound {
				break
			}
			if err != nil {
				return nil, err
			}
			f.managerOf[at] = strings.ToLower(above.Attributes.First(identity.AttrManager))
			at = f.managerOf[at]
		}
	}
	return f, nil
}

// WorldFor returns what conditions may ask about u now.
func (r *Runner) WorldFor(ctx context.Context, tx *store.Tx, u identity.User) (rules.World, error) {
	facts, err := r.factsForSome(ctx, tx, r.Engine(), []identity.User{u})
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
	return rules.World{At: tx.Now(), Facts: facts, Held: heldBy(rows, func(n int64) string { return names[n] })}, nil
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

package app

import (
	"context"
	"slices"

	"github.com/RoaringBitmap/roaring/v2"

	"birthright/identity"
	"birthright/reconcile"
	"birthright/rules"
	"birthright/rules/impact"
	"birthright/rules/moves"
	"birthright/store"
)

// Trial is a change that is tried before it is made.
type Trial struct {
	// Before and After are the policies; nil Before with Live compares what is in
	// force, as the directory has it.
	Before, After *rules.Engine
	Live          bool
	// People is a file that is asked instead of the directory; "" for none.
	People string
	// Moves are what is to be different about people afterwards.
	Moves []moves.Move
}

// Tried is what a change would do, with the names of everybody concerned.
type Tried struct {
	impact.Impact
	Names         map[uint32]string
	before, after *rules.Engine
}

// Carries returns what a group carries before or after the change.
func (t Tried) Carries(group string) []identity.Entitlement {
	before, _ := t.before.Group(group)
	after, _ := t.after.Group(group)
	return slices.Concat(before.Access, after.Access)
}

// Try works out what a change would do. It changes nothing.
func (a *App) Try(ctx context.Context, t Trial) (tried Tried, err error) {
	err = a.among(ctx, t.People, func(p people) error {
		tried, err = a.try(ctx, p, t)
		return err
	})
	return tried, err
}

// among hands do the people of a file, or else of the directory, all as they are
// at one moment.
func (a *App) among(ctx context.Context, file string, do func(people) error) error {
	if file != "" {
		r, err := a.readRoster(ctx, file)
		if err != nil {
			return err
		}
		return do(r)
	}
	return a.Store.View(ctx, func(tx *store.Tx) error { return do(directoryPeople{a, tx}) })
}

func (a *App) try(ctx context.Context, p people, t Trial) (Tried, error) {
	now := stored{}
	var err error
	if t.Live {
		t.Before, err = p.inForce(ctx, t.After)
	}
	if err == nil {
		now, err = p.memberships(ctx, t.Live)
	}
	if err != nil {
		return Tried{}, err
	}
	engines, err := readers(t)
	if err != nil {
		return Tried{}, err
	}
	bosses, each := newChain(nil), func(*identity.User) error { return nil }
	if t.rehangs() {
		each = bosses.note
	}
	crowd, err := p.crowd(ctx, each, engines...)
	if err != nil {
		return Tried{}, err
	}
	before := impact.Side{Engine: t.Before, Population: crowd.Population, World: crowd.World, Members: now.members}
	after := impact.Side{Engine: t.After, Population: crowd.Population, World: crowd.World}
	scope := impact.Scope{Grants: now.grants}
	if t.Moves != nil {
		if scope.People, err = t.move(ctx, p, before, &after, bosses); err != nil {
			return Tried{}, err
		}
	}
	out := Tried{before: t.Before, after: t.After}
	if out.Impact, err = impact.Compare(before, after, scope); err != nil {
		return out, err
	}
	out.Names, err = p.names(ctx, out.Touched())
	return out, err
}

// rehangs reports whether moves give somebody another manager, and that counts:
// then whoever stands below is concerned, too.
func (t Trial) rehangs() bool {
	return len(t.After.Policy().Asks().Managers) > 0 && slices.ContainsFunc(t.Moves, func(m moves.Move) bool {
		_, manager := m.Set[identity.AttrManager]
		return manager
	})
}

// readers are the engines that together read what the trial reads of people.
func readers(t Trial) ([]*rules.Engine, error) {
	var out []*rules.Engine
	for _, e := range []*rules.Engine{t.Before, t.After} {
		more, err := impact.Readers(e)
		if err != nil {
			return nil, err
		}
		out = append(out, more...)
	}
	for _, m := range t.Moves {
		if m.Where != nil {
			out = append(out, m.Where.Engine())
		}
	}
	return out, nil
}

// people are those whom a policy is tried on.
type people interface {
	// crowd loads everybody; each sees them on the way.
	crowd(ctx context.Context, each func(*identity.User) error, engines ...*rules.Engine) (reconcile.Crowd, error)
	// numbers finds people by name; users by number, with all that is known.
	numbers(ctx context.Context, names []string) (map[string]int64, error)
	users(ctx context.Context, ns []int64) ([]identity.User, error)
	names(ctx context.Context, ns *roaring.Bitmap) (map[uint32]string, error)
	// world is what conditions may ask about one of them, or somebody made up.
	world(ctx context.Context, u identity.User) (rules.World, error)
	// inForce is the policy that they were decided by last, fallback where nothing
	// tells; memberships are what they have of it.
	inForce(ctx context.Context, fallback *rules.Engine) (*rules.Engine, error)
	memberships(ctx context.Context, all bool) (stored, error)
}

// stored are memberships as they are, those of rules apart from all others.
type stored struct {
	members map[string]*roaring.Bitmap // nil where nobody asked
	grants  []impact.Grant
}

// note adds one membership.
func (s *stored) note(n int64, group string, causes []identity.Cause) {
	byRule := false
	for _, c := range causes {
		if c.Kind == identity.CauseGrant {
			s.grants = append(s.grants, impact.Grant{User: uint32(n), Group: group, Cause: c})
		} else {
			byRule = true
		}
	}
	if !byRule || s.members == nil {
		return
	}
	if s.members[group] == nil {
		s.members[group] = roaring.New()
	}
	s.members[group].Add(uint32(n))
}

// chunk is how many people are looked up at once.
const chunk = 10_000

// inChunks hands the numbers of a set to do, some at a time.
func inChunks(set *roaring.Bitmap, do func([]int64) error) error {
	for part := range slices.Chunk(set.ToArray(), chunk) {
		ns := make([]int64, len(part))
		for i, n := range part {
			ns[i] = int64(n)
		}
		if err := do(ns); err != nil {
			return err
		}
	}
	return nil
}

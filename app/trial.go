package app

import (
	"context"
	"slices"

	"birthright/identity"
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
	scope := impact.Scope{Grants: now.grants, Scheduled: now.scheduled}
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

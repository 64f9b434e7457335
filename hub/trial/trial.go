package trial

import (
	"context"
	"slices"

	"birthright/identity"
	"birthright/rules"
	"birthright/rules/impact"
	"birthright/rules/moves"
)

// Trial is a change that is tried before it is made.
type Trial struct {
	// Before and After are the policies. Before may be nil: then it is the one in force.
	Before, After *rules.Engine
	// Live compares with the memberships that are stored, instead of with what Before
	// gives.
	Live bool
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

// Try works out what a change would do to people, with their names. It changes nothing.
func Try(ctx context.Context, p People, t Trial) (Tried, error) {
	out, err := Weigh(ctx, p, t)
	if err != nil {
		return out, err
	}
	out.Names, err = p.Names(ctx, out.Touched())
	return out, err
}

// Weigh is Try without the names: who is concerned is in sets of numbers.
func Weigh(ctx context.Context, p People, t Trial) (Tried, error) {
	now := stored{}
	var err error
	if t.Before == nil {
		t.Before, err = p.inForce(ctx, t.After)
	}
	if err == nil {
		now, err = p.memberships(ctx, t.Live)
	}
	if err != nil {
		return Tried{}, err
	}
	engines, err := t.readers()
	if err != nil {
		return Tried{}, err
	}
	bosses := newChain(nil)
	var each func(*identity.User) error
	if t.rehangs() {
		each = bosses.note
	}
	crowd, err := p.Crowd(ctx, each, engines...)
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
	out.Impact, err = impact.Compare(before, after, scope)
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
func (t Trial) readers() ([]*rules.Engine, error) {
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

package trial

import (
	"context"
	"fmt"
	"maps"
	"time"

	"github.com/RoaringBitmap/roaring/v2"

	"birthright/directory"
	"birthright/identity"
	"birthright/internal/strictyaml"
	"birthright/rules"
	"birthright/rules/impact"
	"birthright/rules/moves"
)

// move makes after what before is with the moves made, and returns who may be
// decided about differently; nil for everybody.
func (t Trial) move(ctx context.Context, p People, before impact.Side, after *impact.Side, bosses chain) (*roaring.Bitmap, error) {
	set, err := settled(ctx, p, before, t.Moves)
	if err != nil {
		return nil, err
	}
	changed, managers := roaring.New(), bosses.over(before.World.Facts)
	after.Population = before.Population.Clone()
	for n := range set {
		changed.Add(n)
	}
	err = InChunks(changed, func(ns []int64) error {
		users, err := p.Users(ctx, ns)
		for _, u := range users {
			u = moved(u, set[uint32(u.N)], before.World.At)
			after.Population.Put(&u)
			_ = managers.note(&u) // it never fails
		}
		return err
	})
	if t.rehangs() {
		after.World.Facts = managers
		return nil, err
	}
	return changed, err
}

// settled returns what is to be set of whom. Later moves count.
func settled(ctx context.Context, p People, before impact.Side, list []moves.Move) (map[uint32]map[string][]string, error) {
	var names []string
	for _, m := range list {
		if m.Where == nil {
			names = append(names, m.User)
		}
	}
	numbers, err := p.Numbers(ctx, names)
	if err != nil {
		return nil, err
	}
	out := map[uint32]map[string][]string{}
	var unknown strictyaml.Faults
	for _, m := range list {
		n, ok := numbers[m.User]
		switch {
		case m.Where != nil:
			for it := meant(before, m.Where).Iterator(); it.HasNext(); {
				put(out, it.Next(), m.Set)
			}
		case ok:
			put(out, uint32(n), m.Set)
		default:
			unknown = append(unknown, strictyaml.Fault{
				File: m.Position.File, Line: m.Position.Line, Column: m.Position.Column,
				Message: fmt.Sprintf("there is no user %q: `birthright user list` shows them", m.User),
			})
		}
	}
	if err := unknown.Err(); err != nil {
		return nil, &identity.Error{Kind: identity.Invalid, Err: err}
	}
	return out, nil
}

func put(into map[uint32]map[string][]string, n uint32, set map[string][]string) {
	if into[n] == nil {
		into[n] = map[string][]string{}
	}
	maps.Copy(into[n], set)
}

// meant is of whom a condition holds, as things are.
func meant(before impact.Side, where *rules.Question) *roaring.Bitmap {
	x := before.Engine.Groups(where.Groups(), before.Population, before.World)
	return where.Matches(before.Population, before.World, x.Users)
}

// moved is u with some attributes set, at an instant. Where in the lifecycle that
// is follows from dates and flags; who has left comes back by no attribute.
func moved(u identity.User, set map[string][]string, at time.Time) identity.User {
	u.Attributes = u.Attributes.Clone()
	for name, values := range set {
		u.Attributes.Set(name, values...)
	}
	if u.State != identity.Left {
		u.State = directory.Lifecycle([]identity.Record{{}}, u.Attributes, at)
	}
	return u
}

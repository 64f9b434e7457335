package trial

import (
	"context"
	"errors"
	"strings"
	"time"

	"github.com/RoaringBitmap/roaring/v2"

	"birthright/identity"
	"birthright/reconcile"
	"birthright/rules"
	"birthright/rules/population"
)

// Roster are the people of a list, each numbered by its place, from 1.
type Roster struct {
	list   []identity.User
	now    time.Time
	byName map[string]int64 // in lower case
}

// NewRoster takes over people who are numbered by their place, at an instant.
func NewRoster(list []identity.User, now time.Time) *Roster {
	r := &Roster{list: list, now: now, byName: make(map[string]int64, len(list))}
	for _, u := range list {
		r.byName[strings.ToLower(u.UserName)] = u.N
	}
	return r
}

func (r *Roster) Crowd(ctx context.Context, each func(*identity.User) error, engines ...*rules.Engine) (reconcile.Crowd, error) {
	var readings []population.Reading
	for _, e := range engines {
		readings = append(readings, e.Readings()...)
	}
	c := reconcile.Crowd{Population: population.New(readings), World: r.facts()}
	for i := range r.list {
		c.Population.Put(&r.list[i])
		if each == nil {
			continue
		}
		if err := each(&r.list[i]); err != nil {
			return c, err
		}
	}
	return c, ctx.Err()
}

// facts is what the file tells: who reports to whom.
func (r *Roster) facts() rules.World {
	c := newChain(nil)
	for i := range r.list {
		_ = c.note(&r.list[i]) // it never fails
	}
	return rules.World{At: r.now, Facts: c}
}

func (r *Roster) Numbers(_ context.Context, names []string) (map[string]int64, error) {
	out := map[string]int64{}
	for _, name := range names {
		if n, ok := r.byName[strings.ToLower(name)]; ok {
			out[name] = n
		}
	}
	return out, nil
}

func (r *Roster) Users(_ context.Context, ns []int64) ([]identity.User, error) {
	out := make([]identity.User, 0, len(ns))
	for _, n := range ns {
		out = append(out, r.list[n-1])
	}
	return out, nil
}

func (r *Roster) Names(_ context.Context, set *roaring.Bitmap) (map[uint32]string, error) {
	out := make(map[uint32]string, set.GetCardinality())
	for it := set.Iterator(); it.HasNext(); {
		n := it.Next()
		out[n] = r.list[n-1].UserName
	}
	return out, nil
}

func (r *Roster) world(context.Context, *rules.Engine, identity.User) (rules.World, error) {
	return r.facts(), nil
}

// inForce: a file knows of no hub.
func (r *Roster) inForce(context.Context, *rules.Engine) (*rules.Engine, error) {
	return nil, &identity.Error{
		Kind: identity.Invalid, Err: errors.New("--against live asks the directory what is in force, and --people does without it: take one of the two"),
	}
}

func (r *Roster) memberships(context.Context, bool) (stored, error) { return stored{}, nil }

// find is somebody by name.
func find(ctx context.Context, p People, name string) (identity.User, error) {
	numbers, err := p.Numbers(ctx, []string{name})
	if err != nil {
		return identity.User{}, err
	}
	n, ok := numbers[name]
	if !ok {
		return identity.User{}, &identity.Error{Kind: identity.NotFound, Err: errors.New("there is no user " + name), Hint: "`birthright user list` shows them"}
	}
	users, err := p.Users(ctx, []int64{n})
	if err != nil || len(users) != 1 {
		return identity.User{}, err
	}
	return users[0], nil
}

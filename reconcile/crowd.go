package reconcile

import (
	"context"
	"fmt"
	"slices"

	"birthright/identity"
	"birthright/rules"
	"birthright/rules/population"
	"birthright/store"
)

// Crowd is everybody in the directory as policies see them at one moment.
type Crowd struct {
	Population *population.Population
	World      rules.World
	overlay    *overlay
}

// Crowd loads everybody, as far as these policies read them, and what conditions
// may ask about them. each, if set, sees every user on the way, as
// Tx.EachPerson hands them out: it must not use the transaction, nor keep lists of
// attributes.
func (r *Runner) Crowd(ctx context.Context, tx *store.Tx, each func(*identity.User) error, engines ...*rules.Engine) (Crowd, error) {
	var readings []population.Reading
	for _, e := range engines {
		readings = append(readings, e.Readings()...)
	}
	c := Crowd{Population: population.New(readings), World: rules.World{At: tx.Now()}}
	var err error
	if c.World.Facts, err = r.factsForAll(ctx, tx, engines...); err != nil {
		return c, err
	}
	if c.overlay, err = r.overlayForAll(ctx, tx, c.World.Facts); err != nil {
		return c, err
	}
	c.World.Overlay = c.overlay.given()
	if c.World.Revoked, err = revokedFromAll(ctx, tx); err != nil {
		return c, err
	}
	if c.World.Held, err = heldApart(ctx, tx, engines...); err != nil {
		return c, err
	}
	total, err := tx.CountUsers(ctx)
	if err != nil {
		return c, err
	}
	done := 0
	return c, tx.EachPerson(ctx, func(u identity.User) error {
		if u.N > population.MaxN {
			return fmt.Errorf("user number %d is beyond what decisions about everybody can hold (%d)", u.N, int64(population.MaxN))
		}
		u = asOf(u, c.World.At)
		c.Population.Put(&u)
		if done++; done%1000 == 0 {
			r.Progress("", "deciding", done, total)
		}
		if each == nil {
			return ctx.Err()
		}
		return each(&u)
	})
}

// heldApart returns who is in which of the groups that constraints keep apart:
// the group that somebody is in already stays.
func heldApart(ctx context.Context, tx *store.Tx, engines ...*rules.Engine) (func(int64) []string, error) {
	var names []string
	for _, e := range engines {
		names = append(names, e.KeptApart()...)
	}
	if len(names) == 0 {
		return nil, nil //nolint:nilnil // nobody needs to be asked about
	}
	slices.Sort(names)
	names = slices.Compact(names)
	numbers, err := tx.GroupNumbers(ctx, names, false)
	if err != nil {
		return nil, err
	}
	held := map[int64][]string{}
	for _, name := range names {
		n, ok := numbers[name]
		if !ok {
			continue
		}
		rows, err := tx.MembersOf(ctx, n, 0, 0)
		if err != nil {
			return nil, err
		}
		for _, row := range rows {
			held[row.UserN] = append(held[row.UserN], name)
		}
	}
	return func(userN int64) []string { return held[userN] }, nil
}

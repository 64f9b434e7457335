package app

import (
	"cmp"
	"slices"
	"time"

	"birthright/identity"
	"birthright/reviews/evidence"
	"birthright/store"
)

// peopleAtOnce is how many people are looked up at once.
const peopleAtOnce = 1000

// eachBatch hands all people to fn, some at once.
func (c *collector) eachBatch(fn func(users []identity.User, ns []int64) error) error {
	var batch []identity.User
	flush := func() error {
		ns := make([]int64, len(batch))
		for i, u := range batch {
			ns[i] = u.N
		}
		err := fn(batch, ns)
		batch = batch[:0]
		return err
	}
	err := c.tx.EachUser(c.ctx, func(u identity.User) error {
		if batch = append(batch, u); len(batch) < peopleAtOnce {
			return nil
		}
		return flush()
	})
	if err != nil || len(batch) == 0 {
		return err
	}
	return flush()
}

// people writes what everybody was.
func (c *collector) people() error {
	return c.out.Rows(evidence.PeopleFile, func(put func(any) error) error {
		return c.eachBatch(func(users []identity.User, ns []int64) error {
			former, err := c.tx.FormerUsers(c.ctx, ns)
			if err != nil {
				return err
			}
			past := map[int64][]store.FormerUser{}
			for _, f := range former {
				past[f.UserN] = append(past[f.UserN], f)
			}
			for _, u := range users {
				now := store.FormerUser{UserN: u.N, From: u.Modified, UserName: u.UserName, State: u.State, Attributes: u.Attributes}
				for _, f := range append(past[u.N], now) {
					if err := c.person(put, u.ID, f); err != nil {
						return err
					}
				}
			}
			return nil
		})
	})
}

func (c *collector) person(put func(any) error, id string, f store.FormerUser) error {
	if !c.overlaps(f.From, f.Until) {
		return nil
	}
	p := evidence.Person{ID: id, User: f.UserName, From: f.From, Until: c.by(f.Until), State: f.State, Attributes: f.Attributes}
	c.manifest.Count(p.From, p.Until, &c.manifest.Counts.PeopleAtStart, &c.manifest.Counts.PeopleAtEnd)
	return put(p)
}

// memberships writes who was in what, and why.
func (c *collector) memberships() error {
	groups, err := c.tx.AllGroupNames(c.ctx)
	if err != nil {
		return err
	}
	return c.out.Rows(evidence.MembershipsFile, func(put func(any) error) error {
		return c.eachBatch(func(users []identity.User, ns []int64) error {
			stretches, err := c.stretches(ns)
			if err != nil {
				return err
			}
			causes, err := c.tx.CauseSetsByN(c.ctx, causeNumbers(stretches))
			if err != nil {
				return err
			}
			byN := map[int64]identity.User{}
			for _, u := range users {
				byN[u.N] = u
			}
			for _, s := range stretches {
				u := byN[s.UserN]
				m := evidence.Membership{
					ID: u.ID, User: u.UserName, Group: groups[s.GroupN], From: s.From, Until: c.by(s.Until), Since: s.Since, EndsAt: known(s.EndsAt),
					Causes: causes[s.CausesN], Policy: c.policies[s.PolicyN].Version(),
				}
				c.manifest.Count(m.From, m.Until, &c.manifest.Counts.MembershipsAtStart, &c.manifest.Counts.MembershipsAtEnd)
				if err := put(m); err != nil {
					return err
				}
			}
			return nil
		})
	})
}

func (c *collector) stretches(ns []int64) ([]store.Stretch, error) {
	all, err := c.tx.StretchesOfUsers(c.ctx, ns)
	return slices.DeleteFunc(all, func(s store.Stretch) bool { return !c.overlaps(s.From, s.Until) }), err
}

func causeNumbers(stretches []store.Stretch) []int64 {
	ns := make([]int64, len(stretches))
	for i, s := range stretches {
		ns[i] = s.CausesN
	}
	slices.Sort(ns)
	return slices.Compact(ns)
}

// observed writes what targets were seen to give whom: what is there still by target,
// entitlement and time, then what is gone.
func (c *collector) observed() error {
	states, err := c.tx.TargetStates(c.ctx)
	if err != nil {
		return err
	}
	slices.SortFunc(states, func(a, b store.TargetState) int { return cmp.Compare(a.N, b.N) })
	return c.out.Rows(evidence.ObservedFile, func(put func(any) error) error {
		rows := &holdings{collector: c, put: put, targets: map[int64]string{}}
		for _, s := range states {
			rows.targets[s.N] = s.Name
			layers, err := c.tx.HoldingsOn(c.ctx, s.N)
			if err != nil {
				return err
			}
			for _, l := range layers {
				if !c.overlaps(l.Since, time.Time{}) {
					continue
				}
				for it := l.Holders.Iterator(); it.HasNext(); {
					if err := rows.add(holding{store.PastHolding{Holder: int64(it.Next()), TargetN: l.TargetN, EntN: l.EntN, Since: l.Since}, l.Indirect}); err != nil {
						return err
					}
				}
			}
		}
		if err := rows.flush(); err != nil {
			return err
		}
		return rows.past()
	})
}

package rules

import (
	"cmp"
	"slices"
	"strings"

	"github.com/RoaringBitmap/roaring/v2"

	"birthright/identity"
	"birthright/rules/population"
)

// Everyone is what a policy gives everybody of a population. It holds as long as
// the population is not changed.
type Everyone struct {
	// Holdings are the groups that somebody is in, by name.
	Holdings []Holding
	// Apart are the decisions about the people who were decided about one by one:
	// whom shifts, tickets, grants, exclusions, revocations or constraints concern, and those before
	// their first day. They are part of Holdings, too.
	Apart map[uint32]Decision

	engine *Engine
}

// Holding is one group with everybody in it, cause by cause.
type Holding struct {
	Group string
	// Causes are sorted.
	Causes []Causing
}

// Causing is one cause of memberships in a group, and whom it gives them.
type Causing struct {
	Cause identity.Cause
	Users *roaring.Bitmap
}

// Users returns everybody in the group. The set must not be changed.
func (h *Holding) Users() *roaring.Bitmap {
	if len(h.Causes) == 1 {
		return h.Causes[0].Users
	}
	parts := make([]*roaring.Bitmap, len(h.Causes))
	for i := range h.Causes {
		parts[i] = h.Causes[i].Users
	}
	return roaring.FastOr(parts...)
}

// Users returns everybody in group. The set must not be changed.
func (x *Everyone) Users(group string) *roaring.Bitmap {
	at, found := slices.BinarySearchFunc(x.Holdings, group, func(h Holding, name string) int { return cmp.Compare(h.Group, name) })
	if !found {
		return nobody
	}
	return x.Holdings[at].Users()
}

// Everyone decides about everybody: the same, user by user, as Decide says. The
// population must keep what Readings names.
func (e *Engine) Everyone(pop *population.Population, w World) *Everyone {
	return e.survey(pop, w, nil)
}

// Who returns the active people of whom a rule holds at this moment, whatever
// keeps its groups from some of them, and false where there is no such rule.
// Whom shifts and tickets concern is not among them: they are asked one by one.
func (e *Engine) Who(rule string, pop *population.Population, w World) (*roaring.Bitmap, bool) {
	p, ok := e.byName[rule]
	if !ok {
		return nil, false
	}
	c := e.crowd(pop, w)
	wanted := e.needed(slices.Concat(p.rule.When.Groups, p.rule.Except.Groups))
	c.run(func(q *program) bool { return q == p || wanted[q.rule.Name] })
	if !p.inForce(c.world.At) {
		return nobody, true
	}
	return c.holding(p.logic, nil), true
}

// Groups is Everyone for some groups only: the cost is that of the rules that
// have a part in them.
func (e *Engine) Groups(names []string, pop *population.Population, w World) *Everyone {
	return e.survey(pop, w, e.closure(names))
}

// survey decides about everybody and the groups in wanted, all where it is nil.
func (e *Engine) survey(pop *population.Population, w World, wanted map[string]bool) *Everyone {
	c := e.crowd(pop, w)
	var take func(*program) bool
	if wanted != nil {
		names := e.needed(sortedKeys(wanted))
		take = func(p *program) bool { return names[p.rule.Name] }
	}
	held := c.run(take)
	x := &Everyone{engine: e, Apart: map[uint32]Decision{}}
	t := tally{byGroup: map[string]map[identity.Cause]*roaring.Bitmap{}, wanted: wanted}
	for i := range held {
		t.rule(c, &e.rules[i], held[i])
	}
	e.surround(&t)
	apart := e.decidedApart(c, &t)
	t.without(apart)
	x.decideApart(c, apart, &t)
	x.Holdings = t.holdings()
	return x
}

// decidedApart returns those about whom sets alone do not decide.
func (e *Engine) decidedApart(c *crowd, t *tally) *roaring.Bitmap {
	apart := c.pop.Staged().Clone()
	if asks := e.policy.Asks(); len(asks.Schedules)+len(asks.Queues) > 0 {
		for _, n := range c.world.Facts.Concerned() {
			apart.Add(uint32(n))
		}
		apart = roaring.And(apart, roaring.Or(c.all, c.pop.Staged()))
	}
	for n := range c.world.Overlay {
		if n := uint32(n); c.all.Contains(n) {
			apart.Add(n)
		}
	}
	for n := range c.world.Revoked {
		if n := uint32(n); c.all.Contains(n) {
			apart.Add(n)
		}
	}
	if len(e.exclusions) > 0 {
		column := c.pop.Column(loginReading)
		for code := range uint32(column.Distinct()) {
			if e.exclusions[strings.ToLower(column.Text(code))] != nil {
				apart.Or(column.Holders(code))
			}
		}
	}
	for i := range e.policy.Constraints {
		if k := &e.policy.Constraints[i]; k.Mode == Enforce {
			apart.Or(several(k.Conflict, t.users))
		}
	}
	return apart
}

// several returns who is in more than one of the groups.
func several(groups []string, users func(string) *roaring.Bitmap) *roaring.Bitmap {
	once, more := roaring.New(), roaring.New()
	for _, group := range groups {
		if set := users(group); set != nil {
			more.Or(roaring.And(once, set))
			once.Or(set)
		}
	}
	return more
}

// decideApart decides about some users one by one and adds what they get.
func (x *Everyone) decideApart(c *crowd, apart *roaring.Bitmap, t *tally) {
	type giving struct {
		group string
		cause identity.Cause
	}
	gets := map[giving][]uint32{}
	users := apart.ToArray()
	for i, d := range c.decideEach(users) {
		n := users[i]
		x.Apart[n] = d
		for _, m := range d.Memberships {
			for _, cause := range m.Causes {
				g := giving{m.Group, cause}
				gets[g] = append(gets[g], n)
			}
		}
	}
	for g, users := range gets {
		t.add(g.group, g.cause, roaring.BitmapOf(users...))
	}
}

// decideEach decides about users one by one, several at a time.
func (c *crowd) decideEach(users []uint32) []Decision {
	out := make([]Decision, len(users))
	sideBySide(0, len(users), func(i int) { out[i] = c.e.Decide(c.pop.User(users[i]), c.world) })
	return out
}

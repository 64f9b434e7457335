package rules

import (
	"cmp"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"

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
	// whom shifts, tickets, exclusions or constraints concern, and those before
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

// run evaluates the rules that take names, all where it is nil, and returns whom
// each holds of, in the order of e.rules; nil for those that were not asked.
func (c *crowd) run(take func(*program) bool) []*roaring.Bitmap {
	e := c.e
	held := make([]*roaring.Bitmap, len(e.rules))
	asked := e.askedGroups()
	start := 0
	for _, end := range e.levels {
		c.side(held, start, end, take)
		for i := start; i < end && len(asked) > 0; i++ {
			c.note(&e.rules[i], held[i], asked)
		}
		start = end
	}
	return held
}

// side runs rules that do not ask for what each other gives, side by side.
func (c *crowd) side(held []*roaring.Bitmap, start, end int, take func(*program) bool) {
	var next atomic.Int64
	next.Store(int64(start))
	var wait sync.WaitGroup
	for range min(runtime.GOMAXPROCS(0), end-start) {
		wait.Go(func() {
			for {
				i := int(next.Add(1) - 1)
				if i >= end {
					return
				}
				p := &c.e.rules[i]
				if p.inForce(c.world.At) && (take == nil || take(p)) {
					held[i] = c.holding(p.logic, nil)
				}
			}
		})
	}
	wait.Wait()
}

// askedGroups are the groups that conditions ask for.
func (e *Engine) askedGroups() map[string]bool {
	asked := map[string]bool{}
	for i := range e.leaves.all {
		if l := &e.leaves.all[i]; l.kind == leafInGroup {
			asked[l.texts[0]] = true
		}
	}
	for i := range e.rules {
		for _, group := range slices.Concat(e.rules[i].rule.When.Groups, e.rules[i].rule.Except.Groups) {
			asked[group] = true
		}
	}
	return asked
}

// note adds whom a rule gives a group, or a group inside it, that conditions ask for.
func (c *crowd) note(p *program, users *roaring.Bitmap, asked map[string]bool) {
	if users == nil || users.IsEmpty() {
		return
	}
	c.named(p, users, func(group string, users *roaring.Bitmap) {
		for _, name := range append([]string{group}, c.e.around[group]...) {
			if asked[name] && c.e.mayGive(identity.Active, name, p.rule.Name) {
				c.groups[name] = either(c.groups[name], users)
			}
		}
	})
}

// named hands fn each group that a rule gives, with the users who get it.
func (c *crowd) named(p *program, users *roaring.Bitmap, fn func(group string, users *roaring.Bitmap)) {
	for i := range p.rule.names {
		n := &p.rule.names[i]
		if !n.made() {
			if c.e.mayGive(identity.Active, n.text, p.rule.Name) {
				fn(n.text, users)
			}
			continue
		}
		made := c.make(n, users)
		for _, name := range sortedKeys(made) {
			if c.e.mayGive(identity.Active, name, p.rule.Name) {
				fn(name, roaring.BitmapOf(made[name]...))
			}
		}
	}
}

// make returns the names that a naming makes for users, with whom it makes them
// for. Each combination of values is spelled out once.
func (c *crowd) make(n *naming, users *roaring.Bitmap) map[string][]uint32 {
	var columns []*population.Column
	for _, attribute := range n.reads {
		columns = append(columns, c.pop.Column(placeholderReading(attribute)))
	}
	type key [4]uint32
	names := map[key]string{}
	out := map[string][]uint32{}
	for it := users.Iterator(); it.HasNext(); {
		user := it.Next()
		var k key
		for i, column := range columns {
			if i < len(k) {
				k[i] = column.Code(user)
			}
		}
		name, done := names[k]
		if !done || len(columns) > len(k) {
			name = n.spell(func(i int) string { return columns[i].Text(columns[i].Code(user)) })
			names[k] = name
		}
		if name != "" {
			out[name] = append(out[name], user)
		}
	}
	return out
}

// tally gathers who is in which group because of what.
type tally struct {
	byGroup map[string]map[identity.Cause]*roaring.Bitmap
	wanted  map[string]bool // nil for all
}

func (t *tally) rule(c *crowd, p *program, users *roaring.Bitmap) {
	if users == nil || users.IsEmpty() {
		return
	}
	cause := identity.Cause{Kind: identity.CauseRule, Name: p.rule.Name}
	c.named(p, users, func(group string, users *roaring.Bitmap) { t.add(group, cause, users) })
}

// add notes users, which may be somebody else's set, for a cause.
func (t *tally) add(group string, cause identity.Cause, users *roaring.Bitmap) {
	if t.wanted != nil && !t.wanted[group] || users.IsEmpty() {
		return
	}
	causes := t.byGroup[group]
	if causes == nil {
		causes = map[identity.Cause]*roaring.Bitmap{}
		t.byGroup[group] = causes
	}
	causes[cause] = either(causes[cause], users)
}

// users is everybody in a group so far; nil for nobody.
func (t *tally) users(group string) *roaring.Bitmap {
	var parts []*roaring.Bitmap
	for _, users := range t.byGroup[group] {
		parts = append(parts, users)
	}
	return either(parts...)
}

// surround adds the memberships that follow from groups containing groups.
func (e *Engine) surround(t *tally) {
	for _, outer := range e.containers {
		if outer.NoStanding {
			continue
		}
		for _, inner := range outer.Contains {
			if users := t.users(inner); users != nil {
				t.add(outer.Name, identity.Cause{Kind: identity.CauseGroup, Name: inner}, users)
			}
		}
	}
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

// without takes some users out of everything.
func (t *tally) without(apart *roaring.Bitmap) {
	if apart.IsEmpty() {
		return
	}
	for _, causes := range t.byGroup {
		for cause, users := range causes {
			if users.Intersects(apart) {
				causes[cause] = roaring.AndNot(users, apart)
			}
		}
	}
}

// decideApart decides about some users one by one and adds what they get.
func (x *Everyone) decideApart(c *crowd, apart *roaring.Bitmap, t *tally) {
	type giving struct {
		group string
		cause identity.Cause
	}
	gets := map[giving][]uint32{}
	for it := apart.Iterator(); it.HasNext(); {
		n := it.Next()
		d := x.engine.Decide(c.pop.User(n), c.world)
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

// holdings returns what was gathered, in order, without what is empty.
func (t *tally) holdings() []Holding {
	out := make([]Holding, 0, len(t.byGroup))
	for group, causes := range t.byGroup {
		h := Holding{Group: group}
		for cause, users := range causes {
			if !users.IsEmpty() {
				h.Causes = append(h.Causes, Causing{cause, users})
			}
		}
		if len(h.Causes) == 0 {
			continue
		}
		slices.SortFunc(h.Causes, func(a, b Causing) int { return identity.CompareCauses(a.Cause, b.Cause) })
		out = append(out, h)
	}
	slices.SortFunc(out, func(a, b Holding) int { return cmp.Compare(a.Group, b.Group) })
	return out
}

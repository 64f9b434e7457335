package desk

import (
	"context"
	"slices"

	"birthright/grants"
	"birthright/grants/approval"
	"birthright/identity"
	"birthright/rules"
	"birthright/store"
)

var _ approval.Crowd = (*people)(nil)

// people answers who people are from one transaction. The first thing that goes
// wrong is kept; from then on every answer is that nobody is anything.
type people struct {
	ctx    context.Context //nolint:containedctx // it lives as long as one call
	tx     *store.Tx
	engine *rules.Engine
	world  func(context.Context, *store.Tx, identity.User) (rules.World, error)
	users  map[int64]*identity.User
	worlds map[int64]*rules.World
	causes map[int64]map[string][]identity.Cause // by user and group
	groups map[string][]int64                    // members, as far as they were asked for
	whole  map[string][]int64                    // all members
	named  map[string]int64                      // by user name; 0 for nobody
	places map[inPlace][]int64                   // who decides in whose place
	err    error
}

func newPeople(ctx context.Context, tx *store.Tx, engine *rules.Engine, world func(context.Context, *store.Tx, identity.User) (rules.World, error)) *people {
	return &people{
		ctx: ctx, tx: tx, engine: engine, world: world, users: map[int64]*identity.User{},
		worlds: map[int64]*rules.World{}, causes: map[int64]map[string][]identity.Cause{},
		groups: map[string][]int64{}, whole: map[string][]int64{}, named: map[string]int64{}, places: map[inPlace][]int64{},
	}
}

// or returns what went wrong with the answers, err where nothing did.
func (p *people) or(err error) error {
	if p.err != nil {
		return p.err
	}
	return err
}

func (p *people) fail(err error) bool {
	if err != nil && p.err == nil && identity.KindOf(err) != identity.NotFound {
		p.err = err
	}
	return err != nil
}

// User implements approval.People.
func (p *people) User(n int64) (identity.User, bool) {
	if n == 0 || p.err != nil {
		return identity.User{}, false
	}
	if u, known := p.users[n]; known {
		if u == nil {
			return identity.User{}, false
		}
		return *u, true
	}
	u, err := p.tx.UserByN(p.ctx, n)
	if p.fail(err) {
		p.users[n] = nil
		return identity.User{}, false
	}
	p.users[n] = &u
	return u, true
}

// Named implements approval.People.
func (p *people) Named(userName string) int64 {
	if userName == "" || p.err != nil {
		return 0
	}
	if n, known := p.named[userName]; known {
		return n
	}
	u, err := p.tx.UserByName(p.ctx, userName)
	p.named[userName] = u.N
	if p.fail(err) {
		return 0
	}
	p.users[u.N] = &u
	return u.N
}

// worldOf is what conditions may ask about a user.
func (p *people) worldOf(n int64) (rules.World, bool) {
	if w, known := p.worlds[n]; known {
		return *w, true
	}
	u, known := p.User(n)
	if !known {
		return rules.World{}, false
	}
	w, err := p.world(p.ctx, p.tx, u)
	if p.fail(err) {
		return rules.World{}, false
	}
	p.worlds[n] = &w
	return w, true
}

// OnCall implements approval.People.
func (p *people) OnCall(n int64, schedule string) bool {
	u, known := p.User(n)
	if !known {
		return false
	}
	w, ok := p.worldOf(n)
	return ok && w.Facts.OnCall(u, schedule, w.At)
}

// groupsOf returns why a user is in which groups.
func (p *people) groupsOf(n int64) map[string][]identity.Cause {
	if known, ok := p.causes[n]; ok || p.err != nil {
		return known
	}
	rows, err := p.tx.MembershipsOfUsers(p.ctx, []int64{n})
	if p.fail(err) {
		return nil
	}
	groupNs := make([]int64, len(rows))
	for i, row := range rows {
		groupNs[i] = row.GroupN
	}
	names, err := p.tx.GroupNames(p.ctx, groupNs)
	if p.fail(err) {
		return nil
	}
	sets, err := p.tx.CausesOf(p.ctx, rows)
	if p.fail(err) {
		return nil
	}
	out := make(map[string][]identity.Cause, len(rows))
	for _, row := range rows {
		out[names[row.GroupN]] = sets[row.CausesN]
	}
	p.causes[n] = out
	return out
}

// Belongs implements approval.People.
func (p *people) Belongs(n int64, group string) approval.Belonging {
	return p.belongs(n, group, nil)
}

func (p *people) belongs(n int64, group string, seen []string) approval.Belonging {
	causes, in := p.groupsOf(n)[group]
	if !in || slices.Contains(seen, group) {
		return approval.Belonging{}
	}
	b := approval.Belonging{In: true, ByGrants: true}
	var ids []string
	for _, c := range causes {
		switch c.Kind {
		case identity.CauseGrant:
			ids = append(ids, c.Name)
		case identity.CauseGroup:
			inner := p.belongs(n, c.Name, append(seen, group))
			b.ByGrants = b.ByGrants && (inner.ByGrants || !inner.In)
			b.Grants = append(b.Grants, inner.Grants...)
		default:
			b.ByGrants = false
		}
	}
	if b.ByGrants && len(ids) > 0 {
		given, err := p.tx.GrantsByIDs(p.ctx, ids)
		if p.fail(err) {
			return approval.Belonging{}
		}
		b.Grants = append(b.Grants, p.grounds(given, p.tx.Now(), nil)...)
	}
	return b
}

// Principals implements approval.People.
func (p *people) Principals(n int64) []int64 {
	return p.delegated(inPlace{n, true}, p.tx.DelegationsTo, func(d *grants.Delegation) int64 { return d.FromN })
}

// Delegates implements approval.Crowd.
func (p *people) Delegates(n int64) []int64 {
	return p.delegated(inPlace{n, false}, p.tx.DelegationsFrom, func(d *grants.Delegation) int64 { return d.ToN })
}

// inPlace asks in whose place a user decides, or who decides in theirs.
type inPlace struct {
	n         int64
	principal bool
}

func (p *people) delegated(ask inPlace, read func(context.Context, int64) ([]grants.Delegation, error), other func(*grants.Delegation) int64) []int64 {
	if known, ok := p.places[ask]; ok || p.err != nil {
		return known
	}
	found, err := read(p.ctx, ask.n)
	if p.fail(err) {
		return nil
	}
	var out []int64
	for i := range found {
		if found[i].Holds(p.tx.Now()) {
			out = append(out, other(&found[i]))
		}
	}
	p.places[ask] = out
	return out
}

// Members implements approval.Crowd.
func (p *people) Members(group string, limit int) []int64 {
	if known, ok := p.groups[group]; ok || p.err != nil {
		return known
	}
	numbers, err := p.tx.GroupNumbers(p.ctx, []string{group}, false)
	if p.fail(err) || numbers[group] == 0 {
		return nil
	}
	out := p.membersOf(numbers[group], limit)
	p.groups[group] = out
	return out
}

func (p *people) membersOf(groupN int64, limit int) []int64 {
	rows, err := p.tx.MembersOf(p.ctx, groupN, 0, limit)
	if p.fail(err) {
		return nil
	}
	out := make([]int64, len(rows))
	for i, row := range rows {
		out[i] = row.UserN
	}
	return out
}

// everyone are the people without a bound on how many of a group are meant: what is
// loud is told to all of them.
type everyone struct{ *people }

// mostTold bounds it all the same: no group of owners is larger and meant so.
const mostTold = 10_000

// Members implements approval.Crowd.
func (e everyone) Members(group string, _ int) []int64 {
	if known, ok := e.whole[group]; ok || e.err != nil {
		return known
	}
	numbers, err := e.tx.GroupNumbers(e.ctx, []string{group}, false)
	if e.fail(err) || numbers[group] == 0 {
		return nil
	}
	out := e.membersOf(numbers[group], mostTold)
	users, err := e.tx.UsersByN(e.ctx, out)
	if e.fail(err) {
		return nil
	}
	for i := range users {
		e.users[users[i].N] = &users[i]
	}
	e.whole[group] = out
	return out
}

// Watch implements approval.Crowd.
func (p *people) Watch(schedule string) []int64 {
	if p.err != nil {
		return nil
	}
	facts, err := p.tx.Facts(p.ctx)
	if p.fail(err) {
		return nil
	}
	var out []int64
	for _, f := range facts {
		if f.Kind == identity.FactShift && f.Name == schedule && f.UserN != 0 && !slices.Contains(out, f.UserN) && p.OnCall(f.UserN, schedule) {
			out = append(out, f.UserN)
		}
	}
	return out
}

// names returns the user names of some users.
func (p *people) names(ns []int64) []string {
	out := make([]string, 0, len(ns))
	for _, n := range ns {
		if u, known := p.User(n); known {
			out = append(out, u.UserName)
		}
	}
	return out
}

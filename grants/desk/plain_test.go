package desk_test

import (
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"pgregory.net/rapid"

	"birthright/grants"
	"birthright/grants/approval"
	"birthright/grants/desk/desktest"
	"birthright/identity"
	"birthright/rules"
	"birthright/targets"
	"birthright/targets/memory"
)

// plain is a hub in memory, as plain as can be, around the parts that decide: grants,
// approval and rules. What it writes it writes one thing at a time, and it can be killed
// between any two of them. A history on it takes a millisecond.
type plain struct {
	now       time.Time
	engines   [editions]*rules.Engine
	engine    *rules.Engine
	faults    memory.Faults
	users     []identity.User // number n at n-1
	requests  []*grants.Request
	votes     map[int64][]grants.Vote
	grants    []*grants.Grant
	deputies  []grants.Delegation
	members   map[int64][]string        // what is decided, by user
	believed  map[int64]map[string]bool // what the hub knows to be on the target
	unclear   map[int64]map[string]bool // what it began to change and does not know the end of
	target    map[int64]map[string]bool
	untilKill int
}

// modelEngines are the engines of all editions.
var modelEngines = sync.OnceValue(func() (out [editions]*rules.Engine) {
	for i := range out {
		p, err := rules.Load([]rules.File{{Name: "policy.yaml", Data: []byte(modelPolicy(i))}}, nil)
		if err == nil {
			out[i], err = rules.Compile(p)
		}
		if err != nil {
			panic(err)
		}
	}
	return out
})

func newPlain() *plain {
	engines := modelEngines()
	p := &plain{
		now: desktest.Noon, engines: engines, engine: engines[0], votes: map[int64][]grants.Vote{}, members: map[int64][]string{},
		believed: map[int64]map[string]bool{}, unclear: map[int64]map[string]bool{}, target: map[int64]map[string]bool{},
	}
	for i, name := range modelPeople {
		n := int64(i + 1)
		u := identity.User{N: n, UserName: name, State: identity.Active, Attributes: identity.Attributes{}}
		if manager := managerOf(name); manager != "" {
			u.Attributes.Set(identity.AttrManager, manager)
		}
		p.users = append(p.users, u)
		p.believed[n], p.unclear[n], p.target[n] = map[string]bool{}, map[string]bool{}, map[string]bool{}
	}
	return p
}

func (p *plain) User(n int64) (identity.User, bool) {
	if n < 1 || n > int64(len(p.users)) {
		return identity.User{}, false
	}
	return p.users[n-1], true
}

func (p *plain) Named(name string) int64 { return int64(slices.Index(modelPeople, name) + 1) }

func (p *plain) Belongs(int64, string) approval.Belonging { return approval.Belonging{} }
func (p *plain) OnCall(int64, string) bool                { return false }
func (p *plain) Members(string, int) []int64              { return nil }
func (p *plain) Watch(string) []int64                     { return nil }

func (p *plain) Principals(n int64) (out []int64) {
	for i := range p.deputies {
		if d := &p.deputies[i]; d.ToN == n && d.Holds(p.now) {
			out = append(out, d.FromN)
		}
	}
	return out
}

func (p *plain) Delegates(n int64) (out []int64) {
	for i := range p.deputies {
		if d := &p.deputies[i]; d.FromN == n && d.Holds(p.now) {
			out = append(out, d.ToN)
		}
	}
	return out
}

func (p *plain) Now() time.Time         { return p.now }
func (p *plain) Pass(d time.Duration)   { p.now = p.now.Add(d) }
func (p *plain) Faults(f memory.Faults) { p.faults = f }
func (p *plain) Full()                  { p.Work(0) }
func (p *plain) Start()                 {}
func (p *plain) Suspend(name string)    { p.users[p.Named(name)-1].State = identity.Suspended }
func (p *plain) Resume(name string)     { p.users[p.Named(name)-1].State = identity.Active }
func (p *plain) Leave(name string)      { p.users[p.Named(name)-1].State = identity.Left }

func (p *plain) Edit(edition int) { p.engine = p.engines[edition] }

func (p *plain) actor(name string) approval.Actor {
	u := p.users[p.Named(name)-1]
	return approval.Actor{UserN: u.N, Name: "user:" + name, State: u.State}
}

func (p *plain) matter(r *grants.Request) approval.Matter {
	group, _ := p.engine.Group(r.Group)
	return approval.Matter{Request: r, Votes: p.votes[r.N], Policy: p.engine.Request(r.Group), Owners: group.Owners, Terms: p.engine.Terms(r.Group), Now: p.now}
}

func (p *plain) relation(r *grants.Request, a approval.Actor) approval.Relation {
	m := p.matter(r)
	return approval.Relation{
		Beneficiary: a.UserN == r.UserN, Requester: a.UserN == r.ByN, Owner: m.Names(a.UserN, rules.ByOwners, p), Manager: approval.Manager(r.UserN, p) == a.UserN,
	}
}

func may(a approval.Actor, v approval.Verb, r approval.Relation) error {
	if why := approval.May(a, v, r); why != "" {
		return errors.New(why)
	}
	return nil
}

var errNot = errors.New("it cannot be done as things are")

func unless(ok bool) error {
	if ok {
		return nil
	}
	return errNot
}

func (p *plain) file(r *grants.Request, by string) *grants.Request {
	r.N = int64(len(p.requests) + 1)
	r.ID, r.ByN, r.By, r.Created, r.Revision = fmt.Sprintf("r%d", r.N), p.Named(by), "user:"+by, p.now, 1
	p.requests = append(p.requests, r)
	return r
}

func (p *plain) open(r *grants.Request) bool {
	return slices.ContainsFunc(p.requests, func(o *grants.Request) bool {
		return o.UserN == r.UserN && o.Group == r.Group && o.Kind == r.Kind && o.Open(p.now)
	})
}

func (p *plain) Ask(by, user, group string, d time.Duration, start time.Time) (string, error) {
	a, verb, n := p.actor(by), approval.Ask, p.Named(user)
	if by != user {
		verb = approval.AskForOther
	}
	r := &grants.Request{Kind: grants.KindRequest, UserN: n, User: user, ByN: a.UserN, Group: group, Duration: d, Start: start, ExpiresAt: p.now.Add(modelPatience)}
	possible := p.users[n-1].State == identity.Active && !p.open(r) && p.fits(r.Group, d)
	for _, g := range p.grants {
		possible = possible && (g.UserN != n || g.Group != group || g.IsOver(p.now))
	}
	if err := errors.Join(may(a, verb, approval.Relation{}), unless(possible)); err != nil {
		return "", err
	}
	return p.file(r, by).ID, nil
}

func (p *plain) Glass(by string, d time.Duration) (string, string, error) {
	if err := may(p.actor(by), approval.BreakGlass, approval.Relation{}); err != nil {
		return "", "", err
	}
	r := p.file(&grants.Request{Kind: grants.KindBreakGlass, UserN: p.Named(by), User: by, Group: "prod", Duration: d, Outcome: grants.Approved}, by)
	return r.ID, p.give(r).ID, nil
}

func (p *plain) give(r *grants.Request) *grants.Grant {
	g := grants.New(r, fmt.Sprintf("g%d", len(p.grants)+1), p.now, modelLimit)
	g.N = int64(len(p.grants) + 1)
	p.grants = append(p.grants, &g)
	return &g
}

func (p *plain) request(id string) *grants.Request {
	return p.requests[slices.IndexFunc(p.requests, func(r *grants.Request) bool { return r.ID == id })]
}

func (p *plain) grant(id string) *grants.Grant {
	return p.grants[slices.IndexFunc(p.grants, func(g *grants.Grant) bool { return g.ID == id })]
}

func (p *plain) Answer(by, id string, approve bool) (answer, error) {
	r, a := p.request(id), p.actor(by)
	state := r.State(p.now)
	if state != grants.Pending {
		if (state == grants.Approved && approve || state == grants.Denied && !approve) && a.State == identity.Active {
			return answer{already: true, state: state}, nil
		}
		return answer{}, errNot
	}
	m := p.matter(r)
	v := approval.Judge(m, p)
	s := m.Standing(a.UserN, v, p)
	relation := p.relation(r, a)
	relation.Approver = len(s.For) > 0
	if err := may(a, approval.Decide, relation); err != nil {
		return answer{}, err
	}
	void := func(x grants.Vote) bool {
		return slices.ContainsFunc(v.Void, func(y approval.Void) bool { return y.Vote == x })
	}
	said := slices.ContainsFunc(m.Votes, func(x grants.Vote) bool {
		return x.ByN == a.UserN && x.Stage == v.Stage && x.Approve == approve && !void(x)
	})
	if said && v.State == grants.Pending {
		return answer{already: true, state: grants.Pending}, nil
	}
	out := answer{principal: modelPeople[s.For[0]-1]}
	if !said {
		vote := grants.Vote{RequestN: r.N, ByN: a.UserN, By: a.Name, For: s.For[0], Stage: v.Stage, Approve: approve, At: p.now, Revision: r.Revision, Terms: m.Terms}
		for _, n := range s.For {
			if !slices.ContainsFunc(m.Votes, func(x grants.Vote) bool {
				return x.Stage == v.Stage && x.For == n && x.Revision == r.Revision && x.Terms == m.Terms
			}) {
				vote.For = n
				break
			}
		}
		out.principal = modelPeople[vote.For-1]
		m.Votes = append(m.Votes, vote)
	}
	out.state = approval.Judge(m, p).State
	if out.state == grants.Approved && (p.users[r.UserN-1].State != identity.Active || !p.fits(r.Group, r.Duration)) {
		return answer{}, errNot
	}
	if out.state == grants.Approved && r.Kind == grants.KindExtension {
		g := p.grants[r.Extends-1]
		if !p.extensible(g, r.Duration) {
			return answer{}, errNot
		}
		g.Lengthen(r.Duration)
	}
	p.votes[r.N] = m.Votes
	if out.state == grants.Pending {
		return out, nil
	}
	if r.Outcome = out.state; out.state == grants.Approved && r.Kind == grants.KindRequest {
		out.grant = p.give(r).ID
	}
	return out, nil
}

func (p *plain) Cancel(by, id string) error {
	r, a := p.request(id), p.actor(by)
	if err := may(a, approval.Cancel, p.relation(r, a)); err != nil {
		return err
	}
	switch r.State(p.now) {
	case grants.Cancelled:
		return nil
	case grants.Pending:
		r.Outcome = grants.Cancelled
		return nil
	case grants.Approved:
		for _, g := range p.grants {
			if g.RequestN != r.N {
				continue
			}
			if !g.BegunAt.IsZero() && !g.IsOver(p.now) {
				return errNot
			}
			p.end(g, grants.OverReturned)
		}
		return unless(r.Kind != grants.KindExtension)
	}
	return errNot
}

func (p *plain) end(g *grants.Grant, how string) {
	if g.IsOver(p.now) {
		how, _ = g.Lapse(p.now)
	}
	if g.Stop(how, "", "", p.now) && g.BegunAt.IsZero() {
		g.SettledAt = p.now
	}
}

func (p *plain) Amend(by, id string, d time.Duration) error {
	r, a := p.request(id), p.actor(by)
	if err := errors.Join(may(a, approval.Amend, p.relation(r, a)), unless(r.Open(p.now) && p.users[r.UserN-1].State == identity.Active && p.fits(r.Group, d))); err != nil {
		return err
	}
	r.Duration, r.Revision = d, r.Revision+1
	return nil
}

func (p *plain) fits(group string, d time.Duration) bool {
	return d <= p.engine.Request(group).Longest()
}

func (p *plain) extensible(g *grants.Grant, d time.Duration) bool {
	return g.State(p.now) == grants.Active && g.Kind != grants.KindBreakGlass && g.Duration+d <= p.engine.Request(g.Group).Whole()
}

func (p *plain) Extend(by, id string, d time.Duration) (string, string, error) {
	g, a := p.grant(id), p.actor(by)
	r := &grants.Request{Kind: grants.KindExtension, UserN: g.UserN, User: g.User, Group: g.Group, Duration: d, Extends: g.N, ExpiresAt: p.now.Add(modelPatience)}
	if g.EndsAt.Before(r.ExpiresAt) {
		r.ExpiresAt = g.EndsAt
	}
	err := errors.Join(may(a, approval.Extend, p.relation(p.requests[g.RequestN-1], a)), unless(p.extensible(g, d) && p.fits(g.Group, d) && !p.open(r) && p.users[g.UserN-1].State == identity.Active))
	if err != nil {
		return "", "", err
	}
	p.file(r, by)
	if policy := p.engine.Request(g.Group); policy.Extend != nil && !policy.Extend.Approve {
		r.Outcome = grants.Approved
		g.Lengthen(d)
	}
	return r.ID, r.State(p.now), nil
}

func (p *plain) Stop(by, id string, revoke bool) error {
	g, a, verb, how := p.grant(id), p.actor(by), approval.Return, grants.OverReturned
	if revoke {
		verb, how = approval.Revoke, grants.OverRevoked
	}
	if err := may(a, verb, p.relation(p.requests[g.RequestN-1], a)); err != nil {
		return err
	}
	p.end(g, how)
	return nil
}

func (p *plain) Deputise(from, to string, d time.Duration) error {
	a := p.actor(from)
	if err := errors.Join(may(a, approval.Delegate, approval.Relation{}), unless(from != to && p.users[p.Named(to)-1].State == identity.Active)); err != nil {
		return err
	}
	p.deputies = append(p.deputies, grants.Delegation{FromN: a.UserN, ToN: p.Named(to), Start: p.now, End: p.now.Add(d)})
	return nil
}

func (p *plain) State(request string) string { return p.request(request).State(p.now) }

func (p *plain) Recorded(request string) string {
	at := slices.IndexFunc(p.requests, func(r *grants.Request) bool { return r.ID == request })
	return p.requests[at].Outcome
}

func (p *plain) Records() map[string]grants.Grant {
	out := make(map[string]grants.Grant, len(p.grants))
	for _, g := range p.grants {
		out[g.ID] = *g
	}
	return out
}

func (p *plain) Holds(entitlement string) []string {
	out := []string{}
	for n, held := range p.target {
		if held[entitlement[len("role/"):]] {
			out = append(out, modelPeople[n-1])
		}
	}
	slices.Sort(out)
	return out
}

// errKilled ends a run in the middle.
var errKilled = errors.New("killed")

// written is after each thing that is written: here the program may be killed.
func (p *plain) written() {
	if p.untilKill > 0 {
		if p.untilKill--; p.untilKill == 0 {
			panic(errKilled)
		}
	}
}

func (p *plain) Work(kill int) (killed bool) {
	p.untilKill = kill
	defer func() {
		p.untilKill = 0
		if e := recover(); e != nil {
			if e != any(errKilled) {
				panic(e)
			}
			killed = true
		}
	}()
	for i := range p.users {
		p.lookAfter(&p.users[i])
	}
	return false
}

func (p *plain) grantsOf(n int64) (out []*grants.Grant) {
	for _, g := range p.grants {
		if g.UserN == n && g.SettledAt.IsZero() {
			out = append(out, g)
		}
	}
	return out
}

// lookAfter does for one user what the run does: it decides, keeps what is decided, then
// what that means for grants, makes the difference on the target, and looks.
func (p *plain) lookAfter(u *identity.User) {
	open := p.grantsOf(u.N)
	w := rules.World{At: p.now, Overlay: rules.Overlays{}}
	stops := map[int64]string{}
	for _, g := range open {
		switch {
		case g.IsOver(p.now):
		case u.State != identity.Active:
			stops[g.N] = grants.OverLifecycle
		case g.Gives(p.now) && g.BegunAt.IsZero() && !p.fit(g):
			stops[g.N] = grants.OverFailed
		case g.Gives(p.now):
			w.Overlay[u.N] = append(w.Overlay[u.N], rules.Overlay{Group: g.Group, Cause: identity.Cause{Kind: identity.CauseGrant, Name: g.ID}})
		}
	}
	var members []string
	for _, m := range p.engine.Decide(*u, w).Memberships {
		members = append(members, m.Group)
	}
	p.members[u.N] = members
	p.written()
	for _, g := range open {
		how, stopped := stops[g.N]
		switch {
		case !stopped && g.IsOver(p.now):
			how, _ = g.Lapse(p.now)
			fallthrough
		case stopped:
			g.Stop(how, "hub", "", p.now)
		case g.Gives(p.now) && g.BegunAt.IsZero():
			g.BegunAt = p.now
		}
		p.written()
	}
	for _, group := range modelGroups {
		p.bring(u.N, group, slices.Contains(members, group))
	}
	p.settle(u.N)
}

func (p *plain) fit(g *grants.Grant) bool {
	r := p.requests[g.RequestN-1]
	return r.Kind == grants.KindBreakGlass || approval.Judge(p.matter(r), p).State == grants.Approved
}

// bring makes one thing true on the target.
func (p *plain) bring(n int64, group string, wanted bool) {
	if p.unclear[n][group] && p.reads() { // what became of it is looked at first
		p.believed[n][group], p.unclear[n][group] = p.target[n][group], false
		p.written()
	}
	if p.unclear[n][group] || p.believed[n][group] == wanted {
		return
	}
	p.unclear[n][group] = true
	p.written()
	fault := memory.NoFault
	if p.faults.Op != nil {
		fault = p.faults.Op(targets.Op{})
	}
	if fault != memory.Unreach {
		p.target[n][group] = wanted
		p.written()
	}
	if fault == memory.LoseReply {
		return
	}
	p.unclear[n][group] = false
	if fault == memory.NoFault {
		p.believed[n][group] = wanted
	}
	p.written()
}

func (p *plain) reads() bool { return p.faults.Read == nil || p.faults.Read(0) == nil }

// settle puts down what is there, and what is gone.
func (p *plain) settle(n int64) {
	for _, g := range p.grantsOf(n) {
		wanted := slices.Contains(p.members[n], g.Group)
		switch {
		case !g.OverAt.IsZero() && !p.unclear[n][g.Group] && (wanted || !p.believed[n][g.Group]):
			g.SettledAt = p.now
		case !g.OverAt.IsZero(), g.BegunAt.IsZero(), !g.ActivatedAt.IsZero():
		case !p.unclear[n][g.Group] && p.believed[n][g.Group] && p.reads() && p.target[n][g.Group]:
			g.Activate(p.now)
		}
		p.written()
	}
}

// TestHistoriesOfThePureCore plays a hundred thousand random histories.
func TestHistoriesOfThePureCore(t *testing.T) {
	histories(t, plainHistories, func(rt *rapid.T) {
		(&history{T: rt, place: newPlain(), model: newModel()}).play(25)
	})
}

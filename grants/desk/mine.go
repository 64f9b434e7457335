package desk

import (
	"cmp"
	"context"
	"slices"
	"time"

	"birthright/grants"
	"birthright/grants/approval"
	"birthright/identity"
	"birthright/rules"
	"birthright/store"
)

// Holding is a group that somebody is in, why, and where it stands.
type Holding struct {
	Group string
	Subject
	Causes []identity.Cause
	// Since is when it began, EndsAt when it ends; zero for never.
	Since, EndsAt time.Time
	Targets       []Place
	// Grant is the grant that gives it; nil where rules, shifts or tickets do.
	Grant *Handle
}

// Handle is a grant with what its user may do with it.
type Handle struct {
	Grant
	Returns, Extends bool
	// Revokes says that the actor may take it away.
	Revokes bool
	// Usual is by how much it is made longer where nothing is said, in seconds, and Most
	// by how much at most.
	Usual, Most int64
	// Asked is who decides on more time, "" for nobody; Reason says that it needs one.
	Asked  string
	Reason bool
}

// Own is what somebody has and waits for.
type Own struct {
	Viewer   string
	Holdings []Holding
	// Coming are the grants that are not there yet, or not gone yet.
	Coming []Handle
	// Requests are those that wait for an answer, Past the last ones that had one.
	Requests, Past []Request
}

// mostPast is how many requests that had an answer are shown.
const mostPast = 10

// Own returns what the actor has, why and until when, and what the actor waits for.
func (d *Desk) Own(ctx context.Context, a approval.Actor) (out Own, err error) {
	err = d.view(ctx, a, func(s *session) error {
		out = Own{Viewer: s.actor.Name}
		if s.actor.UserN == 0 {
			return nil
		}
		if err := s.ownGrants(&out); err != nil {
			return err
		}
		if err := s.ownRequests(&out); err != nil {
			return err
		}
		return s.holdings(&out)
	})
	return out, err
}

// ownGrants fills in the grants that are not gone: for now all of them as coming.
func (s *session) ownGrants(out *Own) error {
	open, err := s.tx.OpenGrantsOf(s.ctx, []int64{s.actor.UserN})
	if err != nil {
		return err
	}
	slices.SortFunc(open, func(a, b grants.Grant) int { return cmp.Compare(b.N, a.N) })
	out.Coming, err = s.handles(open)
	return err
}

func (s *session) ownRequests(out *Own) error {
	of := store.RequestFilter{UserN: s.actor.UserN, ByN: s.actor.UserN, Outcomes: []string{""}, Limit: mostOffered}
	open, err := s.tx.Requests(s.ctx, of)
	if err != nil {
		return err
	}
	of.Outcomes, of.Limit = []string{grants.Approved, grants.Denied, grants.Cancelled, grants.Expired}, mostPast
	past, err := s.tx.Requests(s.ctx, of)
	if err != nil {
		return err
	}
	waits := func(r grants.Request) bool { return r.Open(s.now) }
	for _, r := range open {
		if !waits(r) {
			past = append(past, r)
		}
	}
	slices.SortFunc(past, func(a, b grants.Request) int { return cmp.Compare(b.N, a.N) })
	if out.Past, err = s.describe(past[:min(len(past), mostPast)]); err != nil {
		return err
	}
	out.Requests, err = s.describe(slices.DeleteFunc(open, func(r grants.Request) bool { return !waits(r) }))
	return err
}

// mostOffered bounds how many open requests of one person are shown.
const mostOffered = 100

// holdings fills in the memberships, and moves to each the grant that gives it.
func (s *session) holdings(out *Own) error {
	rows, err := s.tx.MembershipsOfUsers(s.ctx, []int64{s.actor.UserN})
	if err != nil {
		return err
	}
	ns := make([]int64, len(rows))
	for i, row := range rows {
		ns[i] = row.GroupN
	}
	names, err := s.tx.GroupNames(s.ctx, ns)
	if err != nil {
		return err
	}
	causes, err := s.tx.CausesOf(s.ctx, rows)
	if err != nil {
		return err
	}
	for _, row := range rows {
		name := names[row.GroupN]
		h := Holding{Group: name, Subject: s.subject(name), Causes: causes[row.CausesN], Since: instant(row.Since), EndsAt: instant(row.EndsAt)}
		h.Targets = onTargets(s.reaches(name))
		out.Holdings = append(out.Holdings, h)
	}
	slices.SortFunc(out.Holdings, func(a, b Holding) int { return cmp.Compare(a.Group, b.Group) })
	out.attach()
	return s.stand(out.Holdings)
}

// attach moves the grants that are active to what they give.
func (o *Own) attach() {
	for i := range o.Holdings {
		h := &o.Holdings[i]
		at := slices.IndexFunc(o.Coming, func(g Handle) bool { return g.Group == h.Group && g.State == grants.Active })
		if at >= 0 {
			g := o.Coming[at]
			h.Grant, o.Coming = &g, slices.Delete(o.Coming, at, at+1)
		}
	}
}

// stand fills in how memberships stand on their targets.
func (s *session) stand(held []Holding) error {
	var all []identity.Entitlement
	for i := range held {
		all = append(all, s.reaches(held[i].Group)...)
	}
	if len(all) == 0 {
		return nil
	}
	f, err := s.footing([]int64{s.actor.UserN}, all)
	if err != nil {
		return err
	}
	for i := range held {
		f.place(s.actor.UserN, s.reaches(held[i].Group), held[i].Targets)
	}
	return nil
}

// handles describes grants with what the actor may do with them.
func (s *session) handles(given []grants.Grant) ([]Handle, error) {
	shown, err := s.describeGrants(given)
	if err != nil {
		return nil, err
	}
	ns := make([]int64, len(given))
	for i := range given {
		ns[i] = given[i].RequestN
	}
	requests, err := s.tx.RequestsByN(s.ctx, ns)
	if err != nil {
		return nil, err
	}
	votes, err := s.votes(requests)
	out := make([]Handle, len(given))
	for i := range given {
		out[i].Grant = shown[i]
		at := slices.IndexFunc(requests, func(r grants.Request) bool { return r.N == given[i].RequestN })
		if at >= 0 {
			s.handle(&given[i], s.matterOf(&requests[at], votes[requests[at].N]), &out[i])
		}
	}
	return out, err
}

// handle fills in what the actor may do with one grant.
func (s *session) handle(g *grants.Grant, m approval.Matter, out *Handle) {
	relation, over := s.relation(m), g.IsOver(s.now)
	out.Returns = !over && s.may(approval.Return, relation) == nil
	out.Revokes = !over && s.may(approval.Revoke, relation) == nil
	if s.may(approval.Extend, relation) != nil || s.extensible(g, m, time.Second) != nil {
		return
	}
	left := m.Policy.Whole() - g.Duration
	out.Extends, out.Most = true, seconds(min(left, m.Policy.Longest()))
	out.Usual = min(seconds(m.Policy.Usual()), out.Most)
	out.Reason = m.Policy.Requires(rules.RequireReason)
	if m.Policy.Extend == nil || m.Policy.Extend.Approve {
		out.Asked = HowDecided(m.Policy)
	}
}

// instant is a stored time, zero for never.
func instant(us int64) time.Time {
	if us == 0 {
		return time.Time{}
	}
	return time.UnixMicro(us).UTC()
}

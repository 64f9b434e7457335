package desk

import (
	"context"
	"slices"
	"strings"
	"time"

	"birthright/grants"
	"birthright/grants/approval"
	"birthright/store"
)

// Query selects requests and grants. Empty fields do not filter.
type Query struct {
	// User is who gets or asked for it, Group what; Approver who may decide on it now.
	User, Group, Approver string
	// Decider is who answered it: a user, "operator:NAME", or "policy". Of grants it is
	// about the request behind each, and so is Ticket.
	Decider, Ticket string
	// Mine leaves what the actor may decide on now.
	Mine bool
	Kind string
	// States are states of requests or grants. Open leaves out the grants of which
	// nothing can be left on any target.
	States []string
	Open   bool
	// Text is looked for in users, groups, reasons, tickets and what deciders noted.
	Text     string
	From, To time.Time
	// Before continues behind a page: the N of its last entry.
	Before int64
	Limit  int
}

// Requests returns what a query selects, newest first. Whoever may not see everybody's
// sees those of a group that they own, those that they may decide on where Approver
// names them, and of any other query what concerns them.
func (d *Desk) Requests(ctx context.Context, a approval.Actor, q Query) (out []Request, err error) {
	err = d.view(ctx, a, func(s *session) error {
		found, err := s.find(q)
		if err != nil {
			return err
		}
		out, err = s.describe(found)
		return err
	})
	return out, err
}

// reach says of which requests and grants a query may see all.
func (s *session) reach(q Query, userN int64) (all bool, onlyOf int64) {
	switch {
	case s.may(approval.ReadAll, approval.Relation{}) == nil, q.Group != "" && s.owns(q.Group):
		return true, userN
	case userN != 0:
		return userN == s.actor.UserN, userN // somebody else's are looked at one by one
	case q.Approver != "", q.Mine:
		return false, 0
	}
	return true, s.actor.UserN
}

// Owned returns the names of the groups that the actor owns, as the policy spells them.
func (d *Desk) Owned(ctx context.Context, a approval.Actor) (owned []string, err error) {
	err = d.view(ctx, a, func(s *session) error {
		owned = slices.DeleteFunc(s.engine.GroupNames(), func(name string) bool { return !s.owns(name) })
		return nil
	})
	return owned, err
}

// owns reports whether the actor owns a group.
func (s *session) owns(group string) bool {
	definition, known := s.engine.Group(group)
	m := s.matter(&grants.Request{Group: group}, definition, nil)
	return known && s.actor.UserN != 0 && m.Names(s.actor.UserN, "owners", s.people)
}

// named resolves a user name of a query; "" is nobody in particular.
func (s *session) named(field, userName string) (int64, error) {
	if userName == "" {
		return 0, nil
	}
	n := s.people.Named(userName)
	if n == 0 {
		return 0, errUnknown(field, userName)
	}
	return n, nil
}

// approver is who may decide on what a query selects, 0 for anybody.
func (s *session) approver(q Query) (int64, error) {
	if q.Mine {
		return s.actor.UserN, nil
	}
	return s.named("approver", q.Approver)
}

// decider is who answered what a query selects.
func (s *session) decider(q Query) (store.Decider, error) {
	if name := strings.TrimPrefix(q.Decider, "user:"); name != "" && !strings.Contains(name, ":") {
		n := s.people.Named(name)
		switch {
		case n != 0:
			return store.Decider{UserN: n}, nil
		case q.Decider == byPolicy:
			return store.Decider{Policy: true}, nil
		}
		return store.Decider{}, errUnknown("decider", name)
	}
	return store.Decider{Actor: q.Decider}, nil
}

// byPolicy is what approves by a condition of the policy.
const byPolicy = "policy"

func (s *session) find(q Query) ([]grants.Request, error) {
	userN, err := s.named("user", q.User)
	if err != nil {
		return nil, err
	}
	approver, err := s.approver(q)
	if err != nil {
		return nil, err
	}
	if q.Mine && approver == 0 {
		return nil, nil // a program decides on nothing
	}
	decider, err := s.decider(q)
	if err != nil {
		return nil, err
	}
	all, onlyOf := s.reach(q, userN)
	f := store.RequestFilter{
		UserN: onlyOf, ByN: onlyOf, Group: q.Group, Kind: q.Kind, Ticket: q.Ticket, Decider: decider, Text: q.Text, From: q.From, To: q.To, BeforeN: q.Before, Outcomes: outcomes(q.States),
	}
	if approver != 0 {
		f.Outcomes = []string{""}
	}
	return paged(q.Limit, func(limit int) ([]grants.Request, error) {
		f.Limit = limit
		page, err := s.tx.Requests(s.ctx, f)
		if len(page) > 0 {
			f.BeforeN = page[len(page)-1].N
		}
		return page, err
	}, func(page []grants.Request) ([]grants.Request, error) {
		page = slices.DeleteFunc(page, func(r grants.Request) bool { return !matches(r.State(s.now), q.States) })
		if all && approver == 0 {
			return page, nil
		}
		s.people.fetch(concerned(page))
		votes, err := s.votes(page)
		return slices.DeleteFunc(page, func(r grants.Request) bool {
			m := s.matterOf(&r, votes[r.N])
			// Most of what is open is for others to decide: that is asked first.
			return approver != 0 && !s.decides(m, approver) || !all && s.maySee(m) != nil
		}), err
	})
}

// concerned are those who get or asked for what is in a page.
func concerned(page []grants.Request) []int64 {
	out := make([]int64, 0, 2*len(page))
	for i := range page {
		out = append(out, page[i].UserN, page[i].ByN)
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// paged gathers up to limit rows, all where it is 0, that keep leaves of what read
// returns page by page.
func paged[T any](limit int, read func(limit int) ([]T, error), keep func([]T) ([]T, error)) ([]T, error) {
	var out []T
	for {
		size := 0
		if limit > 0 {
			size = max(2*(limit-len(out)), 50)
		}
		page, err := read(size)
		if err != nil {
			return nil, err
		}
		last := size == 0 || len(page) < size
		if page, err = keep(page); err != nil {
			return nil, err
		}
		out = append(out, page...)
		if limit > 0 && len(out) >= limit {
			return out[:limit], nil
		}
		if last {
			return out, nil
		}
	}
}

// outcomes are those stored for some states; an open request may be pending or expired.
func outcomes(states []string) []string {
	var out []string
	for _, state := range states {
		switch state {
		case grants.Pending:
			out = append(out, "")
		case grants.Expired:
			out = append(out, "", grants.Expired)
		default:
			out = append(out, state)
		}
	}
	return out
}

// matches reports whether a state is among those asked for; none is all of them.
func matches(state string, states []string) bool {
	return len(states) == 0 || slices.Contains(states, state)
}

// matterOf is a request, with votes that were read before, and all that decides on it.
func (s *session) matterOf(r *grants.Request, votes []grants.Vote) approval.Matter {
	definition, _ := s.engine.Group(r.Group)
	m := s.matter(r, definition, s.engine.Request(r.Group))
	m.Votes = votes
	return m
}

// decides reports whether a user may decide on a request now.
func (s *session) decides(m approval.Matter, userN int64) bool {
	if m.Policy == nil || !m.Request.Open(s.now) {
		return false
	}
	return len(m.Standing(userN, approval.Judge(m, s.people), s.people).For) > 0
}

// request loads a request that the actor may see, and all that decides on it.
func (s *session) request(id string) (grants.Request, approval.Matter, error) {
	r, err := s.tx.RequestByID(s.ctx, id)
	if err != nil {
		return r, approval.Matter{}, err
	}
	m, err := s.load(&r)
	if err != nil {
		return r, m, err
	}
	return r, m, s.maySee(m)
}

// Request returns one request.
func (d *Desk) Request(ctx context.Context, a approval.Actor, id string) (out Request, err error) {
	err = d.view(ctx, a, func(s *session) error {
		r, _, err := s.request(id)
		if err != nil {
			return err
		}
		out, err = s.describeOne(r)
		return err
	})
	return out, err
}

// Grant returns one grant.
func (d *Desk) Grant(ctx context.Context, a approval.Actor, id string) (out Grant, err error) {
	err = d.view(ctx, a, func(s *session) error {
		g, m, err := s.grant(id)
		if err != nil {
			return err
		}
		if err := s.maySee(m); err != nil {
			return err
		}
		out, err = s.describeGrant(g)
		return err
	})
	return out, err
}

// Grants returns what a query selects, newest first, as far as the actor may see it:
// see Requests.
func (d *Desk) Grants(ctx context.Context, a approval.Actor, q Query) (out []Grant, err error) {
	err = d.view(ctx, a, func(s *session) error {
		found, err := s.findGrants(q)
		if err != nil {
			return err
		}
		out, err = s.describeGrants(found)
		return err
	})
	return out, err
}

func (s *session) findGrants(q Query) ([]grants.Grant, error) {
	userN, err := s.named("user", q.User)
	if err != nil {
		return nil, err
	}
	decider, err := s.decider(q)
	if err != nil {
		return nil, err
	}
	all, onlyOf := s.reach(q, userN)
	f := store.GrantFilter{
		UserN: onlyOf, Group: q.Group, Kind: q.Kind, Ticket: q.Ticket, Decider: decider, Text: q.Text, From: q.From, To: q.To, BeforeN: q.Before, Open: q.Open || onlyOpen(q.States),
	}
	return paged(q.Limit, func(limit int) ([]grants.Grant, error) {
		f.Limit = limit
		page, err := s.tx.Grants(s.ctx, f)
		if len(page) > 0 {
			f.BeforeN = page[len(page)-1].N
		}
		return page, err
	}, func(page []grants.Grant) ([]grants.Grant, error) {
		page = slices.DeleteFunc(page, func(g grants.Grant) bool { return !matches(g.State(s.now), q.States) })
		if all {
			return page, nil
		}
		return s.visible(page)
	})
}

// visible leaves the grants whose requests the actor may see.
func (s *session) visible(page []grants.Grant) ([]grants.Grant, error) {
	ns := make([]int64, len(page))
	for i := range page {
		ns[i] = page[i].RequestN
	}
	requests, err := s.tx.RequestsByN(s.ctx, ns)
	if err != nil {
		return nil, err
	}
	votes, err := s.votes(requests)
	seen := map[int64]bool{}
	for i := range requests {
		seen[requests[i].N] = s.maySee(s.matterOf(&requests[i], votes[requests[i].N])) == nil
	}
	return slices.DeleteFunc(page, func(g grants.Grant) bool { return !seen[g.RequestN] }), err
}

// onlyOpen reports whether no state is asked for that a settled grant can have.
func onlyOpen(states []string) bool {
	return len(states) > 0 && !slices.Contains(states, grants.Ended) && !slices.Contains(states, grants.Failed)
}

// Overdue returns the grants that are over and of which something is left on a target,
// oldest first, to whoever may see everybody's.
func (d *Desk) Overdue(ctx context.Context, a approval.Actor) (out []Grant, err error) {
	err = d.view(ctx, a, func(s *session) error {
		if err := s.may(approval.ReadAll, approval.Relation{}); err != nil {
			return err
		}
		found, err := s.tx.OverdueGrants(s.ctx)
		if err != nil {
			return err
		}
		out, err = s.describeGrants(found)
		return err
	})
	return out, err
}

// Delegations returns the delegations in force or ahead: from or to a user, or, for
// those who see everybody's, every one there was.
func (d *Desk) Delegations(ctx context.Context, a approval.Actor) (out []grants.Delegation, err error) {
	err = d.view(ctx, a, func(s *session) error {
		if s.may(approval.ReadAll, approval.Relation{}) == nil {
			out, err = s.tx.Delegations(s.ctx)
			return err
		}
		if out, err = s.tx.DelegationsFrom(s.ctx, a.UserN); err != nil {
			return err
		}
		to, err := s.tx.DelegationsTo(s.ctx, a.UserN)
		out = append(out, to...)
		return err
	})
	return out, err
}

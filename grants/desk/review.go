package desk

import (
	"context"
	"time"

	"birthright/grants"
	"birthright/grants/approval"
	"birthright/identity"
	"birthright/internal/duration"
	"birthright/store"
)

// Presence is an actor as of one transaction, and who everybody is in it: for whoever
// else lets people decide on access.
type Presence struct {
	approval.Crowd
	Actor approval.Actor
	s     *session
}

// Present looks at an actor in a transaction of the caller's. Whoever has left or is
// suspended is refused.
func (d *Desk) Present(ctx context.Context, tx *store.Tx, a approval.Actor) (*Presence, error) {
	s, err := d.session(ctx, tx, a)
	if err != nil {
		return nil, err
	}
	return &Presence{Crowd: s.people, Actor: s.actor, s: s}, nil
}

// Or returns what went wrong with the answers about people, err where nothing did: from
// then on every answer was that nobody is anything.
func (p *Presence) Or(err error) error { return p.s.people.or(err) }

// Meet looks some users up at once, so that asking for each of them costs nothing.
func (p *Presence) Meet(users []int64) error {
	var fresh []int64
	for _, n := range users {
		if _, known := p.s.people.users[n]; !known && n != 0 {
			fresh = append(fresh, n)
		}
	}
	found, err := p.s.tx.UsersByN(p.s.ctx, fresh)
	for _, n := range fresh {
		p.s.people.users[n] = nil
	}
	for i := range found {
		p.s.people.users[found[i].N] = &found[i]
	}
	return err
}

// EndGrants ends what grants give some users, since a review took it away. Who may
// decide that is the caller's business.
func (p *Presence) EndGrants(of map[int64][]string, reason string) error {
	users := make([]int64, 0, len(of))
	for n := range of {
		users = append(users, n)
	}
	open, err := p.s.tx.OpenGrantsOf(p.s.ctx, users)
	if err != nil {
		return err
	}
	for i := range open {
		g := &open[i]
		for _, group := range of[g.UserN] {
			if g.Group != group || !g.OverAt.IsZero() {
				continue
			}
			if err := p.s.end(g, grants.OverRevoked, reason); err != nil {
				return err
			}
		}
	}
	return p.s.people.err
}

// Gift is a grant that nobody asked for: what a review leaves of a standing membership.
type Gift struct {
	UserN  int64
	Group  string
	For    time.Duration // what is usual for the group where it is 0
	Reason string
}

// Give makes a grant in place of a standing membership that ends with it: it begins just
// after that. The group must be one that can be asked for, and for so long.
func (p *Presence) Give(w Gift) (g grants.Grant, err error) {
	s := p.s
	policy := s.engine.Request(w.Group)
	u, known := s.people.User(w.UserN)
	switch {
	case !known || u.State != identity.Active:
		return g, conflict("", "who has it is not active, and cannot be given anything")
	case policy == nil:
		return g, conflict("keep it, or revoke it", "%s cannot be asked for, so that nothing can be given for a time", w.Group)
	case w.For == 0:
		w.For = policy.Usual()
	case w.For < time.Second || w.For > policy.Longest():
		return g, wrong("for", "--for DURATION", "%s can be had for %s at most", w.Group, duration.Format(policy.Longest()))
	}
	r := &grants.Request{
		Kind: grants.KindReview, UserN: w.UserN, User: u.UserName, ByN: s.actor.UserN, By: s.actor.Name, Group: w.Group, Reason: w.Reason,
		Start: s.now.Add(time.Microsecond), Duration: w.For, ExpiresAt: s.now.Add(policy.Patience()), Revision: 1, Terms: s.engine.Terms(w.Group),
		Outcome: grants.Approved, DecidedAt: s.now, DecidedBy: s.actor.Name, Note: w.Reason,
	}
	detail := map[string]any{"group": w.Group, "for": duration.Format(w.For), "because": "a review made a standing membership one for a time"}
	if err := s.tx.AddRequests(s.ctx, []*grants.Request{r}); err != nil {
		return g, err
	}
	detail["request"] = r.ID
	g = grants.New(r, "", s.now, policy.ActivationLimit())
	if err := s.tx.AddGrant(s.ctx, &g, s.event("request.approved", "user:"+r.User, detail)); err != nil {
		return g, err
	}
	return g, s.tell(grants.NoticeApproved, r, &g, []int64{r.UserN})
}

// frozen refuses what a review has frozen: nobody had looked at it when it closed, so
// that there is to be no more of it until somebody has.
func (s *session) frozen(r *grants.Request) error {
	found, err := s.tx.Items(s.ctx, store.ItemFilter{UserN: r.UserN, Group: r.Group, Frozen: true, Limit: 1})
	if err != nil || len(found) == 0 {
		return err
	}
	return conflict("somebody must look at it first: the review that follows up asks about it",
		"%s is frozen for %s since campaign %s closed and nobody had decided on it", r.Group, r.User, found[0].Campaign)
}

// EndGrant ends one grant that a review gave.
func (p *Presence) EndGrant(id, reason string) error {
	g, err := p.s.tx.GrantByID(p.s.ctx, id)
	if err != nil || !g.OverAt.IsZero() {
		return err
	}
	return p.s.end(&g, grants.OverRevoked, reason)
}

// Offered is what a user would get by asking for a group; nil where the policy does not
// let that user ask, or the user is in it. Who may know that is the caller's to see to.
func (p *Presence) Offered(userN int64, group string) *Offer {
	policy := p.s.engine.Request(group)
	if policy == nil {
		return nil
	}
	who, err := p.s.asker(userN)
	if err != nil || !who.allows(group, policy) {
		return nil
	}
	o := p.s.offer(group, OfferGroup, userN, nil)
	if o.Held {
		return nil
	}
	return &o
}

// Owns reports whether the actor owns a group, by name or through a group of owners.
func (p *Presence) Owns(group string) bool { return p.s.owns(group) }

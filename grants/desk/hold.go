package desk

import (
	"context"
	"fmt"
	"strings"
	"time"

	"birthright/grants"
	"birthright/grants/approval"
	"birthright/internal/duration"
	"birthright/store"
)

func errNoUser(name string) error { return fmt.Errorf("there is no user %q", name) }

// Extension is what became of the wish to have a grant for longer: it is longer, or
// a request waits for a decision.
type Extension struct {
	Grant   Grant    `json:"grant"`
	Request *Request `json:"request,omitempty"`
}

// Extend asks for a grant that is active to be longer by some time.
func (d *Desk) Extend(ctx context.Context, a approval.Actor, id string, by time.Duration, reason string) (out Extension, err error) {
	err = d.update(ctx, a, func(s *session) error {
		out = Extension{}
		g, m, err := s.grant(id)
		if err != nil {
			return err
		}
		if err := s.may(approval.Extend, s.relation(m)); err != nil {
			return err
		}
		if err := s.extensible(&g, m, by); err != nil {
			return err
		}
		r := &grants.Request{
			Kind: grants.KindExtension, UserN: g.UserN, User: g.User, ByN: s.actor.UserN, By: s.actor.Name, Group: g.Group,
			Reason: strings.TrimSpace(reason), Ticket: m.Request.Ticket, Duration: by, Extends: g.N,
			Created: s.now, ExpiresAt: earlier(s.now.Add(m.Policy.Patience()), g.EndsAt), Revision: 1, Terms: m.Terms,
		}
		longer := approval.Matter{Request: r, Policy: m.Policy, Owners: m.Owners, Terms: m.Terms, Now: s.now}
		if err := s.proper(longer); err != nil {
			return err
		}
		if err := s.noDuplicate(r); err != nil {
			return err
		}
		if err := s.fileExtension(r, m); err != nil {
			return err
		}
		if g, err = s.tx.GrantByN(s.ctx, g.N); err != nil {
			return err
		}
		if out.Grant, err = s.describeGrant(g); err != nil {
			return err
		}
		described, err := s.describeOne(*r)
		out.Request = &described
		return err
	})
	return out, err
}

// fileExtension keeps the wish, and grants it at once where the policy asks nobody.
func (s *session) fileExtension(r *grants.Request, m approval.Matter) error {
	if m.Policy.Extend == nil || m.Policy.Extend.Approve {
		return s.file([]*grants.Request{r})
	}
	r.RemindAt = time.Time{}
	if err := s.tx.AddRequests(s.ctx, []*grants.Request{r}, s.event("request.created", "user:"+r.User,
		map[string]any{"group": r.Group, "for": duration.Format(r.Duration), "extends": r.Extends})); err != nil {
		return err
	}
	r.DecidedBy, r.Auto = "policy", "extend: {approve: false}"
	full, err := s.load(r)
	if err != nil {
		return err
	}
	return s.approve(full)
}

func earlier(a, b time.Time) time.Time {
	if b.Before(a) {
		return b
	}
	return a
}

// extensible checks that a grant can be longer.
func (s *session) extensible(g *grants.Grant, m approval.Matter, by time.Duration) error {
	switch state := g.State(s.now); {
	case g.Kind == grants.KindOverlap:
		return conflict("`birthright request "+g.Group+"` asks for it", "%s is for handing over, and ends with that", g.ID)
	case m.Policy == nil:
		return conflict("", "the policy does not let %s be asked for any more", g.Group)
	case state != grants.Active:
		return conflict("`birthright request "+g.Group+"` asks for it anew", "%s is %s: only an active grant can be extended", g.ID, state)
	case g.Kind == grants.KindBreakGlass:
		return conflict("`birthright request "+g.Group+"` asks for it in the ordinary way", "%s broke the glass, and cannot be extended", g.ID)
	case g.Duration+by > m.Policy.Whole():
		return wrong("for", "", "%s would last %s as a whole: at most %s are allowed", g.ID, duration.Format(g.Duration+by), duration.Format(m.Policy.Whole()))
	case !g.NotAfter.IsZero() && !g.EndsAt.Before(g.NotAfter):
		return conflict("", "%s ends with what it was given for, at %s", g.ID, moment(g.NotAfter))
	}
	return nil
}

// lengthen makes the grant longer that an approved request is about. One that is over
// stays so: access that has ended is asked for anew.
func (s *session) lengthen(m approval.Matter) error {
	r := m.Request
	g, err := s.tx.GrantByN(s.ctx, r.Extends)
	if err != nil {
		return err
	}
	if err := s.extensible(&g, m, r.Duration); err != nil {
		return err
	}
	by, err := s.byPolicy(m, g.EndsAt)
	if err != nil {
		return err
	}
	g.Lengthen(min(r.Duration, by))
	g.RemindAt = time.Time{}
	if before := m.Policy.RemindBefore; before > 0 && g.EndsAt.Add(-before).After(s.now) {
		g.RemindAt = g.EndsAt.Add(-before)
	}
	err = s.tx.SaveGrants(s.ctx, []*grants.Grant{&g}, s.event("grant.extended", "user:"+g.User,
		map[string]any{"grant": g.ID, "group": g.Group, "by": duration.Format(r.Duration), "until": g.EndsAt}))
	if err != nil {
		return err
	}
	if err := s.tell(grants.NoticeExtended, r, &g, s.concerned(r)); err != nil {
		return err
	}
	return s.tx.EnqueueWork(s.ctx, []store.Work{{UserN: g.UserN}}) // a back-stop on the target moves with it
}

// byPolicy is by how much the policy alone makes a grant longer that ends at an instant:
// where it does so for a shift or a ticket, no longer than that is known to last.
func (s *session) byPolicy(m approval.Matter, end time.Time) (time.Duration, error) {
	c := m.Policy.AutoApprove
	if m.Request.Auto != c.Source || !c.Lapses() {
		return m.Request.Duration, nil
	}
	in, err := s.inquiry(m.Request)
	if err != nil {
		return 0, err
	}
	until, err := s.turnsFalse(c, m.Request.UserN, in)
	if err != nil || until.IsZero() {
		return m.Request.Duration, err
	}
	return max(until.Sub(end), 0), nil
}

// Return gives a grant back before its time.
func (d *Desk) Return(ctx context.Context, a approval.Actor, id string) (Grant, error) {
	return d.stop(ctx, a, id, approval.Return, grants.OverReturned, "")
}

// Revoke takes a grant away before its time. It needs a reason.
func (d *Desk) Revoke(ctx context.Context, a approval.Actor, id, reason string) (Grant, error) {
	if strings.TrimSpace(reason) == "" {
		return Grant{}, wrong("reason", "--reason TEXT", "a revocation needs a reason")
	}
	return d.stop(ctx, a, id, approval.Revoke, grants.OverRevoked, strings.TrimSpace(reason))
}

func (d *Desk) stop(ctx context.Context, a approval.Actor, id string, v approval.Verb, how, reason string) (out Grant, err error) {
	err = d.update(ctx, a, func(s *session) error {
		g, m, err := s.grant(id)
		if err != nil {
			return err
		}
		if err := s.may(v, s.relation(m)); err != nil {
			return err
		}
		if err := s.end(&g, how, reason); err != nil {
			return err
		}
		out, err = s.describeGrant(g)
		return err
	})
	return out, err
}

// grant loads a grant and what decides on the request behind it.
func (s *session) grant(id string) (grants.Grant, approval.Matter, error) {
	g, err := s.tx.GrantByID(s.ctx, id)
	if err != nil {
		return g, approval.Matter{}, err
	}
	r, err := s.tx.RequestByN(s.ctx, g.RequestN)
	if err != nil {
		return g, approval.Matter{}, err
	}
	m, err := s.load(&r)
	return g, m, err
}

// end puts down that a grant is over. One whose time was up before is over by that:
// it goes on record here, so that it stays over where the clock is set back.
func (s *session) end(g *grants.Grant, how, reason string) error {
	by, action, kind := s.actor.Name, "grant."+how, "grant."+how
	if g.IsOver(s.now) {
		how, reason = g.Lapse(s.now)
		by, action, kind = "hub", "grant.over", grants.NoticeEnded
		if how == grants.OverFailed {
			kind = grants.NoticeFailed
		}
	}
	if !g.Stop(how, by, reason, s.now) {
		return nil
	}
	g.RemindAt = s.now.Add(grants.OverdueAfter)
	if g.BegunAt.IsZero() { // it leaves nothing behind
		g.SettledAt, g.RemindAt = s.now, time.Time{}
	}
	event := s.event(action, "user:"+g.User, map[string]any{"grant": g.ID, "group": g.Group, "how": how, "reason": reason})
	event.Actor = by
	if err := s.tx.SaveGrants(s.ctx, []*grants.Grant{g}, event); err != nil {
		return err
	}
	if err := s.tell(kind, nil, g, []int64{g.UserN}); err != nil {
		return err
	}
	return s.work(g, true)
}

package desk

import (
	"context"
	"slices"
	"strings"
	"time"

	"birthright/grants"
	"birthright/grants/approval"
	"birthright/internal/duration"
)

// Cancel takes a request back, or an approved one whose grant has not begun.
func (d *Desk) Cancel(ctx context.Context, a approval.Actor, id string) (Request, error) {
	return d.change(ctx, a, id, func(s *session, r *grants.Request, relation approval.Relation) error {
		if err := s.may(approval.Cancel, relation); err != nil {
			return err
		}
		switch state := r.State(s.now); state {
		case grants.Cancelled:
			return nil
		case grants.Pending:
		case grants.Approved:
			return s.cancelApproved(r)
		default:
			return conflict("", "%s is %s already", r.ID, state)
		}
		r.Outcome, r.DecidedAt, r.DecidedBy, r.RemindAt = grants.Cancelled, s.now, s.actor.Name, time.Time{}
		if err := s.tx.SaveRequests(s.ctx, []*grants.Request{r}, s.event("request.cancelled", "user:"+r.User, map[string]any{"request": r.ID, "group": r.Group})); err != nil {
			return err
		}
		return s.tell(grants.NoticeCancelled, r, nil, nil)
	})
}

func (s *session) cancelApproved(r *grants.Request) error {
	if r.Kind == grants.KindExtension {
		return conflict("`birthright grants` shows the grant; `birthright grant return` gives it back", "%s was approved, and what it asked for is longer now", r.ID)
	}
	given, err := s.tx.GrantsOfRequests(s.ctx, []int64{r.N})
	if err != nil {
		return err
	}
	for i := range given {
		g := &given[i]
		if !g.BegunAt.IsZero() && !g.IsOver(s.now) {
			return conflict("`birthright grant return "+g.ID+"` gives it back", "%s was approved, and %s is %s", r.ID, g.ID, g.State(s.now))
		}
		if err := s.end(g, grants.OverReturned, "cancelled before it began"); err != nil {
			return err
		}
	}
	return nil
}

// Amendment is what changes of a request; zero fields stay as they are.
type Amendment struct {
	For            time.Duration
	Reason, Ticket string
	Start          time.Time
}

// Amend changes a request that is open. Whoever has approved it has approved
// something else, and must decide again.
func (d *Desk) Amend(ctx context.Context, a approval.Actor, id string, to Amendment) (Request, error) {
	return d.change(ctx, a, id, func(s *session, r *grants.Request, relation approval.Relation) error {
		if err := s.may(approval.Amend, relation); err != nil {
			return err
		}
		if !r.Open(s.now) {
			return conflict("it has to be asked for anew", "%s is %s and cannot be changed", r.ID, r.State(s.now))
		}
		if to.For != 0 {
			r.Duration = to.For
		}
		if reason := strings.TrimSpace(to.Reason); reason != "" {
			r.Reason = reason
		}
		if ticket := strings.TrimSpace(to.Ticket); ticket != "" {
			r.Ticket = ticket
		}
		if !to.Start.IsZero() {
			r.Start = to.Start
		}
		if err := s.ahead(to.Start); err != nil {
			return err
		}
		r.Revision++
		r.Terms = s.engine.Terms(r.Group)
		m, err := s.load(r)
		if err != nil {
			return err
		}
		if m.Policy == nil {
			return conflict("", "the policy does not let %s be asked for any more", r.Group)
		}
		if r.Kind == grants.KindRequest {
			if err := s.mayAsk(m); err != nil {
				return err
			}
		}
		if err := s.proper(m); err != nil {
			return err
		}
		r.RemindAt, r.Escalated = s.firstReminder(r), 0
		detail := map[string]any{"request": r.ID, "group": r.Group, "for": duration.Format(r.Duration), "reason": r.Reason, "revision": r.Revision}
		if err := s.tx.SaveRequests(s.ctx, []*grants.Request{r}, s.event("request.amended", "user:"+r.User, detail)); err != nil {
			return err
		}
		return s.decideAlone(r)
	})
}

// change does something to one request.
func (d *Desk) change(ctx context.Context, a approval.Actor, id string, fn func(*session, *grants.Request, approval.Relation) error) (out Request, err error) {
	err = d.update(ctx, a, func(s *session) error {
		r, err := s.tx.RequestByID(s.ctx, id)
		if err != nil {
			return err
		}
		m, err := s.load(&r)
		if err != nil {
			return err
		}
		if err := fn(s, &r, s.relation(m)); err != nil {
			return err
		}
		out, err = s.describeOne(r)
		return err
	})
	return out, err
}

// relation is how the actor stands to a request.
func (s *session) relation(m approval.Matter) approval.Relation {
	r, n := m.Request, s.actor.UserN
	if n == 0 {
		return approval.Relation{}
	}
	out := approval.Relation{
		Beneficiary: n == r.UserN, Requester: n == r.ByN, Owner: m.Names(n, "owners", s.people), Manager: approval.Manager(r.UserN, s.people) == n,
	}
	if m.Policy != nil && r.Open(s.now) {
		out.Approver = len(m.Standing(n, approval.Judge(m, s.people), s.people).For) > 0
	}
	return out
}

// maySee refuses to show a request to those whom it does not concern.
func (s *session) maySee(m approval.Matter) error {
	relation := s.relation(m)
	relation.Approver = relation.Approver || s.consulted(m)
	return s.may(approval.Read, relation)
}

// consulted reports whether the actor is asked to decide at any stage, or has decided: who
// follows a link too early or too late is told so.
func (s *session) consulted(m approval.Matter) bool {
	n := s.actor.UserN
	if n == 0 {
		return false
	}
	if slices.ContainsFunc(m.Votes, func(v grants.Vote) bool { return v.ByN == n }) {
		return true
	}
	if m.Policy == nil {
		return false
	}
	for i := range m.Policy.Stages() {
		if len(m.Standing(n, approval.Verdict{Stage: i, Since: m.Request.Created}, s.people).For) > 0 {
			return true
		}
	}
	return false
}

package desk

import (
	"context"
	"slices"
	"strings"
	"time"

	"birthright/grants"
	"birthright/grants/approval"
	"birthright/identity"
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
		return s.tell("request.cancelled", r, nil, nil)
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

// Delegation of one's decisions to somebody else while one is away.
type Delegation struct {
	// From hands over; "" is the actor.
	From, To   string
	Start, End time.Time
	Reason     string
}

// longestDelegation bounds how long somebody else decides.
const longestDelegation = 366 * 24 * time.Hour

// Delegate lets somebody decide in another's place for a time.
func (d *Desk) Delegate(ctx context.Context, a approval.Actor, w Delegation) (out grants.Delegation, err error) {
	err = d.update(ctx, a, func(s *session) error {
		from, err := s.delegator(w.From)
		if err != nil {
			return err
		}
		to := s.people.Named(w.To)
		u, known := s.people.User(to)
		start := w.Start
		if start.IsZero() {
			start = s.now
		}
		switch {
		case !known:
			return &identity.Error{Kind: identity.NotFound, Field: "to", Err: errNoUser(w.To)}
		case u.State != identity.Active:
			return conflict("", "%s is %s and cannot decide", u.UserName, u.State)
		case to == from.N:
			return wrong("to", "", "%s decides already", u.UserName)
		case !w.End.After(start) || !w.End.After(s.now):
			return wrong("until", "--until TIME", "a delegation needs an end that is ahead")
		case w.End.Sub(start) > longestDelegation:
			return wrong("until", "", "a delegation lasts a year at most")
		}
		out = grants.Delegation{FromN: from.N, From: from.UserName, ToN: to, To: u.UserName, Start: start, End: w.End, Reason: strings.TrimSpace(w.Reason)}
		if err := s.tx.SaveDelegation(s.ctx, &out); err != nil {
			return err
		}
		err = s.tx.SaveDelegation(s.ctx, &out, s.event("delegation.made", "user:"+from.UserName,
			map[string]any{"delegation": out.ID, "to": u.UserName, "until": w.End, "reason": out.Reason}))
		if err != nil {
			return err
		}
		return s.tell("delegation.made", nil, nil, []int64{to})
	})
	return out, err
}

func (s *session) delegator(name string) (identity.User, error) {
	n := s.actor.UserN
	if name != "" {
		n = s.people.Named(name)
	}
	u, known := s.people.User(n)
	switch {
	case n == 0 && name == "":
		return u, wrong("from", "--from NAME", "say who hands over")
	case !known:
		return u, &identity.Error{Kind: identity.NotFound, Field: "from", Err: errNoUser(name)}
	}
	verb := approval.Delegate
	if n != s.actor.UserN {
		verb = approval.DelegateFor
	}
	return u, s.may(verb, approval.Relation{})
}

// EndDelegation takes a delegation back.
func (d *Desk) EndDelegation(ctx context.Context, a approval.Actor, id string) (out grants.Delegation, err error) {
	err = d.update(ctx, a, func(s *session) error {
		if out, err = s.tx.DelegationByID(s.ctx, id); err != nil {
			return err
		}
		verb := approval.Delegate
		if out.FromN != s.actor.UserN {
			verb = approval.DelegateFor
		}
		if err := s.may(verb, approval.Relation{}); err != nil {
			return err
		}
		if !out.RevokedAt.IsZero() {
			return nil
		}
		out.RevokedAt = s.now
		return s.tx.SaveDelegation(s.ctx, &out, s.event("delegation.ended", "user:"+out.From, map[string]any{"delegation": out.ID, "to": out.To}))
	})
	return out, err
}

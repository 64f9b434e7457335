package desk

import (
	"context"
	"strings"
	"time"

	"birthright/grants"
	"birthright/grants/approval"
	"birthright/identity"
)

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
		err = s.tx.Audit(s.ctx, s.event("delegation.made", "user:"+from.UserName,
			map[string]any{"delegation": out.ID, "to": u.UserName, "until": w.End, "reason": out.Reason}))
		if err != nil {
			return err
		}
		return s.tell(grants.NoticeDelegation, nil, nil, []int64{to})
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

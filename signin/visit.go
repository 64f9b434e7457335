package signin

import (
	"context"
	"crypto/sha256"
	"errors"
	"slices"
	"time"

	"birthright/audit"
	"birthright/grants/approval"
	"birthright/identity"
	"birthright/tokens/holder"
)

// touchEvery is how often the use of a session is noted at most.
const touchEvery = time.Minute

// Visit is one request of somebody who is logged in.
type Visit struct {
	holder.Holder
	Session Session
	// Key is what the session's forms are signed with.
	Key []byte
}

// Visit returns who a request comes from whose cookie this is, and notes that the session
// is in use. The error is a *holder.Refusal where nobody is logged in by it, any more or
// at all.
func (s *Service) Visit(ctx context.Context, cookie string) (Visit, error) {
	v, err := s.Glance(ctx, cookie)
	if err != nil {
		return v, err
	}
	if now := s.Now(); now.Sub(v.Session.LastSeen) >= touchEvery {
		if err := s.Book.Touch(ctx, v.Session.ID, now); err != nil {
			s.Log.Warn("the use of a session could not be noted", "session", v.Session.ID, "error", err)
		}
	}
	return v, nil
}

// Glance is Visit for a page that looks by itself whether it has changed: perhaps nobody
// sits before it, so that does not count as use, and a session that is idle ends.
func (s *Service) Glance(ctx context.Context, cookie string) (Visit, error) {
	one, err := s.Book.Session(ctx, sha256.Sum256([]byte(cookie)))
	if identity.KindOf(err) == identity.NotFound {
		return Visit{}, &holder.Refusal{Why: err}
	}
	if err != nil {
		return Visit{}, err
	}
	who, why, err := s.standing(ctx, &one)
	if err != nil {
		return Visit{}, err
	}
	if why != "" {
		return Visit{}, s.turnAway(ctx, one, why)
	}
	return Visit{Holder: who, Session: one, Key: Key(cookie)}, nil
}

// standing returns who acts in a session, or why nobody does any more.
func (s *Service) standing(ctx context.Context, one *Session) (who holder.Holder, why string, err error) {
	if why := one.over(s.Now(), s.Idle); why != "" {
		return who, why, nil
	}
	if one.Token != "" {
		var refusal *holder.Refusal
		if who, err = s.Tokens.Again(ctx, one.Token); errors.As(err, &refusal) {
			return who, EndToken, nil
		}
		if err != nil {
			return who, "", err
		}
	}
	if one.UserN == 0 {
		who.Actor = approval.Actor{Name: one.Name, Admin: true}
		return who, "", nil
	}
	who.Actor, err = s.People.Today(ctx, approval.Actor{UserN: one.UserN})
	if identity.KindOf(err) == identity.Denied {
		return who, EndPerson, nil
	}
	if err != nil {
		return who, "", err
	}
	if held := rolesOf(who.Actor); slices.ContainsFunc(one.Roles, func(role string) bool { return !slices.Contains(held, role) }) {
		return who, EndRole, nil
	}
	who.Admin = who.Admin || slices.Contains(one.Claimed, RoleAdmin)
	who.Auditor = who.Auditor || slices.Contains(one.Claimed, RoleAuditor)
	return who, "", nil
}

// rolesOf lists the roles of an actor.
func rolesOf(a approval.Actor) (roles []string) {
	if a.Admin {
		roles = append(roles, RoleAdmin)
	}
	if a.Auditor {
		roles = append(roles, RoleAuditor)
	}
	return roles
}

// turnAway ends a session, unless it has ended, and is the refusal.
func (s *Service) turnAway(ctx context.Context, one Session, why string) error {
	if one.EndedAt.IsZero() {
		one.EndedWhy = why
		if err := s.Book.End(ctx, one, Ended(one, "hub")); err != nil {
			return err
		}
	}
	return &holder.Refusal{Token: one.Token, Why: errors.New(why)}
}

// Leave ends the session of a visit.
func (s *Service) Leave(ctx context.Context, v Visit, why string) error {
	v.Session.EndedWhy = why
	return s.Book.End(ctx, v.Session, Ended(v.Session, v.Name))
}

// LoggedOut is what a provider says about somebody who logged out there.
type LoggedOut struct {
	// ID is the logout token's own, Expires its end.
	ID      string
	Expires time.Time
	// Subject and SID say who it is about, and which of their sessions; one of them
	// may be "".
	Subject, SID string
}

// LoggedOut ends the sessions of who logged out at the provider, and returns how many.
func (s *Service) LoggedOut(ctx context.Context, out LoggedOut) (int, error) {
	return s.Provided.EndAt(ctx, out, func(one Session) audit.Event { return Ended(one, "provider") })
}

// Tick ends the sessions that are over although nobody comes by them any more.
func (s *Service) Tick(ctx context.Context) error {
	now := s.Now()
	return s.Book.Over(ctx, now, now.Add(-s.Idle), func(one Session) audit.Event { return Ended(one, "hub") })
}

// Ended is the audit log's event of a session that was ended by an actor.
func Ended(s Session, actor string) audit.Event {
	return audit.Event{Actor: actor, Action: "session.ended", Subject: "session:" + s.ID, Detail: map[string]any{"why": s.EndedWhy}}
}

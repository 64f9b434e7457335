package hub

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"

	"birthright/audit"
	"birthright/grants/approval"
	"birthright/identity"
	"birthright/rights"
	"birthright/signin"
	"birthright/store"
)

// Session is somebody who is logged in to the console.
type Session struct {
	ID         string    `json:"id"`
	User       string    `json:"user" doc:"user name; that of a local administrator begins with operator:"`
	Way        string    `json:"way" doc:"how they came in: oidc, link or token"`
	Roles      []string  `json:"roles" nullable:"false" doc:"at the login"`
	CreatedAt  time.Time `json:"created_at"`
	LastSeenAt time.Time `json:"last_seen_at"`
	ExpiresAt  time.Time `json:"expires_at"`
}

// Sessions lists who is logged in, oldest login first: everybody, or one user.
func (h *Hub) Sessions(ctx context.Context, a approval.Actor, user string) (out []Session, err error) {
	err = h.view(ctx, a, func(s *session) error {
		ns, self, err := s.sessionsOf(user)
		if err != nil {
			return err
		}
		if err := s.may(rights.ReadSessions, rights.Relation{Self: self}); err != nil {
			return err
		}
		rows, err := s.tx.OpenSessions(ctx, ns, 0)
		if err != nil {
			return err
		}
		out, err = s.viewSessions(rows)
		return err
	})
	return out, err
}

// sessionsOf returns whose sessions are meant, nil for everybody's, and whether they are
// the actor's own.
func (s *session) sessionsOf(user string) (ns []int64, self bool, err error) {
	if user == "" {
		return nil, false, nil
	}
	u, err := s.tx.UserByName(s.ctx, user)
	return []int64{u.N}, u.N == s.Actor.UserN, err
}

func (s *session) viewSessions(rows []store.SessionRow) ([]Session, error) {
	var ns []int64
	for _, r := range rows {
		ns = append(ns, r.UserN)
	}
	slices.Sort(ns)
	users, err := s.tx.BareUsers(s.ctx, slices.Compact(ns))
	if err != nil {
		return nil, err
	}
	names := map[int64]string{}
	for _, u := range users {
		names[u.N] = u.UserName
	}
	out := make([]Session, len(rows))
	for i, r := range rows {
		name := r.Name
		if r.UserN != 0 {
			name = names[r.UserN]
		}
		roles := append(slices.Clone(r.Roles), r.Claimed...)
		slices.Sort(roles)
		out[i] = Session{
			ID: r.ID, User: name, Way: r.Way, Roles: append([]string{}, slices.Compact(roles)...), CreatedAt: r.Created, LastSeenAt: r.LastSeen, ExpiresAt: r.Expires,
		}
	}
	return out, nil
}

// EndSessions ends sessions at once: of each argument that is a user, all of theirs, of
// any other the session with that ID; with no argument everybody's. It returns how many.
func (h *Hub) EndSessions(ctx context.Context, a approval.Actor, which []string) (n int, err error) {
	err = h.update(ctx, a, func(s *session) error {
		rows, err := s.sessionsToEnd(which)
		if err != nil { // who may end nobody's is not told who there is
			return cmp.Or(s.may(rights.EndSessions, rights.Relation{}), err)
		}
		self := len(which) > 0
		for _, r := range rows {
			self = self && r.UserN == s.Actor.UserN && r.UserN != 0
		}
		if err := s.may(rights.EndSessions, rights.Relation{Self: self}); err != nil {
			return err
		}
		events := make([]audit.Event, len(rows))
		for i := range rows {
			rows[i].EndedWhy = signin.EndOrdered
			events[i] = signin.Ended(signin.Session(rows[i]), s.Actor.Name)
		}
		n = len(rows)
		return s.tx.EndSessions(ctx, rows, events...)
	})
	return n, err
}

func (s *session) sessionsToEnd(which []string) ([]store.SessionRow, error) {
	if len(which) == 0 {
		return s.tx.OpenSessions(s.ctx, nil, 0)
	}
	numbers, err := s.tx.UserNumbers(s.ctx, which)
	if err != nil {
		return nil, err
	}
	byID, err := s.tx.OpenSessionsByID(s.ctx, which)
	if err != nil {
		return nil, err
	}
	ns := []int64{}
	for _, one := range which {
		n, isUser := numbers[one]
		if !isUser && !slices.ContainsFunc(byID, func(r store.SessionRow) bool { return r.ID == one }) {
			return nil, &identity.Error{
				Kind: identity.NotFound, Op: "end sessions", Object: one, Err: fmt.Errorf("there is neither such a user nor an open session with this ID"),
				Hint: "`birthright sessions list` shows them; nothing was ended",
			}
		}
		if isUser {
			ns = append(ns, n)
		}
	}
	rows, err := s.tx.OpenSessions(s.ctx, ns, 0)
	for _, r := range byID {
		if !slices.Contains(ns, r.UserN) {
			rows = append(rows, r)
		}
	}
	return rows, err
}

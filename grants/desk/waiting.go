package desk

import (
	"cmp"
	"context"
	"slices"

	"birthright/grants"
	"birthright/grants/approval"
)

// Inbox is what waits for somebody to decide.
type Inbox struct {
	Viewer string
	// Cases are the most urgent requests, with what helps to decide; All is how many wait.
	Cases []Look
	All   int
	// Glasses are the emergencies that somebody must look at, oldest first.
	Glasses []Request
}

// Inbox returns what waits for the actor: up to limit requests, those first that expire
// first.
func (d *Desk) Inbox(ctx context.Context, a approval.Actor, q Query, limit int) (out Inbox, err error) {
	q.Mine, q.Limit = true, 0
	err = d.view(ctx, a, func(s *session) error {
		out = Inbox{Viewer: s.actor.Name}
		found, err := s.find(q)
		if err != nil {
			return err
		}
		slices.SortFunc(found, func(a, b grants.Request) int { return cmp.Or(a.ExpiresAt.Compare(b.ExpiresAt), cmp.Compare(a.N, b.N)) })
		out.All = len(found)
		if out.Cases, err = s.look(found[:min(len(found), limit)]); err != nil {
			return err
		}
		owed, err := s.owed()
		if err != nil {
			return err
		}
		out.Glasses, err = s.describe(owed)
		return err
	})
	return out, err
}

// owed are the broken glasses that the actor is to look at.
func (s *session) owed() ([]grants.Request, error) {
	found, err := s.tx.GlassToReview(s.ctx)
	return slices.DeleteFunc(found, func(r grants.Request) bool {
		return s.may(approval.Examine, s.relation(s.matterOf(&r, nil))) != nil
	}), err
}

// look shows requests with what helps to decide on them.
func (s *session) look(requests []grants.Request) ([]Look, error) {
	users := make([]int64, 0, len(requests))
	for i := range requests {
		users = append(users, requests[i].UserN)
	}
	s.people.fetch(users)
	described, err := s.describe(requests)
	if err != nil {
		return nil, err
	}
	votes, err := s.votes(requests)
	if err != nil {
		return nil, err
	}
	out := make([]Look, len(requests))
	for i := range requests {
		m := s.matterOf(&requests[i], votes[requests[i].N])
		relation := s.relation(m)
		out[i] = Look{
			Request: described[i], Viewer: s.actor.Name, Beside: s.beside(m),
			Cancels:  m.Request.State(s.now) == grants.Pending && s.may(approval.Cancel, relation) == nil,
			Amends:   m.Request.State(s.now) == grants.Pending && s.may(approval.Amend, relation) == nil,
			Examines: m.Request.Kind == grants.KindBreakGlass && m.Request.Review.At.IsZero() && s.may(approval.Examine, relation) == nil,
		}
		out[i].Decides, out[i].Why = s.standing(m)
	}
	return out, s.surround(requests, out)
}

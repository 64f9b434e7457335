package desk

import (
	"time"

	"birthright/grants"
	"birthright/rules"
	"birthright/store"
)

// holds asks a condition of the policy about a request.
func (s *session) holds(r *grants.Request, c rules.Condition) (bool, error) {
	return s.holdsAsOf(r, c, s.now)
}

// holdsAsOf is holds of a request as it was looked at then, and of the user as they are now.
func (s *session) holdsAsOf(r *grants.Request, c rules.Condition, then time.Time) (bool, error) {
	if c.IsZero() {
		return true, nil
	}
	u, _ := s.people.User(r.UserN)
	w, ok := s.people.worldOf(r.UserN)
	if !ok {
		return false, s.people.err
	}
	in, err := s.inquiry(r)
	if err != nil {
		return false, err
	}
	if in.Now = then; r.Start.IsZero() {
		in.Request["start"] = then
	}
	return s.engine.HoldsOf(c, u, w, in)
}

// recently is how far back conditions see what was asked for before.
const recently = 90 * 24 * time.Hour

// inquiry is what conditions may read of a request: see docs/requests.md.
func (s *session) inquiry(r *grants.Request) (rules.Inquiry, error) {
	approved, denied := 0, 0
	before, err := s.askedBefore(r.UserN)
	if err != nil {
		return rules.Inquiry{}, err
	}
	for i := range before {
		switch {
		case before[i].N == r.N || before[i].Group != r.Group:
		case before[i].Kind != grants.KindRequest && before[i].Kind != grants.KindExtension: // nobody was asked
		case before[i].Outcome == grants.Approved:
			approved++
		case before[i].Outcome == grants.Denied:
			denied++
		}
	}
	start := r.Start
	if start.IsZero() {
		start = s.now
	}
	return rules.Inquiry{
		Request: map[string]any{
			"group": r.Group, "reason": r.Reason, "ticket": r.Ticket, "kind": r.Kind, "seconds": int64(r.Duration / time.Second),
			"duration": r.Duration, "start": start, "forSelf": r.ByN == r.UserN, "approvedBefore": int64(approved), "deniedBefore": int64(denied),
		},
		Now: s.now,
	}, nil
}

// mostAsked bounds how many requests of one person conditions can see.
const mostAsked = 5000

// askedBefore returns what a user asked for lately; it is read once.
func (s *session) askedBefore(userN int64) ([]grants.Request, error) {
	if known, ok := s.asked[userN]; ok {
		return known, nil
	}
	before, err := s.tx.Requests(s.ctx, store.RequestFilter{UserN: userN, From: s.now.Add(-recently), Limit: mostAsked})
	if err == nil {
		s.asked[userN] = before
	}
	return before, err
}

package desk

import (
	"time"

	"birthright/grants"
	"birthright/grants/approval"
	"birthright/internal/duration"
	"birthright/store"
)

// file keeps new requests, and approves those that need nobody.
func (s *session) file(made []*grants.Request) error {
	for _, r := range made {
		r.RemindAt = s.firstReminder(r)
	}
	if err := s.tx.AddRequests(s.ctx, made); err != nil {
		return err
	}
	for _, r := range made {
		detail := map[string]any{"request": r.ID, "group": r.Group, "for": duration.Format(r.Duration), "reason": r.Reason}
		if r.Ticket != "" {
			detail["ticket"] = r.Ticket
		}
		if r.Extends != 0 {
			detail["extends"] = r.Extends
		}
		if err := s.tx.Audit(s.ctx, s.event("request.created", "user:"+r.User, detail)); err != nil {
			return err
		}
		if err := s.decideAlone(r); err != nil {
			return err
		}
	}
	return nil
}

// decideAlone approves a request that needs nobody, and tells those who must decide
// on any other.
func (s *session) decideAlone(r *grants.Request) error {
	m, err := s.load(r)
	if err != nil {
		return err
	}
	auto, err := s.approvesItself(m)
	if err != nil {
		return err
	}
	if auto {
		r.Auto, r.DecidedBy = m.Policy.AutoApprove.Source, "policy"
		return s.approve(m)
	}
	told := m.Panel(approval.Judge(m, s.people), s.people)
	if s.lacking(m) != "" {
		told = append(told, s.watchers(m)...)
	}
	return s.tell(grants.NoticeWaiting, r, nil, told)
}

// approvesItself reports whether the policy approves the request without anybody: its
// condition holds, and no more time is given so than it allows.
func (s *session) approvesItself(m approval.Matter) (bool, error) {
	if m.Policy.AutoApprove.IsZero() || m.Request.Duration > m.Policy.LongestAuto() {
		return false, nil
	}
	if m.Request.Kind == grants.KindExtension {
		before, err := s.givenAlone(m.Request.Extends)
		if err != nil || before+m.Request.Duration > m.Policy.LongestAuto() {
			return false, err
		}
	}
	holds, err := s.holds(m.Request, m.Policy.AutoApprove)
	if err != nil && s.people.err == nil {
		return false, nil // a condition that fails approves nothing
	}
	return holds, s.people.err
}

// givenAlone is how much of the time of a grant the policy gave and nobody decided on: many
// short extensions are no way around its limit.
func (s *session) givenAlone(grantN int64) (sum time.Duration, err error) {
	g, err := s.tx.GrantByN(s.ctx, grantN)
	if err != nil {
		return 0, err
	}
	of, err := s.tx.Requests(s.ctx, store.RequestFilter{UserN: g.UserN, Group: g.Group, Outcomes: []string{grants.Approved}})
	for i := range of {
		if r := &of[i]; r.Auto != "" && (r.N == g.RequestN || r.Extends == g.N) {
			sum += r.Duration
		}
	}
	return sum, err
}

// load gathers everything that decides on a request.
func (s *session) load(r *grants.Request) (approval.Matter, error) {
	votes, err := s.tx.Votes(s.ctx, []int64{r.N})
	return s.matterOf(r, votes), err
}

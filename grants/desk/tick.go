package desk

import (
	"context"
	"slices"
	"time"

	"birthright/grants"
	"birthright/grants/approval"
)

const (
	// perTick bounds how much one transaction of a tick takes on.
	perTick = 200
	// overdueReminder is how often people are told that access is still there which
	// should be gone.
	overdueReminder = time.Hour
)

// Tick does what time brings: requests that nobody decided on expire, those who must
// decide are reminded, others are asked in their place, and people hear of grants that
// end soon or should be gone.
func (d *Desk) Tick(ctx context.Context) error {
	for {
		more := false
		err := d.update(ctx, Operator("hub"), func(s *session) error {
			due, err := s.tx.RequestsDue(s.ctx, perTick)
			if err != nil {
				return err
			}
			for i := range due {
				if err := s.bring(&due[i]); err != nil {
					return err
				}
			}
			late, err := s.remindOfGrants()
			more = len(due) == perTick || late == perTick
			return err
		})
		if err != nil || !more {
			return err
		}
	}
}

// bring does what time brings for one request.
func (s *session) bring(r *grants.Request) error {
	switch {
	case r.Kind == grants.KindBreakGlass && r.Outcome == grants.Approved:
		return s.remindOfReview(r)
	case r.Outcome != "":
		r.RemindAt = time.Time{}
		return s.tx.SaveRequests(s.ctx, []*grants.Request{r})
	case !r.Open(s.now):
		r.Outcome, r.DecidedAt, r.DecidedBy, r.RemindAt = grants.Expired, r.ExpiresAt, s.actor.Name, time.Time{}
		if err := s.tx.SaveRequests(s.ctx, []*grants.Request{r}, s.event("request.expired", "user:"+r.User, map[string]any{"request": r.ID, "group": r.Group})); err != nil {
			return err
		}
		return s.tell(grants.NoticeExpired, r, nil, s.concerned(r))
	}
	m, err := s.load(r)
	if err != nil {
		return err
	}
	if m.Policy == nil {
		r.RemindAt = r.ExpiresAt
		return s.tx.SaveRequests(s.ctx, []*grants.Request{r})
	}
	v := approval.Judge(m, s.people)
	kind := grants.NoticeReminder
	stage := m.Policy.Stages()[v.Stage]
	if stage.EscalateAfter > 0 && r.Escalated <= v.Stage && !s.now.Before(v.Since.Add(stage.EscalateAfter)) {
		kind, r.Escalated = grants.NoticeEscalated, v.Stage+1
	}
	r.RemindAt = s.reminder(m, v)
	if err := s.tx.SaveRequests(s.ctx, []*grants.Request{r}); err != nil {
		return err
	}
	return s.tell(kind, r, nil, s.silent(m, v))
}

// silent are those who may decide on the stage that is open and have not.
func (s *session) silent(m approval.Matter, v approval.Verdict) []int64 {
	return slices.DeleteFunc(m.Panel(v, s.people), func(n int64) bool {
		return slices.ContainsFunc(m.Votes, func(vote grants.Vote) bool {
			void := slices.ContainsFunc(v.Void, func(x approval.Void) bool { return x.Vote == vote })
			return vote.ByN == n && vote.Stage == v.Stage && !void
		})
	})
}

// firstReminder is when those who decide on a new request are told again.
func (s *session) firstReminder(r *grants.Request) time.Time {
	m, err := s.load(r)
	if err != nil || m.Policy == nil {
		return time.Time{}
	}
	return s.reminder(m, approval.Verdict{Since: s.now})
}

// reminder is when those who decide on a stage are told next: after RemindAfter since
// now, when it is handed on to others, and when the request expires.
func (s *session) reminder(m approval.Matter, v approval.Verdict) time.Time {
	stage := m.Policy.Stages()[v.Stage]
	after := stage.RemindAfter
	if after == 0 {
		after = m.Policy.Patience() / 3
	}
	next := s.now.Add(after)
	if handedOn := v.Since.Add(stage.EscalateAfter); stage.EscalateAfter > 0 && handedOn.After(s.now) {
		next = earlier(next, handedOn)
	}
	return earlier(next, m.Request.ExpiresAt)
}

func (s *session) remindOfReview(r *grants.Request) error {
	if !r.Review.At.IsZero() {
		r.RemindAt = time.Time{}
		return s.tx.SaveRequests(s.ctx, []*grants.Request{r})
	}
	r.RemindAt = s.now.Add(reviewReminder)
	if err := s.tx.SaveRequests(s.ctx, []*grants.Request{r}); err != nil {
		return err
	}
	m, err := s.load(r)
	if err != nil {
		return err
	}
	return s.tell(grants.NoticeUnreviewed, r, nil, s.watchers(m))
}

// remindOfGrants tells of grants that end soon, and of those that should be gone.
func (s *session) remindOfGrants() (int, error) {
	due, err := s.tx.GrantsToRemind(s.ctx, perTick)
	if err != nil {
		return 0, err
	}
	for i := range due {
		g := &due[i]
		g.RemindAt = time.Time{}
		kind, users := "", []int64{g.UserN}
		switch {
		case !g.SettledAt.IsZero():
		case g.IsOver(s.now):
			kind, g.RemindAt = grants.NoticeOverdue, s.now.Add(overdueReminder)
			users = s.ownersOf(g)
		case g.State(s.now) == grants.Active:
			kind = grants.NoticeEnding
		}
		if err := s.tx.SaveGrants(s.ctx, []*grants.Grant{g}); err != nil {
			return 0, err
		}
		if kind == "" {
			continue
		}
		if err := s.tell(kind, nil, g, users); err != nil {
			return 0, err
		}
	}
	return len(due), nil
}

// ownersOf are those who answer for what a grant left behind.
func (s *session) ownersOf(g *grants.Grant) []int64 {
	definition, _ := s.engine.Group(g.Group)
	m := s.matter(&grants.Request{UserN: g.UserN, Group: g.Group}, definition, s.engine.Request(g.Group))
	return s.watchers(m)
}

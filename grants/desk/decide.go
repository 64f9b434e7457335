package desk

import (
	"context"
	"slices"
	"strings"
	"time"

	"birthright/grants"
	"birthright/grants/approval"
	"birthright/internal/duration"
	"birthright/internal/tracing"
	"birthright/rules"
	"birthright/store"
)

// Answer is what became of an approval or a denial.
type Answer struct {
	Request Request
	// Already is set where nothing changed: the actor had said the same before, or
	// others had approved it meanwhile.
	Already bool
}

// Decision is somebody's answer to a request.
type Decision struct {
	Approve bool
	Note    string
	// Revision is that of the request that was looked at: one that was changed since
	// is not decided on. 0 for whatever it says now.
	Revision int
}

// Approve and Deny answer a request. A denial needs a reason.
func (d *Desk) Approve(ctx context.Context, a approval.Actor, id, note string) (Answer, error) {
	return d.Decide(ctx, a, id, Decision{Approve: true, Note: note})
}

// Deny is Approve's opposite.
func (d *Desk) Deny(ctx context.Context, a approval.Actor, id, reason string) (Answer, error) {
	return d.Decide(ctx, a, id, Decision{Note: reason})
}

// Decide is Approve or Deny.
func (d *Desk) Decide(ctx context.Context, a approval.Actor, id string, w Decision) (out Answer, err error) {
	ctx, span := tracing.Start(ctx, "decide on a request")
	defer func() { span.End(err) }()
	err = d.update(ctx, a, func(s *session) error {
		r, err := s.tx.RequestByID(s.ctx, id)
		if err != nil {
			return err
		}
		if out.Already, err = s.answer(&r, w.Approve, w.Revision, strings.TrimSpace(w.Note)); err != nil {
			return err
		}
		out.Request, err = s.describeOne(r)
		return err
	})
	if err == nil {
		span.Request(out.Request.ID)
		span.Outcome(string(out.Request.State))
	}
	return out, err
}

// answer takes one vote, and reports whether it changed nothing.
func (s *session) answer(r *grants.Request, approve bool, revision int, note string) (already bool, err error) {
	m, err := s.load(r)
	if err != nil {
		return false, err
	}
	if already, err := s.late(m, approve); already || err != nil {
		return already, err
	}
	if m.Policy == nil {
		return false, conflict("", "the policy does not let %s be asked for any more", r.Group)
	}
	verdict := approval.Judge(m, s.people)
	standing := approval.Standing{For: []int64{0}}
	if !s.actor.Operator {
		standing = m.Standing(s.actor.UserN, verdict, s.people)
		relation := approval.Relation{
			Beneficiary: s.actor.UserN == r.UserN, Requester: s.actor.UserN == r.ByN, Approver: len(standing.For) > 0,
		}
		if err := s.mayDecide(relation, standing); err != nil {
			return false, err
		}
	}
	if revision != 0 && revision != r.Revision {
		return false, conflict("look at it again", "%s was changed since you looked at it", r.ID)
	}
	if s.voted(m, verdict, approve) {
		if verdict.State == grants.Pending {
			return true, nil
		}
		return false, s.conclude(m, verdict, note) // others' votes count again that did not
	}
	if !approve && note == "" {
		return false, wrong("reason", "--reason TEXT", "a denial needs a reason")
	}
	vote := grants.Vote{
		RequestN: r.N, ByN: s.actor.UserN, By: s.actor.Name, For: s.principal(m, verdict, standing), Stage: verdict.Stage, Approve: approve,
		Note: note, At: s.now, Revision: r.Revision, Terms: m.Terms,
	}
	word := "request.voted"
	detail := map[string]any{"request": r.ID, "group": r.Group, "approve": approve, "note": note, "stage": verdict.Stage + 1}
	if vote.For != vote.ByN {
		detail["for"] = strings.Join(s.people.names([]int64{vote.For}), "")
	}
	if err := s.tx.AddVote(s.ctx, vote, s.event(word, "user:"+r.User, detail)); err != nil {
		return false, err
	}
	m.Votes = append(m.Votes, vote)
	return false, s.conclude(m, verdict, note)
}

// mayDecide refuses with what the standing says, which is more than May knows.
func (s *session) mayDecide(r approval.Relation, standing approval.Standing) error {
	why := approval.May(s.actor, approval.Decide, r)
	if why == "" {
		return nil
	}
	if standing.Why != "" && !r.Beneficiary && !r.Requester {
		why = standing.Why
	}
	return refused("you cannot decide on it: %s", why)
}

// late says what it means to answer a request that is not open: nothing, where it is
// as the actor wants it. Only those hear it who might have decided.
func (s *session) late(m approval.Matter, approve bool) (already bool, err error) {
	r := m.Request
	state := r.State(s.now)
	if state == grants.Pending {
		return false, nil
	}
	if !s.actor.Operator {
		asked := approval.Relation{Beneficiary: s.actor.UserN == r.UserN, Requester: s.actor.UserN == r.ByN, Approver: s.consulted(m)}
		if err := s.may(approval.Decide, asked); err != nil {
			return false, err
		}
	}
	switch {
	case state == grants.Approved && approve, state == grants.Denied && !approve:
		return true, nil
	case state == grants.Approved:
		return false, conflict("revoke its grant instead: `birthright grants` shows it", "%s was approved at %s by %s", r.ID, moment(r.DecidedAt), r.DecidedBy)
	case state == grants.Expired:
		return false, conflict("it has to be asked for anew", "%s expired at %s: nobody had decided on it", r.ID, moment(r.ExpiresAt))
	default:
		return false, conflict("it has to be asked for anew", "%s was %s at %s by %s", r.ID, state, moment(r.DecidedAt), r.DecidedBy)
	}
}

// voted reports whether the actor has given this very answer, and it counts.
func (s *session) voted(m approval.Matter, v approval.Verdict, approve bool) bool {
	void := func(vote grants.Vote) bool {
		return slices.ContainsFunc(v.Void, func(x approval.Void) bool { return x.Vote == vote })
	}
	return slices.ContainsFunc(m.Votes, func(vote grants.Vote) bool {
		return vote.ByN == s.actor.UserN && vote.By == s.actor.Name && vote.Stage == v.Stage && vote.Approve == approve && !void(vote)
	})
}

// principal is in whose place the actor answers: the first of those whose voice has
// not been heard.
func (s *session) principal(m approval.Matter, v approval.Verdict, standing approval.Standing) int64 {
	for _, n := range standing.For {
		heard := slices.ContainsFunc(m.Votes, func(vote grants.Vote) bool {
			return vote.Stage == v.Stage && vote.For == n && vote.Revision == m.Request.Revision && vote.Terms == m.Terms
		})
		if !heard {
			return n
		}
	}
	return standing.For[0]
}

// conclude does what the votes come to.
func (s *session) conclude(m approval.Matter, before approval.Verdict, note string) error {
	r := m.Request
	v := approval.Judge(m, s.people)
	switch {
	case v.State == grants.Denied:
		r.Outcome, r.DecidedAt, r.DecidedBy, r.Note, r.RemindAt = grants.Denied, s.now, s.actor.Name, note, time.Time{}
		if err := s.tx.SaveRequests(s.ctx, []*grants.Request{r}, s.event("request.denied", "user:"+r.User, map[string]any{"request": r.ID, "group": r.Group, "reason": note})); err != nil {
			return err
		}
		return s.tell(grants.NoticeDenied, r, nil, s.concerned(r))
	case v.State == grants.Approved:
		r.DecidedBy, r.Note = s.actor.Name, note
		if err := s.fits(m); err != nil {
			return err
		}
		return s.approve(m)
	case v.Stage != before.Stage:
		r.RemindAt = s.reminder(m, v)
		if err := s.tx.SaveRequests(s.ctx, []*grants.Request{r}); err != nil {
			return err
		}
		return s.tell(grants.NoticeWaiting, r, nil, m.Panel(v, s.people))
	}
	return s.tell(grants.NoticeVoted, r, nil, nil)
}

// concerned are those who wait for an answer.
func (s *session) concerned(r *grants.Request) []int64 {
	out := []int64{r.UserN}
	if r.ByN != 0 && r.ByN != r.UserN {
		out = append(out, r.ByN)
	}
	return out
}

// approve makes the request approved, and what follows from it: a grant, or a longer
// one.
func (s *session) approve(m approval.Matter) error {
	r := m.Request
	r.Outcome, r.DecidedAt, r.RemindAt = grants.Approved, s.now, time.Time{}
	detail := map[string]any{"request": r.ID, "group": r.Group, "for": duration.Format(r.Duration)}
	if r.Auto != "" {
		detail["because"] = r.Auto
	}
	event := s.event("request.approved", "user:"+r.User, detail)
	if r.Kind == grants.KindExtension {
		if err := s.lengthen(m); err != nil {
			return err
		}
		return s.tx.SaveRequests(s.ctx, []*grants.Request{r}, event)
	}
	g := grants.New(r, "", s.now, m.Policy.ActivationLimit())
	if r.Auto != "" {
		if err := s.bind(&g, m); err != nil {
			return err
		}
	}
	if err := s.tx.AddGrant(s.ctx, &g, event); err != nil {
		return err
	}
	if err := s.tx.SaveRequests(s.ctx, []*grants.Request{r}); err != nil {
		return err
	}
	if err := s.tell(grants.NoticeApproved, r, &g, s.concerned(r)); err != nil {
		return err
	}
	return s.work(&g, false)
}

// work has the run look at who has a grant. A grant that is still ahead needs nobody
// until it begins.
func (s *session) work(g *grants.Grant, removal bool) error {
	if g.StartsAt.After(s.now) && !removal {
		return nil
	}
	return s.tx.EnqueueWork(s.ctx, []store.Work{{UserN: g.UserN, Removal: removal}})
}

// mostTurns bounds how many shifts and tickets are looked at ahead.
const mostTurns = 16

// bind ties a grant that the policy gave to what it gave it for: where the condition
// asks for a shift or a ticket it must stay true, and the grant ends with it.
func (s *session) bind(g *grants.Grant, m approval.Matter) error {
	c := m.Policy.AutoApprove
	if !c.Lapses() {
		return nil
	}
	in, err := s.inquiry(m.Request)
	if err != nil {
		return err
	}
	g.While = c.Source
	if g.Inputs, err = in.Keep(); err != nil {
		return err
	}
	end, err := s.turnsFalse(c, g.UserN, in)
	if !end.IsZero() {
		g.Bound(end)
	}
	return err
}

// turnsFalse returns when a condition that holds of a user stops to, by the shifts and
// tickets that are known ahead; zero where that is not known.
func (s *session) turnsFalse(c rules.Condition, userN int64, in rules.Inquiry) (time.Time, error) {
	u, _ := s.people.User(userN)
	w, ok := s.people.worldOf(userN)
	if !ok {
		return time.Time{}, s.people.err
	}
	at := s.now
	for range mostTurns {
		if at = w.Facts.NextTurn(u, at); at.IsZero() {
			break
		}
		then := w
		then.At, in.Now = at, at
		if holds, err := s.engine.HoldsOf(c, u, then, in); err != nil || !holds {
			return at, nil //nolint:nilerr // what cannot be told does not hold
		}
	}
	return time.Time{}, nil
}

// tell notes what people are to be told.
func (s *session) tell(kind string, r *grants.Request, g *grants.Grant, users []int64) error {
	users = append([]int64{}, users...)
	slices.Sort(users)
	row := store.NoticeRow{Kind: kind, Users: slices.Compact(users), Data: map[string]any{"actor": s.actor.Name}}
	if r != nil {
		row.RequestN = r.N
	}
	if g != nil {
		row.GrantN = g.N
		if row.RequestN == 0 {
			row.RequestN = g.RequestN
		}
	}
	return s.tx.AddNotices(s.ctx, []store.NoticeRow{row})
}

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

// BreakGlass gives somebody a group at once, in an emergency. Every owner of the group
// is told, and somebody else must look at it afterwards.
func (d *Desk) BreakGlass(ctx context.Context, a approval.Actor, w Wish) (out Request, err error) {
	err = d.update(ctx, a, func(s *session) error {
		r, err := s.breakGlass(w)
		if err != nil {
			return err
		}
		out, err = s.describeOne(*r)
		return err
	})
	return out, err
}

func (s *session) breakGlass(w Wish) (*grants.Request, error) {
	u, err := s.beneficiary(w.User)
	if err != nil {
		return nil, err
	}
	if len(w.Groups) != 1 {
		return nil, wrong("groups", "", "say which group: exactly one")
	}
	group := w.Groups[0]
	definition, _ := s.engine.Group(group)
	policy := s.engine.Request(group)
	if policy == nil || policy.BreakGlass == nil {
		return nil, conflict("`birthright request "+group+"` asks for it in the ordinary way", "the policy of %s has no glass to break", group)
	}
	r := &grants.Request{
		Kind: grants.KindBreakGlass, UserN: u.N, User: u.UserName, ByN: s.actor.UserN, By: s.actor.Name, Group: group,
		Reason: strings.TrimSpace(w.Reason), Ticket: strings.TrimSpace(w.Ticket), Duration: w.For,
		Created: s.now, ExpiresAt: s.now.Add(policy.Patience()), Revision: 1, Terms: s.engine.Terms(group),
	}
	longest := policy.BreakGlass.Longest()
	if r.Duration == 0 {
		r.Duration = longest
	}
	m := s.matter(r, definition, policy)
	verb := approval.BreakGlass
	if r.UserN != s.actor.UserN {
		verb = approval.BreakGlassForOther
	}
	if err := s.may(verb, approval.Relation{Beneficiary: true}); err != nil {
		return nil, err
	}
	switch {
	case u.State != identity.Active:
		return nil, conflict("", "%s is %s and cannot be given anything", u.UserName, u.State)
	case r.Reason == "":
		return nil, wrong("reason", "--reason TEXT", "breaking the glass needs a reason")
	case r.Duration < time.Second || r.Duration > longest:
		return nil, wrong("for", "", "the glass of %s can be broken for %s at most, not for %s", group, duration.Format(longest), duration.Format(r.Duration))
	}
	condition := policy.BreakGlass.Allow
	if condition.IsZero() {
		condition = policy.Allow
	}
	if err := s.allowed(m, condition); err != nil {
		return nil, err
	}
	world, ok := s.people.worldOf(u.N)
	if !ok {
		return nil, s.people.err
	}
	if err := s.notKept(r, u, world); err != nil {
		return nil, err
	}
	return r, s.glassBroken(m)
}

// reviewReminder is how often people are told that nobody has looked at a broken glass.
const reviewReminder = 24 * time.Hour

func (s *session) glassBroken(m approval.Matter) error {
	r := m.Request
	r.Outcome, r.DecidedAt, r.DecidedBy, r.RemindAt = grants.Approved, s.now, "break-glass", s.now.Add(reviewReminder)
	if err := s.tx.AddRequests(s.ctx, []*grants.Request{r}); err != nil {
		return err
	}
	g := grants.New(r, "", s.now, m.Policy.ActivationLimit())
	err := s.tx.AddGrant(s.ctx, &g, s.event("glass.broken", "user:"+r.User,
		map[string]any{"request": r.ID, "group": r.Group, "for": duration.Format(r.Duration), "reason": r.Reason}))
	if err != nil {
		return err
	}
	if err := s.tell(grants.NoticeGlass, r, &g, s.watchers(m)); err != nil {
		return err
	}
	return s.work(&g, false)
}

// watchers are the owners of a group and the administrators.
func (s *session) watchers(m approval.Matter) []int64 {
	all := everyone{s.people}
	out := m.OwnersOf(all)
	for _, admin := range s.Admins {
		kind, name, _ := strings.Cut(admin, ":")
		switch kind {
		case "user":
			if n := s.people.Named(name); n != 0 {
				out = append(out, n)
			}
		case "group":
			out = append(out, all.Members(name, 0)...)
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// Examine closes the review of a broken glass: verdict is justified or abuse.
func (d *Desk) Examine(ctx context.Context, a approval.Actor, id, verdict, note string) (Request, error) {
	return d.change(ctx, a, id, func(s *session, r *grants.Request, relation approval.Relation) error {
		if err := s.may(approval.Examine, relation); err != nil {
			return err
		}
		switch {
		case r.Kind != grants.KindBreakGlass:
			return conflict("", "%s did not break any glass", r.ID)
		case verdict != grants.Justified && verdict != grants.Abuse:
			return wrong("verdict", "", "the verdict is %s or %s", grants.Justified, grants.Abuse)
		}
		switch {
		case !r.Review.At.IsZero() && r.Review.Verdict == verdict:
			return nil
		case !r.Review.At.IsZero():
			return conflict("", "%s was reviewed at %s by %s: %s", r.ID, moment(r.Review.At), r.Review.By, r.Review.Verdict)
		}
		r.Review = grants.Review{At: s.now, By: s.actor.Name, Verdict: verdict, Note: strings.TrimSpace(note)}
		r.RemindAt = time.Time{}
		if err := s.tx.SaveRequests(s.ctx, []*grants.Request{r}, s.event("glass.reviewed", "user:"+r.User,
			map[string]any{"request": r.ID, "group": r.Group, "verdict": verdict, "note": note})); err != nil {
			return err
		}
		return s.tell(grants.NoticeReviewed, r, nil, s.concerned(r))
	})
}

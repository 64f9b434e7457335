package desk

import (
	"context"
	"fmt"
	"slices"
	"time"

	"birthright/grants"
	"birthright/grants/approval"
	"birthright/internal/duration"
	"birthright/store"
)

// Step is something that happened to a grant, or will.
type Step struct {
	At    time.Time
	What  string // "approved", "it is on every target" …
	By    string // as the audit log writes it; "" where nobody did it
	Note  string
	Good  bool
	Bad   bool
	Ahead bool
}

// Course is a grant with the request behind it, and how it went.
type Course struct {
	Viewer string
	Handle
	// Behind is the request that it came of.
	Behind Request
	Steps  []Step
	// Subject is what it gives.
	Subject Subject
}

// Course shows a grant from the request to its end.
func (d *Desk) Course(ctx context.Context, a approval.Actor, id string) (out Course, err error) {
	err = d.view(ctx, a, func(s *session) error {
		g, m, err := s.grant(id)
		if err != nil {
			return err
		}
		if err := s.maySee(m); err != nil {
			return err
		}
		out = Course{Viewer: s.actor.Name, Subject: s.subject(g.Group)}
		handles, err := s.handles([]grants.Grant{g})
		if err != nil {
			return err
		}
		out.Handle = handles[0]
		if out.Behind, err = s.describeOne(*m.Request); err != nil {
			return err
		}
		out.Steps, err = s.steps(&g, m)
		return err
	})
	return out, err
}

// steps lists what happened to a grant, oldest first.
func (s *session) steps(g *grants.Grant, m approval.Matter) ([]Step, error) {
	r := m.Request
	out := []Step{{At: r.Created, What: "asked for " + duration.Format(r.Duration), By: r.By, Note: r.Reason}}
	for _, v := range m.Votes {
		out = append(out, Step{At: v.At, What: answered(v.Approve), By: v.By, Note: v.Note, Good: v.Approve, Bad: !v.Approve})
	}
	switch {
	case r.Kind == grants.KindBreakGlass:
		out[0].What, out[0].Bad = "broke the glass for "+duration.Format(r.Duration), true
	case r.Auto != "":
		out = append(out, Step{At: r.DecidedAt, What: "the policy approved it", Note: r.Auto, Good: true})
	}
	longer, err := s.tx.Requests(s.ctx, store.RequestFilter{UserN: g.UserN, Group: g.Group, Kind: grants.KindExtension, From: r.Created})
	if err != nil {
		return nil, err
	}
	for i := range longer {
		if longer[i].Extends == g.N {
			out = append(out, s.extension(&longer[i])...)
		}
	}
	out = append(out, s.turns(g)...)
	if !r.Review.At.IsZero() {
		out = append(out, Step{At: r.Review.At, What: "looked at: " + r.Review.Verdict, By: r.Review.By, Note: r.Review.Note, Bad: r.Review.Verdict == grants.Abuse})
	}
	slices.SortStableFunc(out, func(a, b Step) int { return a.At.Compare(b.At) })
	return out, nil
}

func answered(approve bool) string {
	if approve {
		return "approved"
	}
	return "denied"
}

// extension is what became of the wish to have it for longer.
func (s *session) extension(r *grants.Request) []Step {
	out := []Step{{At: r.Created, What: fmt.Sprintf("asked for %s more (%s)", duration.Format(r.Duration), r.ID), By: r.By, Note: r.Reason}}
	switch state := r.State(s.now); state {
	case grants.Pending:
		return out
	case grants.Approved:
		return append(out, Step{At: r.DecidedAt, What: "longer by " + duration.Format(r.Duration), By: r.DecidedBy, Note: r.Note, Good: true})
	case grants.Expired:
		return append(out, Step{At: r.ExpiresAt, What: "more time: nobody decided", Bad: true})
	default:
		return append(out, Step{At: r.DecidedAt, What: "more time: " + state, By: r.DecidedBy, Note: r.Note, Bad: state == grants.Denied})
	}
}

// turns are what the hub did with it, and what is ahead.
func (s *session) turns(g *grants.Grant) (out []Step) {
	add := func(at time.Time, step Step) {
		if !at.IsZero() {
			step.At, step.Ahead = at, at.After(s.now)
			out = append(out, step)
		}
	}
	if g.BegunAt.IsZero() && g.OverAt.IsZero() {
		add(g.StartsAt, Step{What: "it begins"})
	}
	add(g.BegunAt, Step{What: "it began: on its way to the targets"})
	add(g.ActivatedAt, Step{What: "it is on every target", Good: true})
	switch {
	case !g.OverAt.IsZero():
		add(g.OverAt, Step{What: howOver(g.Over), By: g.OverBy, Note: g.OverReason, Bad: g.Over == grants.OverFailed || g.Over == grants.OverRevoked})
	case !g.ActivatedAt.IsZero():
		add(g.EndsAt, Step{What: "it ends"})
	default:
		add(g.Deadline, Step{What: "it fails unless it is on every target by then"})
	}
	if !g.BegunAt.IsZero() {
		add(g.SettledAt, Step{What: "nothing of it is left on any target", Good: true})
	}
	return out
}

// howOver says how a grant ended.
func howOver(how string) string {
	words := map[string]string{
		grants.OverByTime: "its time was up", grants.OverReturned: "given back", grants.OverRevoked: "taken away", grants.OverFailed: "it failed",
		grants.OverLifecycle: "ended: who had it may hold nothing any more", grants.OverLapsed: "ended with the shift or ticket that it was given for",
		grants.OverGone: "ended: the policy has no such group any more",
	}
	if said, known := words[how]; known {
		return said
	}
	return "ended: " + how
}

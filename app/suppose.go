package app

import (
	"cmp"
	"context"
	"slices"
	"time"

	"birthright/identity"
	"birthright/rules"
)

// Supposition is a person who is not there, or not like that.
type Supposition struct {
	// User is who is different, "" for somebody new; People the file to find this
	// person in instead of the directory.
	User, People string
	// Name is what somebody new is called.
	Name string
	// Set holds attributes; one without values is taken away.
	Set map[string][]string
	// State, if set, is where in the lifecycle.
	State identity.State
	// Schedules and Queues are those in which the person is on call, or has a
	// ticket, besides what is known.
	Schedules, Queues []string
	// At is the instant, zero for now.
	At time.Time
}

// Supposed is what a person would get. Today is what the same person gets as
// things are, nil for somebody new.
type Supposed struct {
	User     identity.User
	At       time.Time
	Decision rules.Decision
	Today    *rules.Decision
}

// Suppose decides about somebody as if.
func (a *App) Suppose(ctx context.Context, s Supposition) (out Supposed, err error) {
	fresh := identity.User{UserName: cmp.Or(s.Name, "somebody"), State: identity.Active}
	if s.User == "" && s.People == "" && !s.needsManagers(a.Engine()) {
		return a.suppose(s, fresh, rules.World{At: a.Now(), Facts: rules.Nothing{}}), nil
	}
	if s.People == "" {
		if err := a.Connect(ctx); err != nil {
			return out, err
		}
	}
	err = a.among(ctx, s.People, func(p people) error {
		u := fresh
		if s.User != "" {
			if u, err = find(ctx, p, s.User); err != nil {
				return err
			}
		}
		now, err := p.world(ctx, u)
		if err != nil {
			return err
		}
		then, err := p.world(ctx, moved(u, s.Set, now.At))
		if err != nil {
			return err
		}
		out = a.suppose(s, u, then)
		if s.User != "" {
			today := a.Engine().Decide(u, now)
			out.Today = &today
		}
		return nil
	})
	return out, err
}

// needsManagers reports whether the directory must be asked who is above somebody new.
func (s Supposition) needsManagers(engine *rules.Engine) bool {
	return len(s.Set[identity.AttrManager]) > 0 && len(engine.Policy().Asks().Managers) > 0
}

// suppose decides about u as s has it.
func (a *App) suppose(s Supposition, u identity.User, w rules.World) Supposed {
	if !s.At.IsZero() {
		w.At = s.At
	}
	u = moved(u, s.Set, w.At)
	if s.State != "" {
		u.State = s.State
	}
	w.Facts = supposedFacts{w.Facts, s.Schedules, s.Queues}
	return Supposed{User: u, At: w.At, Decision: a.Engine().Decide(u, w)}
}

// supposedFacts adds shifts and tickets to those that are known.
type supposedFacts struct {
	rules.Facts
	schedules, queues []string
}

func (f supposedFacts) OnCall(u identity.User, schedule string, at time.Time) bool {
	return slices.Contains(f.schedules, schedule) || f.Facts.OnCall(u, schedule, at)
}

func (f supposedFacts) HasTicket(u identity.User, queue string, at time.Time) bool {
	return slices.Contains(f.queues, queue) || f.Facts.HasTicket(u, queue, at)
}

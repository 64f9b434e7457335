package trial

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
	// User is who is different, "" for somebody new.
	User string `json:"user,omitempty"`
	// Name is what somebody new is called.
	Name string `json:"name,omitempty"`
	// Set holds attributes; one without values is taken away.
	Set map[string][]string `json:"set,omitempty"`
	// State, if set, is where in the lifecycle.
	State identity.State `json:"state,omitempty"`
	// Schedules and Queues are those in which the person is on call, or has a
	// ticket, besides what is known.
	Schedules []string `json:"schedules,omitempty"`
	Queues    []string `json:"queues,omitempty"`
	// At is the instant, zero for now.
	At time.Time `json:"at,omitzero"`
}

// Supposed is what a person would get. Today is what the same person gets as
// things are, nil for somebody new.
type Supposed struct {
	User     identity.User
	At       time.Time
	Decision rules.Decision
	Today    *rules.Decision
}

// Alone reports whether nobody else needs to be known to decide about the person.
func (s Supposition) Alone(engine *rules.Engine) bool {
	return s.User == "" && (len(s.Set[identity.AttrManager]) == 0 || len(engine.Policy().Asks().Managers) == 0)
}

// SupposeAlone decides about somebody new, of whom nobody else knows.
func SupposeAlone(engine *rules.Engine, s Supposition, now time.Time) Supposed {
	return s.decide(engine, s.fresh(), rules.World{At: now, Facts: rules.Nothing{}})
}

// Suppose decides about somebody among people as if.
func Suppose(ctx context.Context, p People, engine *rules.Engine, s Supposition) (out Supposed, err error) {
	u := s.fresh()
	if s.User != "" {
		if u, err = find(ctx, p, s.User); err != nil {
			return out, err
		}
	}
	now, err := p.world(ctx, engine, u)
	if err != nil {
		return out, err
	}
	then, err := p.world(ctx, engine, moved(u, s.Set, now.At))
	if err != nil {
		return out, err
	}
	out = s.decide(engine, u, then)
	if s.User != "" {
		today := engine.Decide(u, now)
		out.Today = &today
	}
	return out, nil
}

func (s Supposition) fresh() identity.User {
	return identity.User{UserName: cmp.Or(s.Name, "somebody"), State: identity.Active}
}

// decide decides about u as s has it.
func (s Supposition) decide(engine *rules.Engine, u identity.User, w rules.World) Supposed {
	if !s.At.IsZero() {
		w.At = s.At
	}
	u = moved(u, s.Set, w.At)
	if s.State != "" {
		u.State = s.State
	}
	w.Facts = supposedFacts{w.Facts, s.Schedules, s.Queues}
	return Supposed{User: u, At: w.At, Decision: engine.Decide(u, w)}
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

package desk

import (
	"context"
	"errors"
	"fmt"
	"time"

	"birthright/audit"
	"birthright/grants"
	"birthright/grants/approval"
	"birthright/identity"
	"birthright/rules"
	"birthright/store"
)

// Options are what a Desk needs.
type Options struct {
	Store *store.DB
	// Engine returns the policy in force.
	Engine func() *rules.Engine
	// World returns what conditions may ask about a user, without what grants add.
	World func(ctx context.Context, tx *store.Tx, u identity.User) (rules.World, error)
	// Admins are those who may do everything, Auditors those who may read everything:
	// "user:NAME" or "group:NAME".
	Admins, Auditors []string
	// Wake hints that there is work for the run; nil for nobody.
	Wake func()
}

// Desk handles requests. It is safe for concurrent use.
type Desk struct {
	Options
	shelf shelf
}

// New returns a Desk.
func New(o Options) *Desk {
	if o.Wake == nil {
		o.Wake = func() {}
	}
	return &Desk{Options: o}
}

// Operator is the actor who works on the machine with the database.
func Operator(name string) approval.Actor { return approval.Actor{Name: name, Operator: true} }

// Actor returns the user of that name as one who acts, as the directory has them now.
// Whoever has left or is suspended is refused only when they do, or look at, something.
func (d *Desk) Actor(ctx context.Context, userName string) (a approval.Actor, err error) {
	err = d.Store.View(ctx, func(tx *store.Tx) error {
		u, err := tx.UserByName(ctx, userName)
		a = approval.Actor{UserN: u.N, Name: "user:" + u.UserName}
		return err
	})
	return a, err
}

// session is one transaction on behalf of one actor.
type session struct {
	*Desk
	ctx    context.Context //nolint:containedctx // it lives as long as one call
	tx     *store.Tx
	engine *rules.Engine
	people *people
	actor  approval.Actor
	now    time.Time
	asked  map[int64][]grants.Request // what users asked for lately
}

// session looks at the actor as of this moment: whoever was suspended a moment ago
// does nothing any more.
func (d *Desk) session(ctx context.Context, tx *store.Tx, a approval.Actor) (*session, error) {
	s := &session{Desk: d, ctx: ctx, tx: tx, engine: d.Engine(), actor: a, now: tx.Now(), asked: map[int64][]grants.Request{}}
	s.people = newPeople(ctx, tx, s.engine, d.World)
	if a.UserN == 0 {
		return s, nil
	}
	u, known := s.people.User(a.UserN)
	if !known {
		return nil, s.people.or(refused("there is no such user"))
	}
	s.actor.Name, s.actor.State = "user:"+u.UserName, u.State
	if why := approval.Away(u.State); why != "" {
		return nil, refused("%s", why)
	}
	s.actor.Admin = s.actor.Admin || s.people.among(d.Admins, &u)
	s.actor.Auditor = s.actor.Auditor || s.people.among(d.Auditors, &u)
	return s, s.people.err
}

// update runs fn for an actor in one transaction and then wakes the run.
func (d *Desk) update(ctx context.Context, a approval.Actor, fn func(s *session) error) error {
	err := d.Store.Update(ctx, func(tx *store.Tx) error {
		s, err := d.session(ctx, tx, a)
		if err != nil {
			return err
		}
		return s.people.or(fn(s))
	})
	if err == nil {
		d.Wake()
	}
	return err
}

// view runs fn for an actor in one snapshot.
func (d *Desk) view(ctx context.Context, a approval.Actor, fn func(s *session) error) error {
	return d.Store.View(ctx, func(tx *store.Tx) error {
		s, err := d.session(ctx, tx, a)
		if err != nil {
			return err
		}
		return s.people.or(fn(s))
	})
}

// may refuses what the actor may not do.
func (s *session) may(v approval.Verb, r approval.Relation) error {
	if why := approval.May(s.actor, v, r); why != "" {
		return &identity.Error{Kind: identity.Denied, Op: string(v), Err: errors.New(why)}
	}
	return nil
}

func (s *session) event(action, subject string, detail map[string]any) audit.Event {
	if s.actor.Via != "" {
		detail["via"] = s.actor.Via
	}
	return audit.Event{Actor: s.actor.Name, Action: action, Subject: subject, Detail: detail}
}

func refused(format string, args ...any) error {
	return &identity.Error{Kind: identity.Denied, Err: fmt.Errorf(format, args...)}
}

// wrong is an error about one part of the input. The hint says how it is given on the
// command line, "" for not at all.
func wrong(field, hint, format string, args ...any) error {
	return &identity.Error{Kind: identity.Invalid, Field: field, Err: fmt.Errorf(format, args...), Hint: hint}
}

func conflict(hint, format string, args ...any) error {
	return &identity.Error{Kind: identity.Conflict, Err: fmt.Errorf(format, args...), Hint: hint}
}

// moment writes an instant for people.
func moment(t time.Time) string { return t.UTC().Format("2006-01-02 15:04:05 MST") }

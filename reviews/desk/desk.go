package desk

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"birthright/audit"
	"birthright/grants/approval"
	requests "birthright/grants/desk"
	"birthright/identity"
	"birthright/reviews"
	"birthright/reviews/campaign"
	"birthright/rules"
	"birthright/rules/population"
	"birthright/store"
)

// Options are what a Desk needs.
type Options struct {
	Store *store.DB
	// Grants is where requests are handled: it knows who people are, and ends and gives
	// grants.
	Grants *requests.Desk
	// Engine returns the policy in force.
	Engine func() *rules.Engine
	// Everybody loads all people, as far as these policies read them, and what conditions may
	// ask about them; each sees every user on the way.
	Everybody func(ctx context.Context, tx *store.Tx, each func(*identity.User) error, engines ...*rules.Engine) (*population.Population, rules.World, error)
	// Admins are those who may do everything: "user:NAME" or "group:NAME".
	Admins []string
	// Wake hints that there is work for the run; nil for nobody.
	Wake func()
}

// Desk handles access reviews. It is safe for concurrent use.
type Desk struct{ Options }

// New returns a Desk.
func New(o Options) *Desk {
	if o.Wake == nil {
		o.Wake = func() {}
	}
	return &Desk{o}
}

// hub is who does what time brings.
const hub = "hub"

// session is one transaction on behalf of one actor.
type session struct {
	*Desk
	*requests.Presence
	ctx    context.Context //nolint:containedctx // it lives as long as one call
	tx     *store.Tx
	engine *rules.Engine
	now    time.Time

	panels map[int64]reviews.Panel
	owners map[identity.Entitlement][]string // of entitlements, once somebody asks
}

func (d *Desk) session(ctx context.Context, tx *store.Tx, a approval.Actor) (*session, error) {
	p, err := d.Grants.Present(ctx, tx, a)
	if err != nil {
		return nil, err
	}
	return &session{
		Desk: d, Presence: p, ctx: ctx, tx: tx, engine: d.Engine(), now: tx.Now(),
		panels: map[int64]reviews.Panel{},
	}, nil
}

// update runs fn for an actor in one transaction and then wakes the run.
func (d *Desk) update(ctx context.Context, a approval.Actor, fn func(s *session) error) error {
	err := d.Store.Update(ctx, func(tx *store.Tx) error { return d.in(ctx, tx, a, fn) })
	if err == nil {
		d.Wake()
	}
	return err
}

// view runs fn for an actor in one snapshot.
func (d *Desk) view(ctx context.Context, a approval.Actor, fn func(s *session) error) error {
	return d.Store.View(ctx, func(tx *store.Tx) error { return d.in(ctx, tx, a, fn) })
}

func (d *Desk) in(ctx context.Context, tx *store.Tx, a approval.Actor, fn func(s *session) error) error {
	s, err := d.session(ctx, tx, a)
	if err != nil {
		return err
	}
	return s.Or(fn(s))
}

// may refuses what the actor may not do.
func (s *session) may(v campaign.Verb, r campaign.Relation) error {
	if why := campaign.May(s.Actor, v, r); why != "" {
		return &identity.Error{Kind: identity.Denied, Op: string(v), Err: errors.New(why)}
	}
	return nil
}

// ownerOf reports whether the actor answers for a campaign.
func (s *session) ownerOf(c *reviews.Campaign) bool {
	if s.Actor.UserN == 0 || c.Owner == "" {
		return false
	}
	owners, _ := campaign.Asked(campaign.Chain(&reviews.Campaign{Stages: []reviews.Stage{{Reviewers: []string{c.Owner}}}}, 0, campaign.About{}, nil, s), 0, s)
	return slices.Contains(owners, s.Actor.UserN) || c.By == s.Actor.Name
}

func (s *session) event(action, subject string, detail map[string]any) audit.Event {
	if s.Actor.Via != "" {
		detail["via"] = s.Actor.Via
	}
	return audit.Event{Actor: s.Actor.Name, Action: action, Subject: subject, Detail: detail}
}

// subjectOf is whose access an item is, as the audit log writes it.
func subjectOf(i *reviews.Item) string {
	if identity.IsStranger(i.UserN) {
		return "account:" + i.Entitlement.Target + "/" + i.Account
	}
	return "user:" + i.User
}

// wrong is an error about one part of the input. The hint says how it is given on the
// command line, "" for not at all.
func wrong(field, hint, format string, args ...any) error {
	return &identity.Error{Kind: identity.Invalid, Field: field, Err: fmt.Errorf(format, args...), Hint: hint}
}

func conflict(hint, format string, args ...any) error {
	return &identity.Error{Kind: identity.Conflict, Err: fmt.Errorf(format, args...), Hint: hint}
}

// Faults are why some items cannot be decided on: nothing was changed.
type Faults []Fault

// Error lists the first of them.
func (f Faults) Error() string {
	const most = 5
	var lines []string
	for _, one := range f[:min(len(f), most)] {
		lines = append(lines, fmt.Sprintf("%s (%s): %s", one.Item, one.What, one.Why))
	}
	if len(f) > most {
		lines = append(lines, fmt.Sprintf("and %d more", len(f)-most))
	}
	return strings.Join(lines, "; ")
}

// moment writes an instant for people.
func moment(t time.Time) string { return t.UTC().Format("2006-01-02 15:04:05 MST") }

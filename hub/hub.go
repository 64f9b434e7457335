package hub

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"strconv"
	"sync"
	"time"

	"birthright/audit"
	"birthright/grants/approval"
	"birthright/grants/desk"
	"birthright/identity"
	"birthright/intake"
	"birthright/internal/ids"
	"birthright/live"
	"birthright/reconcile"
	"birthright/rights"
	"birthright/rules"
	"birthright/rules/analysis"
	"birthright/store"
)

// Options are what a Hub needs.
type Options struct {
	Store *store.DB
	// Desk tells who an actor is at a moment.
	Desk *desk.Desk
	// Engine returns the policy in force.
	Engine func() *rules.Engine
	Runner *reconcile.Runner
	// Targets are the names of the configured targets, in their order; TargetKinds say
	// more of each, by name.
	Targets     []string
	TargetKinds map[string]TargetSetting
	// Sources are the configured sources, in their order.
	Sources []SourceSetting
	// Talk keeps what sources that push said; nil where nobody listens.
	Talk Talk
	// RunSync carries a run out, and ReadSources reads sources in: the reports are those of
	// the sources that could be read. Place says whose an ambiguous record is. They are
	// called outside of any transaction.
	RunSync     func(ctx context.Context, req reconcile.Request) (reconcile.Report, error)
	ReadSources func(ctx context.Context, sources []string) ([]intake.Report, []error)
	Place       func(ctx context.Context, heldID, user, actor, reason string) error
	// Live is told what happens in this process, for those who watch.
	Live  *live.Feed
	NewID func() string
	// Endpoints are what tokens can be made for.
	Endpoints Endpoints
	// Rand is where secrets come from.
	Rand io.Reader
	// Reporter makes reports.
	Reporter Reporter
	// Wake hints that there is work for the run; nil for nobody.
	Wake func()
	// Policy is the policy in force with its files; nil knows of none but Engine.
	Policy func() InForce
	// Editable is what people can change about themselves.
	Editable analysis.Editable
	Now      func() time.Time
	Log      *slog.Logger
}

// Hub answers and does. It is safe for concurrent use.
type Hub struct {
	Options
	people residents
	// places reads departments and teams, which pictures and editors of policies need.
	places func() (*rules.Question, error)
	shelf  *shelf
	// archives has room for the evidence that is being gathered: one at a time.
	archives chan struct{}
	orders   orders
}

// New returns a Hub.
func New(o Options) *Hub {
	if o.Wake == nil {
		o.Wake = func() {}
	}
	if o.Policy == nil {
		o.Policy = func() InForce { return InForce{Engine: o.Engine()} }
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Live == nil {
		o.Live = live.New(live.Options{})
	}
	if o.NewID == nil {
		o.NewID = ids.New
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	return &Hub{Options: o, places: sync.OnceValues(placesRead), shelf: newShelf(), archives: make(chan struct{}, 1)}
}

// session is one transaction on behalf of one actor, who is as the directory has them at
// this moment.
type session struct {
	*Hub
	*desk.Presence
	ctx context.Context //nolint:containedctx // it lives as long as one call
	tx  *store.Tx
}

// view runs fn for an actor in one snapshot.
func (h *Hub) view(ctx context.Context, a approval.Actor, fn func(s *session) error) error {
	return h.Store.View(ctx, func(tx *store.Tx) error { return h.in(ctx, tx, a, fn) })
}

// update runs fn for an actor in one transaction, and then wakes the run.
func (h *Hub) update(ctx context.Context, a approval.Actor, fn func(s *session) error) error {
	err := h.Store.Update(ctx, func(tx *store.Tx) error { return h.in(ctx, tx, a, fn) })
	if err == nil {
		h.Wake()
	}
	return err
}

func (h *Hub) in(ctx context.Context, tx *store.Tx, a approval.Actor, fn func(s *session) error) error {
	p, err := h.Desk.Present(ctx, tx, a)
	if err != nil {
		return err
	}
	return p.Or(fn(&session{Hub: h, Presence: p, ctx: ctx, tx: tx}))
}

// may refuses what the actor may not do.
func (s *session) may(v rights.Verb, r rights.Relation) error {
	if why := rights.May(s.Actor, v, r); why != "" {
		return &identity.Error{Kind: identity.Denied, Op: string(v), Err: errors.New(why)}
	}
	return nil
}

// event is something that the actor did, for the audit log.
func (s *session) event(action, subject string, detail map[string]any) audit.Event {
	if s.Actor.Via != "" {
		detail["via"] = s.Actor.Via
	}
	return audit.Event{Actor: s.Actor.Name, Action: action, Subject: subject, Detail: detail}
}

// Page is a part of a list. Next is the position behind it, to be handed in again; "" on
// the last page.
type Page[T any] struct {
	Items []T    `json:"items" nullable:"false"`
	Next  string `json:"next"`
}

// pageOf cuts off what was read beyond a page: one entry more tells that there is more.
func pageOf[T any](found []T, limit int, position func(T) string) Page[T] {
	p := Page[T]{Items: found}
	if found == nil {
		p.Items = []T{}
	}
	if limit > 0 && len(found) > limit {
		p.Items = found[:limit]
		p.Next = position(found[limit-1])
	}
	return p
}

// more is how many to read for a page of so many; 0 for all.
func more(limit int) int {
	if limit == 0 {
		return 0
	}
	return limit + 1
}

// number reads a position that is a number; 0 for "".
func number(position string) (int64, error) {
	if position == "" {
		return 0, nil
	}
	n, err := strconv.ParseInt(position, 10, 64)
	if err != nil || n < 1 {
		return 0, &identity.Error{Kind: identity.Invalid, Field: "cursor", Err: errors.New("cursor: it is none of this hub's")}
	}
	return n, nil
}

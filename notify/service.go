package notify

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"time"

	"birthright/grants/desk"
	"birthright/identity"
	"birthright/store"
)

// Options are what a Service needs.
type Options struct {
	Store *store.DB
	Desk  *desk.Desk
	Ways  []Way
	// PublicURL is how people reach the hub.
	PublicURL string
	Now       func() time.Time
	NewID     func() string
	Log       *slog.Logger
}

// Service tells people. It is safe for concurrent use.
type Service struct {
	Options

	mu    sync.Mutex
	rests map[string]rest // by channel
}

// New returns a Service.
func New(o Options) *Service {
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	return &Service{Options: o, rests: map[string]rest{}}
}

const (
	// every is how often there is a look at what is to be told.
	every = time.Second
	// tidyEvery is how often what was given up long ago is forgotten, keep how long
	// it is kept.
	tidyEvery = time.Hour
	keep      = 30 * 24 * time.Hour
)

// Run tells people until ctx ends. Each channel has lanes of its own, so that a slow
// one keeps nobody else waiting.
func (s *Service) Run(ctx context.Context) {
	var lanes sync.WaitGroup
	lanes.Go(func() { s.repeat(ctx, every, "spread notices", s.Spread) })
	lanes.Go(func() { s.repeat(ctx, tidyEvery, "forget what was given up", s.Tidy) })
	for _, w := range s.Ways {
		for _, lane := range w.lanes() {
			lanes.Go(func() {
				s.repeat(ctx, every, "bring messages by "+w.Name, func(ctx context.Context) error { return s.bringLane(ctx, w, lane) })
			})
		}
	}
	lanes.Wait()
}

func (s *Service) repeat(ctx context.Context, pause time.Duration, what string, do func(context.Context) error) {
	for ctx.Err() == nil {
		if err := do(ctx); err != nil && ctx.Err() == nil {
			s.Log.Error("notify", "doing", what, "error", err)
		}
		timer := time.NewTimer(pause)
		select {
		case <-timer.C:
		case <-ctx.Done():
			timer.Stop()
		}
	}
}

// Work does once what Run repeats: everything that is due is tried.
func (s *Service) Work(ctx context.Context) error {
	if err := s.Spread(ctx); err != nil {
		return err
	}
	return s.BringAll(ctx, s.Ways)
}

// BringAll tries once what is due on some ways, on all of them at once.
func (s *Service) BringAll(ctx context.Context, ways []Way) error {
	faults := make([]error, len(ways))
	var under sync.WaitGroup
	for i, w := range ways {
		under.Go(func() { faults[i] = s.Bring(ctx, w) })
	}
	under.Wait()
	return errors.Join(faults...)
}

// Tidy forgets what was given up long ago, and what channels that are no longer
// configured would have had to bring.
func (s *Service) Tidy(ctx context.Context) error {
	return s.Store.Update(ctx, func(tx *store.Tx) error { return tx.ForgetDeliveries(ctx, tx.Now().Add(-keep)) })
}

// Way returns the channel of that name.
func (s *Service) Way(name string) (Way, error) {
	for _, w := range s.Ways {
		if w.Name == name {
			return w, nil
		}
	}
	return Way{}, &identity.Error{Kind: identity.Invalid, Err: errNoChannel(name), Hint: "the channels are listed under notify in the configuration"}
}

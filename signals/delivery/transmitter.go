package delivery

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"birthright/signals"
	"birthright/signals/signing"
	"birthright/store"
)

// The actions that are written to the audit log.
const (
	SignalSent    = "signal.sent"
	SignalRefused = "signal.refused"
	SignalTested  = "signal.tested"
	SignalRetried = "signal.retried"
	SignalDropped = "signal.dropped"
)

// Receiver is who events are delivered to.
type Receiver struct {
	Name, Audience string
	// Endpoint is where they are pushed; nil for a receiver that polls.
	Endpoint *Endpoint
}

// Options are what a Transmitter works with.
type Options struct {
	Store     *store.DB
	Key       *signing.Key
	Issuer    string // who says it: a URL
	PublicURL string // where receivers reach the hub
	Receivers []Receiver
	Bell      *Bell // rung when something was noted; nil for none
	Now       func() time.Time
	NewID     func() string
	Log       *slog.Logger
	// LongPoll bounds how long a poll waits for something; 0 means 30 seconds.
	LongPoll time.Duration
}

const longPoll = 30 * time.Second

// Transmitter delivers security events. Its methods may be called from any
// goroutine.
type Transmitter struct {
	Options
	polls map[string]chan struct{} // of each receiver that polls: room for requests that wait
	ended chan struct{}            // closed by EndPolls
	end   sync.Once
}

// New returns a Transmitter. It delivers nothing until Run or Deliver is called.
func New(o Options) *Transmitter {
	if o.Bell == nil {
		o.Bell = NewBell()
	}
	if o.LongPoll == 0 {
		o.LongPoll = longPoll
	}
	t := &Transmitter{Options: o, polls: map[string]chan struct{}{}, ended: make(chan struct{})}
	for _, r := range o.Receivers {
		if r.Endpoint == nil {
			t.polls[r.Name] = make(chan struct{}, waitingPolls)
		}
	}
	return t
}

// Run pushes what is due to every receiver that is pushed to, until ctx ends. A
// push that is on its way then is finished and put on record.
func (t *Transmitter) Run(ctx context.Context) {
	var all sync.WaitGroup
	for _, r := range t.Receivers {
		if r.Endpoint != nil {
			all.Go(func() { newLane(t, r).run(ctx) })
		}
	}
	all.Wait()
}

// token signs a signal for a receiver. The claims are the same however often it
// is delivered.
func (t *Transmitter) token(r Receiver, row store.SignalRow) (string, error) {
	claims, err := signals.Claims([]byte(row.Data), signals.Token{ID: row.ID, Issuer: t.Issuer, Audience: r.Audience, IssuedAt: row.Created})
	if err != nil {
		return "", err
	}
	return t.Key.Sign(claims)
}

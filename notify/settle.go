package notify

import (
	"context"
	"errors"
	"time"

	"birthright/audit"
	"birthright/store"
)

const (
	// firstPause is that after the first failure of a delivery; it doubles with each
	// one up to longestPause. patience is how long is tried.
	firstPause   = 10 * time.Second
	longestPause = time.Hour
	patience     = 3 * 24 * time.Hour
	// longestWait bounds what the other side can ask for.
	longestWait = 6 * time.Hour
	// longestRest is that of a channel that is away.
	longestRest = time.Minute
)

// rest is how long a channel is left alone after failures that every message meets.
type rest struct {
	until    time.Time
	failures int
}

func (s *Service) resting(w Way) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.Now().Before(s.rests[w.Name].until)
}

// leaveAlone notes how an attempt went: a channel that fails rests ever longer, and as
// long as the other side asks.
func (s *Service) leaveAlone(w Way, fault *Fault, now time.Time) {
	failed := fault != nil && (fault.Gone || !fault.Alone && !fault.Final)
	s.mu.Lock()
	defer s.mu.Unlock()
	if !failed {
		delete(s.rests, w.Name)
		return
	}
	r := s.rests[w.Name]
	r.failures++
	r.until = now.Add(min(doubled(time.Second, r.failures), longestRest))
	if asked := fault.RetryAt; asked.After(r.until) { // of everybody, not of this message alone
		r.until = earlier(asked, now.Add(longestWait))
	}
	s.rests[w.Name] = r
}

// doubled is first after one failure, and twice as much after each more.
func doubled(first time.Duration, failures int) time.Duration {
	return first << min(max(failures-1, 0), 20)
}

// settle puts down what came of an attempt.
func (s *Service) settle(ctx context.Context, w Way, d store.DeliveryRow, o outcome) error {
	var fault *Fault
	if o.err != nil && !errors.As(o.err, &fault) {
		fault = &Fault{Err: o.err}
	}
	return s.Store.Update(ctx, func(tx *store.Tx) error {
		s.leaveAlone(w, fault, tx.Now())
		if len(o.settled) > 0 {
			if err := tx.DropPosted(ctx, o.settled); err != nil {
				return err
			}
		}
		switch {
		case fault == nil:
			return s.done(ctx, tx, w, d, o)
		case fault.Gone:
			return s.stop(ctx, tx, w, d, fault)
		}
		if err := s.fared(ctx, tx, w, fault, ""); err != nil {
			return err
		}
		if fault.Final || tx.Now().Sub(d.Created) >= patience {
			return s.giveUp(ctx, tx, w, d, fault)
		}
		return tx.DelayDelivery(ctx, d.N, s.due(d, fault, tx.Now()), fault.Error())
	})
}

// due is when a delivery is tried next.
func (s *Service) due(d store.DeliveryRow, f *Fault, now time.Time) time.Time {
	next := now.Add(min(doubled(firstPause, d.Attempts), longestPause))
	if f.RetryAt.After(next) {
		next = f.RetryAt
	}
	return earlier(next, now.Add(longestWait))
}

func earlier(a, b time.Time) time.Time {
	if b.Before(a) {
		return b
	}
	return a
}

// done forgets a delivery that was made. A message with buttons is remembered; one
// that was overtaken while it was on its way is brought up to date at once.
func (s *Service) done(ctx context.Context, tx *store.Tx, w Way, d store.DeliveryRow, o outcome) error {
	if o.skipped == "" {
		if err := s.fared(ctx, tx, w, nil, ""); err != nil {
			return err
		}
	}
	if o.mark != (Mark{}) && o.follows && d.RequestN != 0 {
		p := store.PostedRow{Channel: w.Name, RequestN: d.RequestN, UserN: d.UserN, Kind: d.Kind, Place: o.mark.Place, Mark: o.mark.ID}
		if err := tx.AddPosted(ctx, p); err != nil {
			return err
		}
		r, err := tx.RequestByN(ctx, d.RequestN)
		if err != nil {
			return err
		}
		if !r.Open(tx.Now()) || r.Revision != o.revision {
			again := store.DeliveryRow{Channel: w.Name, Kind: d.Kind, RequestN: d.RequestN, Refresh: true, Story: d.Story}
			if err := tx.AddDeliveries(ctx, []store.DeliveryRow{again}); err != nil {
				return err
			}
		}
	}
	return tx.EndDeliveries(ctx, []int64{d.N})
}

func (s *Service) giveUp(ctx context.Context, tx *store.Tx, w Way, d store.DeliveryRow, f *Fault) error {
	s.Log.Warn("a message is given up", "channel", w.Name, "kind", d.Kind, "delivery", d.ID, "attempts", d.Attempts, "error", f)
	return tx.GiveUpDelivery(ctx, d.N, f.Error(), audit.Event{
		Actor: "hub", Action: "notice.given_up", Subject: "channel:" + w.Name,
		Detail: map[string]any{"delivery": d.ID, "kind": d.Kind, "attempts": d.Attempts, "error": f.Error()},
	})
}

// stop takes the other side's word that it wants nothing more.
func (s *Service) stop(ctx context.Context, tx *store.Tx, w Way, d store.DeliveryRow, f *Fault) error {
	s.Log.Warn("a channel is stopped until its settings change", "channel", w.Name, "error", f)
	if err := s.fared(ctx, tx, w, f, w.Fingerprint()); err != nil {
		return err
	}
	return tx.EndChannel(ctx, w.Name, audit.Event{
		Actor: "hub", Action: "notice.stopped", Subject: "channel:" + w.Name, Detail: map[string]any{"delivery": d.ID, "error": f.Error()},
	})
}

// fared puts down how a channel did; a nil fault is a success.
func (s *Service) fared(ctx context.Context, tx *store.Tx, w Way, f *Fault, stopped string) error {
	states, err := tx.Channels(ctx)
	if err != nil {
		return err
	}
	state := states[w.Name] // the zero value for one that was never tried
	state.Name, state.Stopped = w.Name, stopped
	if f == nil {
		state.SucceededAt = tx.Now()
	} else {
		state.FailedAt, state.LastError = tx.Now(), f.Error()
	}
	return tx.SaveChannel(ctx, state)
}

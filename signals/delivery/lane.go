package delivery

import (
	"context"
	"slices"
	"time"

	"birthright/identity"
	"birthright/store"
)

const (
	// lookEvery is how often a lane looks without being woken: for what another
	// process noted, and as a net under lost wake-ups.
	lookEvery = time.Second
	// lease is for how long a claimed signal is nobody else's: longer than a push
	// may take.
	lease = time.Minute
)

// lane delivers to one receiver, one signal after the other. A receiver that does
// not answer is left alone for a while: until rest, only what was noted after that
// began is tried, since somebody who leaves now is worth an attempt.
type lane struct {
	*Transmitter
	receiver Receiver
	failures int       // times in a row that the receiver was found away
	rest     time.Time // until when it is left alone
	seen     int64     // the last signal that was owed when that began
	tried    []string  // by which signals it was found away
}

func newLane(t *Transmitter, r Receiver) *lane { return &lane{Transmitter: t, receiver: r} }

// run delivers until ctx ends.
func (l *lane) run(ctx context.Context) {
	for ctx.Err() == nil {
		rung := l.Bell.Next()
		if _, err := l.round(ctx); err != nil && ctx.Err() == nil {
			l.Log.Error("signals", "receiver", l.receiver.Name, "error", err)
		}
		timer := time.NewTimer(lookEvery)
		select {
		case <-rung:
		case <-timer.C:
		case <-ctx.Done():
		}
		timer.Stop()
	}
}

// round delivers what is due. When two attempts in a row fail, the receiver is
// taken to be away; a single one that fails, while the next gets through, waits
// by itself.
func (l *lane) round(ctx context.Context) (tally Tally, err error) {
	if due, err := l.due(ctx); err != nil || !due {
		return tally, err
	}
	unlock, err := l.Store.TryLock(ctx, "signals:"+l.receiver.Name)
	if identity.KindOf(err) == identity.Conflict {
		return Tally{Busy: true}, nil
	}
	if err != nil {
		return tally, err
	}
	defer unlock()
	ctx, stopped := context.WithoutCancel(ctx), ctx
	var last *attempt
	for stopped.Err() == nil {
		row, found, err := l.next(ctx, last)
		if err != nil || !found {
			return tally, err
		}
		now := l.try(ctx, row)
		tally.count(now.verdict)
		if now.failed() && (last.failed() || !now.retryAt.IsZero() || l.resting()) {
			return tally, l.leave(ctx, last, now)
		}
		last = now
	}
	return tally, l.Store.Update(ctx, func(tx *store.Tx) error { return l.record(ctx, tx, last) })
}

// resting reports whether the receiver is left alone.
func (l *lane) resting() bool { return l.Now().Before(l.rest) }

// after is the number behind which signals are delivered now.
func (l *lane) after() int64 {
	if l.resting() {
		return l.seen
	}
	return 0
}

func (l *lane) due(ctx context.Context) (due bool, err error) {
	err = l.Store.View(ctx, func(tx *store.Tx) error {
		due, err = tx.SignalsDue(ctx, l.receiver.Name, l.after())
		return err
	})
	return due, err
}

// next puts the last attempt on record and claims the next signal, in one
// transaction. After a failure that is the one that was tried least: does it get
// through, or is the receiver away?
func (l *lane) next(ctx context.Context, last *attempt) (row store.SignalRow, found bool, err error) {
	var waiting []string // that need not wait longer: the receiver is back
	if last != nil && !last.failed() {
		waiting = slices.DeleteFunc(l.tried, func(id string) bool { return id == last.ID })
		l.failures, l.rest, l.tried = 0, time.Time{}, nil
	}
	err = l.Store.Update(ctx, func(tx *store.Tx) error {
		if err := l.record(ctx, tx, last); err != nil {
			return err
		}
		if len(waiting) > 0 {
			if err := tx.RetrySignals(ctx, waiting); err != nil {
				return err
			}
		}
		row, found, err = tx.ClaimSignal(ctx, store.SignalClaim{
			Receiver: l.receiver.Name, Lease: lease, AfterN: l.after(), LeastTried: last.failed(),
		})
		return err
	})
	return row, found, err
}

// leave lets the receiver alone for a while. What was tried is due when that is
// over, so that the order is kept.
func (l *lane) leave(ctx context.Context, attempts ...*attempt) error {
	attempts = slices.DeleteFunc(attempts, func(a *attempt) bool { return !a.failed() }) // the rest is on record
	l.failures++
	l.rest = l.Now().Add(receiverPause(l.failures))
	for _, a := range attempts {
		l.rest = latest(l.rest, a.retryAt)
		if !slices.Contains(l.tried, a.ID) {
			l.tried = append(l.tried, a.ID)
		}
	}
	return l.Store.Update(ctx, func(tx *store.Tx) (err error) {
		for _, a := range attempts {
			a.until = l.rest
			if err := l.record(ctx, tx, a); err != nil {
				return err
			}
		}
		l.seen, err = tx.LastSignal(ctx, l.receiver.Name)
		return err
	})
}

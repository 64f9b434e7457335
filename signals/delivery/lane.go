package delivery

import (
	"context"
	"slices"
	"time"

	"birthright/audit"
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

// lane delivers to one receiver, one signal after the other.
type lane struct {
	*Transmitter
	receiver Receiver
	failures int       // rounds in a row in which the receiver did not answer
	rest     time.Time // until when it is left alone
}

func newLane(t *Transmitter, r Receiver) *lane { return &lane{Transmitter: t, receiver: r} }

// Tally counts what a round came to.
type Tally struct {
	Sent, Refused, Failed int
	// Busy is set where another process delivers to the receiver.
	Busy bool
}

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

// attempt is a signal with what came of it.
type attempt struct {
	store.SignalRow
	verdict
	until time.Time // when a failed one is due again
}

// round delivers what is due. When two attempts in a row fail, the receiver is
// taken to be away and left alone for a while; a single one that fails, while the
// next gets through, waits by itself.
func (l *lane) round(ctx context.Context) (tally Tally, err error) {
	if l.Now().Before(l.rest) {
		return tally, nil
	}
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
		if now.failed() && (last != nil && last.failed() || !now.retryAt.IsZero()) {
			return tally, l.leave(ctx, last, now)
		}
		if !now.failed() {
			l.failures = 0
		}
		last = now
	}
	return tally, l.Store.Update(ctx, func(tx *store.Tx) error { return l.record(ctx, tx, last) })
}

func (t *Tally) count(v verdict) {
	switch {
	case v.err == nil:
		t.Sent++
	case v.refused:
		t.Refused++
	default:
		t.Failed++
	}
}

func (l *lane) due(ctx context.Context) (due bool, err error) {
	err = l.Store.View(ctx, func(tx *store.Tx) error {
		due, err = tx.SignalsDue(ctx, l.receiver.Name)
		return err
	})
	return due, err
}

// next puts the last attempt on record and claims the next signal, in one
// transaction. After a failure that is the one that was tried least: does it get
// through, or is the receiver away?
func (l *lane) next(ctx context.Context, last *attempt) (row store.SignalRow, found bool, err error) {
	err = l.Store.Update(ctx, func(tx *store.Tx) error {
		if err := l.record(ctx, tx, last); err != nil {
			return err
		}
		row, found, err = tx.ClaimSignal(ctx, l.receiver.Name, lease, last != nil && last.failed())
		return err
	})
	return row, found, err
}

// try pushes one signal.
func (l *lane) try(ctx context.Context, row store.SignalRow) *attempt {
	a := &attempt{SignalRow: row}
	token, err := l.token(l.receiver, row)
	if err != nil { // it cannot be read, and never will be
		a.verdict = verdict{err: err, refused: true}
	} else {
		a.verdict = l.receiver.Endpoint.push(ctx, token)
	}
	if a.failed() {
		a.until = latest(l.Now().Add(signalPause(a.Attempts)), a.retryAt)
		l.Log.Warn("a signal was not delivered; it will be tried again",
			"receiver", row.Receiver, "event", row.Event, "signal", row.ID, "attempts", a.Attempts, "error", a.err)
	}
	return a
}

// leave lets the receiver alone for a while. What was tried is due when that is
// over, so that the order is kept.
func (l *lane) leave(ctx context.Context, attempts ...*attempt) error {
	l.failures++
	l.rest = l.Now().Add(receiverPause(l.failures))
	attempts = slices.DeleteFunc(attempts, func(a *attempt) bool { return a == nil || !a.failed() }) // the rest is on record
	for _, a := range attempts {
		l.rest = latest(l.rest, a.retryAt)
	}
	return l.Store.Update(ctx, func(tx *store.Tx) error {
		for _, a := range attempts {
			a.until = l.rest
			if err := l.record(ctx, tx, a); err != nil {
				return err
			}
		}
		return nil
	})
}

// record writes down what came of an attempt; nil is none.
func (l *lane) record(ctx context.Context, tx *store.Tx, a *attempt) error {
	switch {
	case a == nil:
		return nil
	case a.err == nil:
		return tx.EndSignals(ctx, []string{a.ID}, event("hub", SignalSent, a.SignalRow, ""))
	case a.refused:
		l.Log.Error("a signal was refused; see birthright signal list",
			"receiver", a.Receiver, "event", a.Event, "signal", a.ID, "error", a.err)
		return tx.RefuseSignal(ctx, a.ID, a.err.Error(), event("hub", SignalRefused, a.SignalRow, a.err.Error()))
	}
	return tx.DelaySignal(ctx, a.ID, a.until, a.err.Error())
}

// event tells of a signal in the audit log.
func event(actor, action string, row store.SignalRow, reason string) audit.Event {
	e := audit.Event{Actor: actor, Action: action, Subject: "user:" + row.UserName, Detail: map[string]any{
		"receiver": row.Receiver, "event": row.Event, "signal": row.ID, "attempts": row.Attempts,
	}}
	if row.UserName == "" {
		e.Subject = "receiver:" + row.Receiver
	}
	if reason != "" {
		e.Detail["reason"] = reason
	}
	return e
}

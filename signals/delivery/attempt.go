package delivery

import (
	"context"
	"time"

	"birthright/audit"
	"birthright/store"
)

// attempt is a signal with what came of it.
type attempt struct {
	store.SignalRow
	verdict
	until time.Time // when a failed one is due again
}

// failed reports whether there was an attempt that is to be made again.
func (a *attempt) failed() bool { return a != nil && a.verdict.failed() }

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

// Tally counts what a round came to.
type Tally struct {
	Sent, Refused, Failed int
	// Busy is set where another process delivers to the receiver.
	Busy bool
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

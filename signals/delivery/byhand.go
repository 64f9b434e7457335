package delivery

import (
	"context"

	"birthright/audit"
	"birthright/signals"
	"birthright/store"
)

// Deliver pushes to one receiver what is due now, as Run does, and returns what
// came of it: for hubs that run from cron.
func (t *Transmitter) Deliver(ctx context.Context, r Receiver) (Tally, error) {
	return newLane(t, r).round(ctx)
}

// Try pushes a verification event to a receiver and returns why it was not taken;
// nil: it was. The attempt is put on record as actor's.
func (t *Transmitter) Try(ctx context.Context, r Receiver, actor string) error {
	row, err := t.verification(r)
	if err != nil {
		return err
	}
	row.Attempts = 1
	token, err := t.token(r, row)
	if err != nil {
		return err
	}
	result := r.Endpoint.push(ctx, token)
	e := event(actor, SignalTested, row, "")
	e.Detail["accepted"] = result.err == nil
	if result.err != nil {
		e.Detail["reason"] = result.err.Error()
	}
	if err := t.Store.Update(ctx, func(tx *store.Tx) error { return tx.Audit(ctx, e) }); err != nil {
		return err
	}
	return result.err
}

// Offer owes a receiver that polls a verification event, and returns its
// identifier.
func (t *Transmitter) Offer(ctx context.Context, r Receiver, actor string) (string, error) {
	row, err := t.verification(r)
	if err != nil {
		return "", err
	}
	return row.ID, t.Store.Update(ctx, func(tx *store.Tx) error {
		return tx.AddSignals(ctx, []store.SignalRow{row}, event(actor, SignalTested, row, ""))
	})
}

func (t *Transmitter) verification(r Receiver) (store.SignalRow, error) {
	now := t.Now()
	data, err := signals.Verify(r.Name, t.NewID(), now)
	return store.SignalRow{
		ID: t.NewID(), Receiver: r.Name, Event: string(signals.Verification), Data: string(data), Created: now,
	}, err
}

// Retried and Dropped tell in the audit log what a person did with a signal.
func Retried(actor string, row store.SignalRow) audit.Event {
	return event(actor, SignalRetried, row, "")
}

// Dropped is the event of a signal that a person forgot, with the reason.
func Dropped(actor string, row store.SignalRow, reason string) audit.Event {
	return event(actor, SignalDropped, row, reason)
}

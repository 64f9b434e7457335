package delivery

import (
	"context"
	"errors"
	"net/http"
	"time"

	"birthright/audit"
	"birthright/identity"
	"birthright/store"
)

const (
	// usualEvents and mostEvents bound how many events one poll is given.
	usualEvents = 100
	mostEvents  = 500
	// waitingPolls is how many requests of one receiver may wait at once.
	waitingPolls = 4
)

// pollAnswer is the body of an answer (RFC 8936 section 2.4).
type pollAnswer struct {
	Sets map[string]string `json:"sets"`
	More bool              `json:"moreAvailable"`
}

// poll serves POST /signals/poll/RECEIVER (RFC 8936): what was acknowledged is
// forgotten, what is owed is handed out, until it is acknowledged.
func (t *Transmitter) poll(w http.ResponseWriter, q *http.Request) {
	r, err := t.authenticate(w, q)
	if err != nil {
		t.fail(w, q, err)
		return
	}
	in, err := readPoll(w, q)
	if err != nil {
		t.fail(w, q, err)
		return
	}
	if err := t.settle(q.Context(), r, in); err != nil {
		t.fail(w, q, err)
		return
	}
	out, err := t.wait(q.Context(), r, in)
	if err != nil {
		t.fail(w, q, err)
		return
	}
	respond(w, http.StatusOK, out)
}

// settle takes in what the receiver says of earlier events. What is not its own,
// or is settled already, is passed over: an answer may have been lost.
func (t *Transmitter) settle(ctx context.Context, r Receiver, in pollRequest) error {
	if len(in.Ack)+len(in.SetErrs) == 0 {
		return nil
	}
	actor := "receiver:" + r.Name
	return t.Store.Update(ctx, func(tx *store.Tx) error {
		taken, err := tx.Signals(ctx, store.SignalFilter{Receiver: r.Name, IDs: in.ids()})
		if err != nil {
			return err
		}
		var done []string
		var events []audit.Event
		for _, row := range taken {
			fault, refused := in.SetErrs[row.ID]
			if !refused {
				done = append(done, row.ID)
				events = append(events, event(actor, SignalSent, row, ""))
				continue
			}
			if !row.RefusedAt.IsZero() {
				continue
			}
			if err := tx.RefuseSignal(ctx, row.ID, fault.text(), event(actor, SignalRefused, row, fault.text())); err != nil {
				return err
			}
		}
		return tx.EndSignals(ctx, done, events...)
	})
}

// wait returns what the receiver is owed; where that is nothing, and the request
// allows it, once there is something, but not longer than LongPoll.
func (t *Transmitter) wait(ctx context.Context, r Receiver, in pollRequest) (pollAnswer, error) {
	if in.limit() == 0 {
		return pollAnswer{Sets: map[string]string{}}, nil
	}
	bell := t.Bell.Next()
	out, err := t.offer(ctx, r, in.limit())
	if err != nil || len(out.Sets) > 0 || in.ReturnImmediately {
		return out, err
	}
	room := t.polls[r.Name]
	select {
	case room <- struct{}{}:
		defer func() { <-room }()
	default:
		return out, &identity.Error{Kind: identity.Throttled, Err: errors.New("too many requests of this receiver wait already")}
	}
	look := time.NewTicker(lookEvery)
	defer look.Stop()
	long := time.NewTimer(t.LongPoll)
	defer long.Stop()
	for {
		select {
		case <-bell:
		case <-look.C:
		case <-long.C:
			return out, nil
		case <-t.ended:
			return out, nil
		case <-ctx.Done():
			return out, ctx.Err()
		}
		bell = t.Bell.Next()
		if out, err = t.offer(ctx, r, in.limit()); err != nil || len(out.Sets) > 0 {
			return out, err
		}
	}
}

// offer signs what the receiver is owed. One that cannot be signed is shown to
// people as refused, and keeps nobody else back.
func (t *Transmitter) offer(ctx context.Context, r Receiver, limit int) (pollAnswer, error) {
	out := pollAnswer{Sets: map[string]string{}}
	owed := false
	err := t.Store.View(ctx, func(tx *store.Tx) (err error) {
		owed, err = tx.SignalsOwed(ctx, r.Name)
		return err
	})
	if err != nil || !owed {
		return out, err
	}
	err = t.Store.Update(ctx, func(tx *store.Tx) error {
		clear(out.Sets)
		rows, more, err := tx.OfferSignals(ctx, r.Name, limit)
		out.More = more
		for _, row := range rows {
			token, fault := t.token(r, row)
			if fault == nil {
				out.Sets[row.ID] = token
				continue
			}
			if err := tx.RefuseSignal(ctx, row.ID, fault.Error(), event("hub", SignalRefused, row, fault.Error())); err != nil {
				return err
			}
		}
		return err
	})
	return out, err
}

// EndPolls answers all polls that wait, with nothing: the hub stops.
func (t *Transmitter) EndPolls() { t.end.Do(func() { close(t.ended) }) }

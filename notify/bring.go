package notify

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"birthright/grants"
	"birthright/grants/desk"
	"birthright/identity"
	"birthright/store"
)

const (
	// perClaim is how many deliveries are claimed at once, lease for how long: longer
	// than all of them can take.
	perClaim    = 8
	lease       = 10 * time.Minute
	sendTimeout = time.Minute
)

func errNoChannel(name string) error { return fmt.Errorf("there is no channel %q", name) }

// Loud lists the kinds of notice that everybody should see at once: a glass that was
// broken, and access that should be gone and is not.
func Loud() []string {
	return []string{grants.NoticeGlass, grants.NoticeUnreviewed, grants.NoticeOverdue}
}

// lanes are the ways that messages take through one channel: what is loud never waits
// behind the rest, however much that is and however slow the other side.
func (w Way) lanes() []store.Lane {
	return []store.Lane{{Channel: w.Name, Kinds: Loud()}, {Channel: w.Name, Kinds: Loud(), Others: true}}
}

// Bring tries what is due on one way, until nothing is or the channel needs a rest.
func (s *Service) Bring(ctx context.Context, w Way) error {
	var faults []error
	for _, lane := range w.lanes() {
		faults = append(faults, s.bringLane(ctx, w, lane))
	}
	return errors.Join(faults...)
}

func (s *Service) bringLane(ctx context.Context, w Way, lane store.Lane) error {
	for ctx.Err() == nil && !s.resting(w) {
		var claimed []store.DeliveryRow
		err := s.Store.View(ctx, func(tx *store.Tx) error {
			states, err := tx.Channels(ctx)
			if err == nil && w.stopped(states) {
				err = errStopped
			}
			return err
		})
		if errors.Is(err, errStopped) {
			return nil
		}
		if err != nil {
			return err
		}
		if claimed, err = s.claim(ctx, lane); err != nil || len(claimed) == 0 {
			return err
		}
		if err := s.bringAll(ctx, w, claimed); err != nil {
			return err
		}
	}
	return nil
}

var errStopped = errors.New("the other side wants nothing more")

// claim looks before it writes: mostly nothing is due.
func (s *Service) claim(ctx context.Context, lane store.Lane) (claimed []store.DeliveryRow, err error) {
	due := false
	err = s.Store.View(ctx, func(tx *store.Tx) (err error) { due, err = tx.DeliveriesDue(ctx, lane); return err })
	if err != nil || !due {
		return nil, err
	}
	err = s.Store.Update(ctx, func(tx *store.Tx) (err error) {
		claimed, err = tx.ClaimDeliveries(ctx, lane, perClaim, lease)
		return err
	})
	return claimed, err
}

// bringAll brings what was claimed. After a fault that others would meet too, they are
// given back.
func (s *Service) bringAll(ctx context.Context, w Way, claimed []store.DeliveryRow) error {
	for i, d := range claimed {
		outcome := s.bring(ctx, w, d)
		if err := s.settle(context.WithoutCancel(ctx), w, d, outcome); err != nil {
			return err
		}
		if s.resting(w) || ctx.Err() != nil {
			return s.giveBack(context.WithoutCancel(ctx), w, claimed[i+1:])
		}
	}
	return nil
}

func (s *Service) giveBack(ctx context.Context, w Way, rows []store.DeliveryRow) error {
	if len(rows) == 0 {
		return nil
	}
	ns := make([]int64, len(rows))
	for i, d := range rows {
		ns[i] = d.N
	}
	return s.Store.Update(ctx, func(tx *store.Tx) error { return tx.ReleaseDeliveries(ctx, ns, tx.Now()) })
}

// outcome is what came of one attempt.
type outcome struct {
	err error
	// skipped says why it was not sent and need not be; "" if it was.
	skipped string
	mark    Mark
	// revision is that of the request which the message showed, 0 for none.
	revision int
	// follows is set for a message that must follow what becomes of the request.
	follows bool
	// settled are posted messages that need no more care.
	settled []int64
}

// bring makes one attempt.
func (s *Service) bring(ctx context.Context, w Way, d store.DeliveryRow) (out outcome) {
	ctx, cancel := context.WithTimeout(ctx, sendTimeout)
	defer cancel()
	m, out, err := s.message(ctx, d)
	switch {
	case err != nil:
		out.err = &Fault{Err: err, Alone: true}
		return out
	case out.skipped != "":
		return out
	case d.Refresh:
		out.settled, out.err = s.update(ctx, w, d, m)
		return out
	}
	out.follows = asks(d.Kind) && d.UserN != 0
	out.mark, out.err = w.Send(ctx, m)
	return out
}

// message puts a delivery into words, or says why it need not be sent.
func (s *Service) message(ctx context.Context, d store.DeliveryRow) (m Message, out outcome, err error) {
	if err := json.Unmarshal([]byte(d.Story), &m.Story); err != nil {
		return m, out, err
	}
	m.ID = d.ID
	if m.Request != nil {
		m.Thread = m.Request.ID
	}
	if d.UserN != 0 {
		reached := false
		if m.To, reached, err = s.reach(ctx, d.UserN); err != nil {
			return m, out, err
		}
		if !reached {
			out.skipped = "the person left"
			return m, out, nil
		}
	}
	if m.Grant != nil && d.UserN != 0 && (d.Kind == grants.NoticeActive || d.Kind == grants.NoticeEnding) {
		now, err := s.Desk.Grant(ctx, hub, m.Grant.ID)
		if err != nil {
			return m, out, err
		}
		if now.State != grants.Active {
			out.skipped = "the grant is over meanwhile"
			return m, out, nil
		}
	}
	if m.Request != nil && (asks(d.Kind) && d.UserN != 0 || d.Refresh) {
		now, err := s.request(ctx, m.Request.ID)
		if err != nil {
			return m, out, err
		}
		m.Request, out.revision = now, now.Revision
		m.Open, m.Outcome = mayDecide(*now, m.To), Outcome(*now, m.To)
		if !d.Refresh && now.State != grants.Pending {
			out.skipped = "there is nothing left to decide"
		}
	}
	m.Words = Tell(m.Story, m.To, s.PublicURL)
	return m, out, nil
}

// asks reports whether a notice asks people to decide.
func asks(kind string) bool {
	return kind == grants.NoticeWaiting || kind == grants.NoticeReminder || kind == grants.NoticeEscalated
}

// mostApprovers is how many approvers of a request are listed.
const mostApprovers = 200

func mayDecide(r desk.Request, to Recipient) bool {
	return r.State == grants.Pending && r.Stage != nil && (len(r.Stage.Approvers) >= mostApprovers || slices.Contains(r.Stage.Approvers, to.Name))
}

func (s *Service) reach(ctx context.Context, userN int64) (to Recipient, reached bool, err error) {
	err = s.Store.View(ctx, func(tx *store.Tx) error {
		u, err := tx.UserByN(ctx, userN)
		if identity.KindOf(err) == identity.NotFound {
			return nil
		}
		to, reached = recipient(u)
		return err
	})
	return to, reached, err
}

// update brings what was posted about a request up to date. It returns those messages
// that are so for good.
func (s *Service) update(ctx context.Context, w Way, d store.DeliveryRow, m Message) (settled []int64, err error) {
	updater, ok := w.Channel.(Updater)
	if !ok {
		return nil, nil
	}
	var posted []store.PostedRow
	err = s.Store.View(ctx, func(tx *store.Tx) (err error) { posted, err = tx.Posted(ctx, w.Name, d.RequestN); return err })
	if err != nil {
		return nil, err
	}
	for _, p := range posted {
		if m.To, _, err = s.reach(ctx, p.UserN); err != nil {
			return settled, err
		}
		m.Kind = p.Kind
		m.Open, m.Outcome = mayDecide(*m.Request, m.To), Outcome(*m.Request, m.To)
		m.Words = Tell(m.Story, m.To, s.PublicURL)
		err := updater.Update(ctx, Mark{p.Place, p.Mark}, m)
		var fault *Fault
		if err != nil && (!errors.As(err, &fault) || !fault.Final) {
			return settled, err
		}
		if err != nil || m.Outcome != "" { // it is gone, or says how it ended
			settled = append(settled, p.N)
		}
	}
	return settled, nil
}

package hub

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"birthright/audit"
	"birthright/grants/approval"
	"birthright/identity"
	"birthright/intake"
	"birthright/rights"
	"birthright/store"
)

// Settlement is what somebody says about what is held.
type Settlement struct {
	// IDs names what it is about; All means everything that is held, or that is on Target.
	IDs    []string
	All    bool
	Target string
	Reason string
	// User is whose an ambiguous record is, by name or ID; New makes it a user of its own.
	User string
	New  bool
}

// Release lets held changes go: a removal with the next run, people missing from a source
// with its next import that misses no others, a push when it is sent again, a record to
// whom it is given. One unknown id releases nothing. All leaves ambiguous records: each
// needs a decision of its own.
func (h *Hub) Release(ctx context.Context, a approval.Actor, by Settlement) ([]HeldChange, error) {
	return h.settle(ctx, a, by, verdict{op: "release", fits: by.fits, apply: func(s *session, row *store.HeldRow) audit.Event {
		row.ReleasedAt, row.ReleasedBy, row.ReleaseReason = s.tx.Now(), s.Actor.Name, by.Reason
		row.RefusedAt, row.RefusedBy, row.RefuseReason = time.Time{}, "", ""
		return s.heldEvent("held.released", *row, by.Reason)
	}})
}

// Refuse says of held changes that they must not happen: each stays held, is asked about
// no more, and comes back when what it is about changes. All leaves ambiguous records.
func (h *Hub) Refuse(ctx context.Context, a approval.Actor, by Settlement) ([]HeldChange, error) {
	if by.User != "" || by.New {
		return nil, wrongField("user", "a refused record is nobody's: leave out whose it is")
	}
	return h.settle(ctx, a, by, verdict{op: "refuse", apply: func(s *session, row *store.HeldRow) audit.Event {
		row.RefusedAt, row.RefusedBy, row.RefuseReason = s.tx.Now(), s.Actor.Name, by.Reason
		row.ReleasedAt, row.ReleasedBy, row.ReleaseReason = time.Time{}, "", ""
		return s.heldEvent("held.refused", *row, by.Reason)
	}})
}

// verdict is one of the two things that can be said of what is held.
type verdict struct {
	op string
	// fits, if set, refuses a row that the settlement does not decide.
	fits  func(store.HeldRow) error
	apply func(s *session, row *store.HeldRow) audit.Event
}

func (h *Hub) settle(ctx context.Context, a approval.Actor, by Settlement, v verdict) ([]HeldChange, error) {
	if err := by.check(); err != nil {
		return nil, err
	}
	var rows, records []store.HeldRow
	var name string
	err := h.update(ctx, a, func(s *session) (err error) {
		if err = s.may(rights.Release, rights.Relation{}); err != nil {
			return err
		}
		if rows, err = s.choose(by, v); err != nil {
			return err
		}
		name = s.Actor.Name
		records, err = s.settleRows(by, rows, v)
		return err
	})
	if err != nil {
		return nil, err
	}
	for _, row := range records {
		if err := h.Place(ctx, row.ID, by.User, name, by.Reason); err != nil {
			return nil, err
		}
	}
	out := make([]HeldChange, len(rows))
	for i, row := range rows {
		out[i] = viewHeld(row)
	}
	return out, nil
}

// settleRows puts the verdict on record; it returns the records that are to be given to
// somebody, which is for the intake to do.
func (s *session) settleRows(by Settlement, rows []store.HeldRow, v verdict) (records []store.HeldRow, err error) {
	if by.User != "" { // before anything is changed
		if _, err := s.findUser(by.User); err != nil {
			return nil, err
		}
	}
	var changed []store.HeldRow
	var events []audit.Event
	var work []store.Work
	for i := range rows {
		row := &rows[i]
		if by.places() {
			records = append(records, *row)
			continue
		}
		events = append(events, v.apply(s, row))
		changed = append(changed, *row)
		if row.Kind == store.HeldRemoval && row.UserN != 0 && !row.ReleasedAt.IsZero() { // the hub need not wait for its schedule
			work = append(work, store.Work{UserN: row.UserN, DueAt: s.tx.Now(), Removal: true})
		}
	}
	if err := s.tx.SaveHeld(s.ctx, changed, events...); err != nil {
		return nil, err
	}
	return records, s.tx.EnqueueWork(s.ctx, work)
}

// choose finds what a settlement is about.
func (s *session) choose(by Settlement, v verdict) ([]store.HeldRow, error) {
	if by.All {
		if by.Target != "" {
			if _, err := s.destination(by.Target); err != nil {
				return nil, asField(err, "target")
			}
		}
		rows, err := s.tx.Held(s.ctx, store.HeldFilter{Target: by.Target, Open: true})
		return slices.DeleteFunc(rows, func(h store.HeldRow) bool { return h.Kind == intake.HeldAmbiguous }), err
	}
	var rows []store.HeldRow
	for _, id := range slices.Compact(slices.Sorted(slices.Values(by.IDs))) {
		row, err := s.tx.HeldByID(s.ctx, id)
		if err != nil {
			return nil, nothingHeld(err, v.op, id)
		}
		if v.fits != nil {
			if err := v.fits(row); err != nil {
				return nil, err
			}
		}
		rows = append(rows, row)
	}
	return rows, nil
}

func (by Settlement) places() bool { return by.User != "" || by.New }

// check refuses what contradicts itself.
func (by Settlement) check() error {
	switch {
	case by.Reason == "":
		return wrongField("reason", "say why: it goes into the audit log")
	case by.All == (len(by.IDs) > 0):
		return wrongField("ids", "name what it is about, or say all")
	case by.Target != "" && !by.All:
		return wrongField("target", "a target goes with all; an id says enough by itself")
	case by.User != "" && by.New:
		return wrongField("user", "user and new contradict each other: is the record an existing user's, or a new one's?")
	case by.All && by.places():
		return wrongField("all", "all does not place records: name each")
	}
	return nil
}

// fits checks that the settlement decides what a row asks.
func (by Settlement) fits(row store.HeldRow) error {
	switch {
	case row.Kind == intake.HeldAmbiguous && !by.places():
		return wrongField("user", fmt.Sprintf("%s is a record that could be several people's: say whose with --user USER, or --new; nothing was released", row.ID))
	case row.Kind != intake.HeldAmbiguous && by.places():
		return wrongField("user", fmt.Sprintf("%s is no ambiguous record: leave out --user and --new; nothing was released", row.ID))
	}
	return nil
}

func wrongField(field, what string) error {
	return &identity.Error{Kind: identity.Invalid, Field: field, Err: errors.New(what)}
}

func (s *session) heldEvent(action string, row store.HeldRow, reason string) audit.Event {
	subject := "user:" + row.Subject
	if row.Source != "" {
		subject = "source:" + row.Source
	}
	return s.event(action, subject, map[string]any{
		"held": row.ID, "kind": row.Kind, "target": row.Target, "action": row.Action, "entitlement": row.Entitlement, "reason": reason,
	})
}

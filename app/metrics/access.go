package metrics

import (
	"context"

	"github.com/prometheus/client_golang/prometheus"

	"birthright/grants"
	"birthright/store"
)

var (
	grantsOpen   = prometheus.NewDesc("birthright_grants", "Grants of which something is, will be or may be left on a target.", []string{"state"}, nil)
	grantsLate   = prometheus.NewDesc("birthright_grants_overdue", "Grants that are over and of which something is left on a target.", nil, nil)
	grantsOldest = prometheus.NewDesc("birthright_grants_overdue_oldest_seconds", "For how long the first of them should have been gone.", nil, nil)
	pending      = prometheus.NewDesc("birthright_requests_pending", "Requests for access that wait for a decision.", nil, nil)
	pendingAge   = prometheus.NewDesc("birthright_requests_oldest_seconds", "Age of the oldest of them.", nil, nil)
	glass        = prometheus.NewDesc("birthright_glass_unreviewed", "Broken glasses that nobody has looked at.", nil, nil)
	glassAge     = prometheus.NewDesc("birthright_glass_oldest_seconds", "Age of the oldest of them.", nil, nil)
	heldOpen     = prometheus.NewDesc("birthright_held", "What a guard stopped and nobody released.", []string{"kind"}, nil)
	heldAge      = prometheus.NewDesc("birthright_held_oldest_seconds", "For how long the oldest of it waits.", []string{"kind"}, nil)
	users        = prometheus.NewDesc("birthright_users", "Users known to the hub, in any state.", nil, nil)
	auditRecords = prometheus.NewDesc("birthright_audit_records", "Records in the audit log.", nil, nil)
)

// ofHeld is about what guards stopped.
func (s *stored) ofHeld() reader {
	return reader{
		describes: []*prometheus.Desc{heldOpen, heldAge},
		read: func(ctx context.Context, tx *store.Tx, out *figures) error {
			for _, kind := range []string{store.HeldRemoval, store.HeldMissing, store.HeldAmbiguous, store.HeldEmptied} {
				held, err := tx.TallyHeld(ctx, kind)
				if err != nil {
					return err
				}
				out.tally(heldOpen, heldAge, held, tx.Now(), kind)
			}
			return nil
		},
	}
}

// ofGrants is about access for a time. What is over and gone is not counted: it only
// ever grows.
func (s *stored) ofGrants() reader {
	return reader{
		describes: []*prometheus.Desc{grantsOpen, grantsLate, grantsOldest},
		read: func(ctx context.Context, tx *store.Tx, out *figures) error {
			open, err := tx.OpenGrantTimes(ctx)
			if err != nil {
				return err
			}
			states := map[string]int{grants.Scheduled: 0, grants.Activating: 0, grants.Active: 0, grants.Ending: 0, grants.Failed: 0}
			late, oldest := 0, 0.0
			for i := range open {
				states[open[i].State(tx.Now())]++
				if overdue := open[i].Overdue(tx.Now()); overdue > 0 {
					late, oldest = late+1, max(oldest, overdue.Seconds())
				}
			}
			for state, n := range states {
				out.add(grantsOpen, float64(n), state)
			}
			out.add(grantsLate, float64(late))
			out.add(grantsOldest, oldest)
			return nil
		},
	}
}

// ofRequests is about what waits for people.
func (s *stored) ofRequests() reader {
	return reader{
		describes: []*prometheus.Desc{pending, pendingAge, glass, glassAge},
		read: func(ctx context.Context, tx *store.Tx, out *figures) error {
			waiting, err := tx.TallyRequests(ctx)
			if err != nil {
				return err
			}
			broken, err := tx.TallyGlass(ctx)
			out.tally(pending, pendingAge, waiting, tx.Now())
			out.tally(glass, glassAge, broken, tx.Now())
			return err
		},
	}
}

// ofHub is about the hub as a whole.
func (s *stored) ofHub() reader {
	return reader{
		describes: []*prometheus.Desc{users, auditRecords},
		read: func(ctx context.Context, tx *store.Tx, out *figures) error {
			known, err := tx.UsersEver(ctx)
			if err != nil {
				return err
			}
			head, err := tx.AuditHead(ctx)
			out.add(users, float64(known))
			out.add(auditRecords, float64(head.Seq))
			return err
		},
	}
}

package reconcile

import (
	"cmp"
	"context"
	"time"

	"birthright/store"
)

// TargetStatus is how one target stands.
type TargetStatus struct {
	store.TargetState
	// Managed is the number of assignments that are the hub's.
	Managed int
	// Overdue is the number of users for whom a change failed and is tried
	// again, OldestOverdue how long the first of them waits.
	Overdue       int
	OldestOverdue time.Duration
}

// Status tells how a target stands; one that was never synced has zeros.
func Status(ctx context.Context, tx *store.Tx, target string) (TargetStatus, error) {
	state, err := stateOf(ctx, tx, target)
	if err != nil || state.N == 0 {
		return TargetStatus{TargetState: state}, err
	}
	s := TargetStatus{TargetState: state}
	if s.Managed, err = tx.CountManaged(ctx, state.N); err != nil {
		return s, err
	}
	late, err := tx.Overdue(ctx, target)
	for _, w := range late {
		s.OldestOverdue = max(s.OldestOverdue, tx.Now().Sub(w.Since))
		s.LastError = cmp.Or(s.LastError, w.LastError) // the run was whole, but not all of it went through
	}
	s.Overdue = len(late)
	return s, err
}

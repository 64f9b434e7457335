package metrics

import (
	"context"

	"github.com/prometheus/client_golang/prometheus"

	"birthright/store"
)

var (
	overdueRemovals    = prometheus.NewDesc("birthright_overdue_removals", "Users who keep access on the target that must go, because taking it away failed; it is tried again.", []string{"target"}, nil)
	overdueRemovalsAge = prometheus.NewDesc("birthright_overdue_removals_oldest_seconds", "For how long the first of them keeps it.", []string{"target"}, nil)
	overdueChanges     = prometheus.NewDesc("birthright_overdue_changes", "Users for whom a change on the target failed and is tried again.", []string{"target"}, nil)
	overdueChangesAge  = prometheus.NewDesc("birthright_overdue_oldest_seconds", "Age of the oldest change that a target is owed.", []string{"target"}, nil)
	ordersOpen         = prometheus.NewDesc("birthright_orders_open", "Orders of a person to take something away that the target was not seen to have carried out.", []string{"target"}, nil)
	ordersAge          = prometheus.NewDesc("birthright_orders_oldest_seconds", "Age of the oldest of them.", []string{"target"}, nil)
	intentsOpen        = prometheus.NewDesc("birthright_intents_open", "Changes that were sent to the target, or were about to be, and have no outcome yet.", []string{"target"}, nil)
	intentsAge         = prometheus.NewDesc("birthright_intents_oldest_seconds", "Age of the oldest of them.", []string{"target"}, nil)

	workEntries = prometheus.NewDesc("birthright_work_entries", "Users who wait in the work queue, due or not: removals, and everything else.", []string{"lane"}, nil)
	workDue     = prometheus.NewDesc("birthright_work_due", "Those of them who are due now.", []string{"lane"}, nil)
	workDueAge  = prometheus.NewDesc("birthright_work_due_oldest_seconds", "For how long the first of them is due.", []string{"lane"}, nil)
)

// ofOverdue is about what each target should have done and has not.
func (s *stored) ofOverdue() reader {
	return reader{
		describes: []*prometheus.Desc{overdueRemovals, overdueRemovalsAge, overdueChanges, overdueChangesAge, ordersOpen, ordersAge, intentsOpen, intentsAge},
		read: func(ctx context.Context, tx *store.Tx, out *figures) error {
			for _, target := range s.o.Targets {
				if err := overdueOn(ctx, tx, target, out); err != nil {
					return err
				}
			}
			return nil
		},
	}
}

func overdueOn(ctx context.Context, tx *store.Tx, target string, out *figures) error {
	removals, err := tx.TallyOverdue(ctx, target, true)
	if err != nil {
		return err
	}
	others, err := tx.TallyOverdue(ctx, target, false)
	if err != nil {
		return err
	}
	orders, err := tx.TallyOrders(ctx, target)
	if err != nil {
		return err
	}
	intents, err := tx.TallyIntents(ctx, target)
	if err != nil {
		return err
	}
	now := tx.Now()
	out.tally(overdueRemovals, overdueRemovalsAge, removals, now, target)
	out.add(overdueChanges, float64(removals.Count+others.Count), target)
	out.add(overdueChangesAge, max(removals.Age(now), others.Age(now)).Seconds(), target)
	out.tally(ordersOpen, ordersAge, orders, now, target)
	out.tally(intentsOpen, intentsAge, intents, now, target)
	return nil
}

// ofWork is about the work queue: its two lanes.
func (s *stored) ofWork() reader {
	return reader{
		describes: []*prometheus.Desc{workEntries, workDue, workDueAge},
		read: func(ctx context.Context, tx *store.Tx, out *figures) error {
			for lane, removal := range map[string]bool{"removals": true, "others": false} {
				all, err := tx.TallyWork(ctx, removal)
				if err != nil {
					return err
				}
				due, err := tx.TallyDue(ctx, removal)
				if err != nil {
					return err
				}
				out.add(workEntries, float64(all.Count), lane)
				out.tally(workDue, workDueAge, due, tx.Now(), lane)
			}
			return nil
		},
	}
}

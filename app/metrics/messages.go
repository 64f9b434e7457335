package metrics

import (
	"context"

	"github.com/prometheus/client_golang/prometheus"

	"birthright/store"
)

var (
	notices       = prometheus.NewDesc("birthright_notices_owed", "Messages that a channel has not brought yet.", []string{"channel"}, nil)
	noticesAge    = prometheus.NewDesc("birthright_notices_oldest_seconds", "Age of the oldest of them.", []string{"channel"}, nil)
	noticesFailed = prometheus.NewDesc("birthright_notices_failed", "Messages that a channel gave up in the last 30 days.", []string{"channel"}, nil)

	signalsOwed    = prometheus.NewDesc("birthright_signals_owed", "Security events that a receiver was not delivered yet.", []string{"receiver"}, nil)
	signalsAge     = prometheus.NewDesc("birthright_signals_oldest_seconds", "Age of the oldest security event that a receiver did not take.", []string{"receiver"}, nil)
	signalsRefused = prometheus.NewDesc("birthright_signals_refused", "Security events that a receiver refused and nobody looked at.", []string{"receiver"}, nil)
)

// ofMessages is about what people are still to be told: by the channels of the
// configuration, and those that were in it.
func (s *stored) ofMessages() reader {
	return reader{
		describes: []*prometheus.Desc{notices, noticesAge, noticesFailed},
		read: func(ctx context.Context, tx *store.Tx, out *figures) error {
			counts, err := tx.CountDeliveries(ctx)
			if err != nil {
				return err
			}
			withAll(counts, s.o.Channels)
			for name, c := range counts {
				out.tally(notices, noticesAge, store.Tally{Count: c.Owed, Oldest: c.Oldest}, tx.Now(), name)
				out.add(noticesFailed, float64(c.GivenUp), name)
			}
			return nil
		},
	}
}

// ofSignals is about what applications are still to be told.
func (s *stored) ofSignals() reader {
	return reader{
		describes: []*prometheus.Desc{signalsOwed, signalsAge, signalsRefused},
		read: func(ctx context.Context, tx *store.Tx, out *figures) error {
			counts, err := tx.CountSignals(ctx)
			if err != nil {
				return err
			}
			withAll(counts, s.o.Receivers)
			for name, c := range counts {
				out.tally(signalsOwed, signalsAge, store.Tally{Count: c.Owed, Oldest: c.Oldest}, tx.Now(), name)
				out.add(signalsRefused, float64(c.Refused), name)
			}
			return nil
		},
	}
}

// withAll gives those of whom nothing was counted a count of nothing.
func withAll[T any](counts map[string]T, names []string) {
	for _, name := range names {
		if _, counted := counts[name]; !counted {
			var nothing T
			counts[name] = nothing
		}
	}
}

package app

import (
	"context"

	"github.com/prometheus/client_golang/prometheus"

	"birthright/grants"
	"birthright/store"
)

var (
	grantsGauge  = prometheus.NewDesc("birthright_grants", "Grants of which something is, will be or may be left on a target.", []string{"state"}, nil)
	grantsLate   = prometheus.NewDesc("birthright_grants_overdue", "Grants that are over and of which something is left on a target.", nil, nil)
	grantsOldest = prometheus.NewDesc("birthright_grants_overdue_oldest_seconds", "For how long the first of them should have been gone.", nil, nil)
	pendingGauge = prometheus.NewDesc("birthright_requests_pending", "Requests for access that wait for a decision.", nil, nil)
	glassGauge   = prometheus.NewDesc("birthright_glass_unreviewed", "Broken glasses that nobody has looked at.", nil, nil)
)

func describeGrants(ch chan<- *prometheus.Desc) {
	for _, d := range []*prometheus.Desc{grantsGauge, grantsLate, grantsOldest, pendingGauge, glassGauge} {
		ch <- d
	}
}

// collectGrants counts what is under way. What is over and gone is not counted: it
// only ever grows, and is exported instead.
func collectGrants(ctx context.Context, tx *store.Tx, gauge func(*prometheus.Desc, float64, ...string)) error {
	open, err := tx.OpenGrants(ctx)
	if err != nil {
		return err
	}
	states := map[string]int{grants.Scheduled: 0, grants.Activating: 0, grants.Active: 0, grants.Ending: 0, grants.Failed: 0}
	late, oldest := 0, 0.0
	for i := range open {
		g := &open[i]
		states[g.State(tx.Now())]++
		if overdue := g.Overdue(tx.Now()); overdue > 0 {
			late, oldest = late+1, max(oldest, overdue.Seconds())
		}
	}
	for state, n := range states {
		gauge(grantsGauge, float64(n), state)
	}
	gauge(grantsLate, float64(late))
	gauge(grantsOldest, oldest)
	return collectRequests(ctx, tx, gauge)
}

func collectRequests(ctx context.Context, tx *store.Tx, gauge func(*prometheus.Desc, float64, ...string)) error {
	undecided, err := tx.Requests(ctx, store.RequestFilter{Outcomes: []string{""}})
	if err != nil {
		return err
	}
	pending := 0
	for i := range undecided {
		if undecided[i].Open(tx.Now()) {
			pending++
		}
	}
	gauge(pendingGauge, float64(pending))
	broken, err := tx.GlassToReview(ctx)
	gauge(glassGauge, float64(len(broken)))
	return err
}

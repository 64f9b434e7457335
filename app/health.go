package app

import (
	"context"
	"encoding/json"
	"net/http"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"birthright/reconcile"
	"birthright/store"
)

// healthy answers as long as the process can answer at all.
func (a *App) healthy(w http.ResponseWriter, _ *http.Request) {
	answer(w, http.StatusOK, map[string]string{"status": "ok"})
}

// ready answers 200 while the database does. It tells which policy is in force,
// and when a newer one was refused: the old one works, so that is no reason to
// send requests elsewhere.
func (a *App) ready(w http.ResponseWriter, r *http.Request) {
	ctx, cancel := context.WithTimeout(r.Context(), 2*time.Second)
	defer cancel()
	if err := a.Store.Ping(ctx); err != nil {
		a.Log.Error("not ready", "error", err)
		answer(w, http.StatusServiceUnavailable, map[string]string{"status": "the database does not answer"})
		return
	}
	detail := map[string]string{"status": "ok", "policy": a.policy.loaded.Load().version()}
	if r := a.policy.refusal.Load(); r != nil {
		detail["policy_reload"] = "failed at " + r.at.UTC().Format(time.RFC3339) + ": the policy before it stays in force"
	}
	answer(w, http.StatusOK, detail)
}

func answer(w http.ResponseWriter, status int, detail map[string]string) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(detail)
}

// metrics serves the process's figures and those of the hub, which are counted
// when somebody asks.
func (a *App) metrics() http.Handler {
	registry := prometheus.NewRegistry()
	registry.MustRegister(collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}), &gauges{app: a}, &policyGauges{app: a}, a.panics)
	return promhttp.HandlerFor(registry, promhttp.HandlerOpts{})
}

// newPanics counts faults of the front door that were answered with 500.
func newPanics() prometheus.Counter {
	return prometheus.NewCounter(prometheus.CounterOpts{
		Name: "birthright_scim_panics_total", Help: "Requests that the SCIM endpoint gave up on because of a fault of its own.",
	})
}

// gauges reads the hub's figures from the store at each scrape.
type gauges struct{ app *App }

var (
	usersGauge   = prometheus.NewDesc("birthright_users", "Users known to the hub.", nil, nil)
	overdueGauge = prometheus.NewDesc("birthright_overdue_changes", "Users for whom a change on the target failed and is tried again.", []string{"target"}, nil)
	oldestGauge  = prometheus.NewDesc("birthright_overdue_oldest_seconds", "Age of the oldest change that a target is owed.", []string{"target"}, nil)
	heldGauge    = prometheus.NewDesc("birthright_held", "What a guard stopped and nobody released.", []string{"kind"}, nil)
	signalsGauge = prometheus.NewDesc("birthright_signals_owed", "Security events that a receiver was not delivered yet.", []string{"receiver"}, nil)
	signalsOld   = prometheus.NewDesc("birthright_signals_oldest_seconds", "Age of the oldest security event that a receiver did not take.", []string{"receiver"}, nil)
	refusedGauge = prometheus.NewDesc("birthright_signals_refused", "Security events that a receiver refused and nobody looked at.", []string{"receiver"}, nil)
	heardGauge   = prometheus.NewDesc("birthright_source_last_full_read_timestamp_seconds", "When the source was last read whole.", []string{"source"}, nil)
	readGauge    = prometheus.NewDesc("birthright_target_last_full_read_timestamp_seconds", "End of the last whole read of the target.", []string{"target"}, nil)
)

// Describe implements prometheus.Collector.
func (g *gauges) Describe(ch chan<- *prometheus.Desc) {
	for _, d := range []*prometheus.Desc{usersGauge, overdueGauge, oldestGauge, heldGauge, readGauge, heardGauge, signalsGauge, signalsOld, refusedGauge, noticesGauge, failedGauge} {
		ch <- d
	}
	describeGrants(ch)
}

// Collect implements prometheus.Collector.
func (g *gauges) Collect(ch chan<- prometheus.Metric) {
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	err := g.app.Store.View(ctx, func(tx *store.Tx) error { return g.collect(ctx, tx, ch) })
	if err != nil {
		ch <- prometheus.NewInvalidMetric(usersGauge, err)
	}
}

func (g *gauges) collect(ctx context.Context, tx *store.Tx, ch chan<- prometheus.Metric) error {
	gauge := func(d *prometheus.Desc, value float64, labels ...string) {
		ch <- prometheus.MustNewConstMetric(d, prometheus.GaugeValue, value, labels...)
	}
	users, err := tx.CountUsers(ctx)
	if err != nil {
		return err
	}
	gauge(usersGauge, float64(users))
	for _, dest := range g.app.Runner.Destinations {
		status, err := reconcile.Status(ctx, tx, dest.Name())
		if err != nil {
			return err
		}
		gauge(overdueGauge, float64(status.Overdue), dest.Name())
		gauge(oldestGauge, status.OldestOverdue.Seconds(), dest.Name())
		if !status.LastFullAt.IsZero() {
			gauge(readGauge, float64(status.LastFullAt.Unix()), dest.Name())
		}
	}
	states, err := tx.SourceStates(ctx)
	if err != nil {
		return err
	}
	for _, s := range states {
		if !s.LastCompleteAt.IsZero() {
			gauge(heardGauge, float64(s.LastCompleteAt.Unix()), s.Name)
		}
	}
	held, err := tx.Held(ctx, store.HeldFilter{Open: true})
	if err != nil {
		return err
	}
	byKind := map[string]int{"removal": 0, "missing": 0, "ambiguous": 0, "emptied": 0}
	for _, row := range held {
		byKind[row.Kind]++
	}
	for kind, n := range byKind {
		gauge(heldGauge, float64(n), kind)
	}
	if err := collectGrants(ctx, tx, gauge); err != nil {
		return err
	}
	if err := g.app.collectNotices(ctx, tx, gauge); err != nil {
		return err
	}
	return g.app.collectSignals(ctx, tx, gauge)
}

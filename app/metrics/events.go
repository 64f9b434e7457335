package metrics

import (
	"cmp"
	"strconv"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"birthright/identity"
	"birthright/reconcile"
)

// Events count what happens in this process, as it happens.
type Events struct {
	runs     *prometheus.HistogramVec
	changes  *prometheus.CounterVec
	drift    *prometheus.CounterVec
	guards   *prometheus.CounterVec
	imports  *prometheus.HistogramVec
	requests *prometheus.HistogramVec
	panics   prometheus.Counter
}

func newEvents() Events {
	return Events{
		runs:     histogram("birthright_run_duration_seconds", "How long runs over one target took, of everybody or of a few users: full are those that read it whole.", []float64{.01, .05, .25, 1, 5, 30, 120, 600, 3600}, "target", "kind", "outcome"),
		changes:  counter("birthright_changes_total", "Changes on targets, by what became of them.", "target", "action", "outcome"),
		drift:    counter("birthright_drift_found_total", "Differences that somebody else made, each time that they are seen: vanished is put back, unmanaged is seen again at every look.", "target", "kind"),
		guards:   counter("birthright_guard_refusals_total", "How often a guard stopped something: removals in a run, people missing from a source.", "guard", "name"),
		imports:  histogram("birthright_import_duration_seconds", "How long reading a source took.", []float64{.05, .25, 1, 5, 30, 120, 600, 3600}, "source", "outcome"),
		requests: histogram("birthright_http_request_duration_seconds", "How long answers to HTTP requests took, by the pattern of the route and the class of the status.", []float64{.005, .025, .1, .25, 1, 5, 30}, "route", "method", "code"),
		panics:   prometheus.NewCounter(prometheus.CounterOpts{Name: "birthright_scim_panics_total", Help: "Requests that the SCIM endpoint gave up on because of a fault of its own."}),
	}
}

func counter(name, help string, labels ...string) *prometheus.CounterVec {
	return prometheus.NewCounterVec(prometheus.CounterOpts{Name: name, Help: help}, labels)
}

func histogram(name, help string, buckets []float64, labels ...string) *prometheus.HistogramVec {
	return prometheus.NewHistogramVec(prometheus.HistogramOpts{Name: name, Help: help, Buckets: buckets}, labels)
}

func (e Events) collectors() []prometheus.Collector {
	return []prometheus.Collector{e.runs, e.changes, e.drift, e.guards, e.imports, e.requests, e.panics}
}

// Panicked counts a fault of the front door that was answered with 500.
func (e Events) Panicked() { e.panics.Inc() }

// Ran counts what one target's part of a run came to.
func (e Events) Ran(run reconcile.Run) {
	outcome := "complete"
	if run.Error != "" {
		outcome = "incomplete"
	}
	e.runs.WithLabelValues(run.Target, cmp.Or(run.Kind, "unknown"), outcome).Observe(run.Finished.Sub(run.Started).Seconds())
	sums := map[[2]string]int{}
	for _, c := range run.Changes {
		sums[[2]string{string(c.Action), c.Outcome}]++
	}
	for of, n := range sums {
		e.changes.WithLabelValues(run.Target, of[0], of[1]).Add(float64(n))
	}
	for _, d := range run.Drift {
		e.drift.WithLabelValues(run.Target, string(d.Kind)).Inc()
	}
	if len(run.Held) > 0 {
		e.guards.WithLabelValues("removals", run.Target).Inc()
	}
}

// Imported counts a read of a source.
func (e Events) Imported(source string, took time.Duration, err error) {
	outcome := "done"
	switch {
	case err == nil:
	case identity.KindOf(err) == identity.Held:
		outcome = "held"
		e.guards.WithLabelValues("missing", source).Inc()
	default:
		outcome = "failed"
	}
	e.imports.WithLabelValues(source, outcome).Observe(took.Seconds())
}

// Answered counts a request of which route is the pattern.
func (e Events) Answered(method, route string, status int, took time.Duration) {
	e.requests.WithLabelValues(route, method, strconv.Itoa(status/100)+"xx").Observe(took.Seconds())
}

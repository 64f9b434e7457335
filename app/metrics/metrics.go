package metrics

import (
	"net/http"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"birthright/store"
)

// Options are what the figures are of.
type Options struct {
	Store *store.DB
	// Targets, Sources, Receivers and Channels are names of the configuration.
	Targets, Sources, Receivers, Channels []string
	// Policy tells of the policy of this process.
	Policy func() Policy
	Build  Build
	Now    func() time.Time
}

// Policy is the policy that a process goes by.
type Policy struct {
	Version string
	Loaded  time.Time
	// Refused says that the last reload failed, and this one stays in force.
	Refused bool
}

// Build is which program it is.
type Build struct{ Version, Revision, Go string }

// Metrics are the figures of one process.
type Metrics struct {
	Events
	handler http.Handler
}

// scrapers is how many may be answered at once; more are told to come again.
const scrapers = 4

// New returns the figures. Nothing is asked of the store before somebody scrapes.
func New(o Options) *Metrics {
	registry := prometheus.NewRegistry()
	m := &Metrics{Events: newEvents()}
	registry.MustRegister(
		collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}),
		&stored{o: o}, &ofProcess{o: o},
	)
	registry.MustRegister(m.collectors()...)
	m.handler = promhttp.HandlerFor(registry, promhttp.HandlerOpts{MaxRequestsInFlight: scrapers, EnableOpenMetrics: true})
	return m
}

// ServeHTTP answers a scrape.
func (m *Metrics) ServeHTTP(w http.ResponseWriter, r *http.Request) { m.handler.ServeHTTP(w, r) }

package metrics

import (
	"context"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"birthright/store"
)

const (
	// patience is how long the store may take to answer all that a scrape asks.
	patience = 5 * time.Second
	// restFor is for how many times as long as it took the answers are kept: figures
	// never take more than a hundredth of the database's time.
	restFor = 100
)

// stored reads figures from the store when somebody scrapes, and keeps them for a while.
type stored struct {
	o       Options
	mu      sync.Mutex
	kept    []sample
	expires time.Time
}

var (
	databaseUp   = prometheus.NewDesc("birthright_database_up", "1 where the database answered all that the last scrape asked; otherwise the figures that come from it are missing.", nil, nil)
	databasePing = prometheus.NewDesc("birthright_database_ping_seconds", "How long the database took to answer a question that costs nothing.", nil, nil)
	scrapeTook   = prometheus.NewDesc("birthright_figures_duration_seconds", "How long the database took for the figures; they are kept for a hundred times as long.", nil, nil)
)

// Describe implements prometheus.Collector.
func (s *stored) Describe(ch chan<- *prometheus.Desc) {
	for _, d := range []*prometheus.Desc{databaseUp, databasePing, scrapeTook} {
		ch <- d
	}
	for _, r := range s.readers() {
		for _, d := range r.describes {
			ch <- d
		}
	}
}

// Collect implements prometheus.Collector.
func (s *stored) Collect(ch chan<- prometheus.Metric) {
	for _, one := range s.samples() {
		ch <- one.metric()
	}
}

// samples returns the figures as they are, or were a moment ago.
func (s *stored) samples() []sample {
	s.mu.Lock()
	defer s.mu.Unlock()
	began := s.o.Now()
	if began.Before(s.expires) {
		return s.kept
	}
	s.kept = s.read(began)
	ended := s.o.Now()
	s.expires = ended.Add(restFor * ended.Sub(began))
	return s.kept
}

func (s *stored) read(began time.Time) []sample {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	down := []sample{{of: databaseUp}}
	if s.o.Store.Ping(ctx) != nil {
		return down
	}
	pinged := s.o.Now()
	out := &figures{out: []sample{{databaseUp, 1, nil}, {databasePing, pinged.Sub(began).Seconds(), nil}}}
	err := s.o.Store.View(ctx, func(tx *store.Tx) error {
		for _, r := range s.readers() {
			if err := r.read(ctx, tx, out); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return down
	}
	return append(out.out, sample{scrapeTook, s.o.Now().Sub(pinged).Seconds(), nil})
}

// figures is where readers put what they read.
type figures struct{ out []sample }

func (f *figures) add(d *prometheus.Desc, value float64, labels ...string) {
	f.out = append(f.out, sample{d, value, labels})
}

// tally adds how many there are, and for how long the oldest is there.
func (f *figures) tally(count, age *prometheus.Desc, t store.Tally, now time.Time, labels ...string) {
	f.add(count, float64(t.Count), labels...)
	f.add(age, t.Age(now).Seconds(), labels...)
}

// moment adds a time, unless there is none.
func (f *figures) moment(d *prometheus.Desc, at time.Time, labels ...string) {
	if !at.IsZero() {
		f.add(d, float64(at.Unix()), labels...)
	}
}

// reader reads figures about one thing.
type reader struct {
	describes []*prometheus.Desc
	read      func(ctx context.Context, tx *store.Tx, out *figures) error
}

// readers are all of them; what is alarmed on first comes first.
func (s *stored) readers() []reader {
	return []reader{s.ofOverdue(), s.ofWork(), s.ofHeld(), s.ofTargets(), s.ofSources(), s.ofGrants(), s.ofRequests(), s.ofMessages(), s.ofSignals(), s.ofHub()}
}

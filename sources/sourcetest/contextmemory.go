package sourcetest

import (
	"context"
	"fmt"
	"sync"

	"birthright/identity"
	"birthright/sources"
)

// Rota is a good context source in memory. It is safe for concurrent use.
type Rota struct {
	mu     sync.Mutex
	facts  []identity.Fact
	failed error
	terms  sources.Terms
}

// NewRota returns a context source of facts. What has no key gets one.
func NewRota(terms sources.Terms, facts ...identity.Fact) *Rota {
	r := &Rota{terms: terms.Filled()}
	r.Set(facts...)
	return r
}

// Set makes these the facts of later reads.
func (r *Rota) Set(facts ...identity.Fact) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.facts = nil
	for _, f := range facts {
		if f.Key == "" {
			f.Key = fmt.Sprint(f.Name, "/", f.Person, "/", f.Start.Unix())
		}
		r.facts = append(r.facts, f)
	}
}

// Fail makes later reads end with err after half of the facts; nil heals.
func (r *Rota) Fail(err error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.failed = err
}

func (r *Rota) now() ([]identity.Fact, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.facts, r.failed
}

// Terms returns the terms that it was made with.
func (r *Rota) Terms() sources.Terms { return r.terms }

// Facts tells all of them.
func (r *Rota) Facts(ctx context.Context, tell func(identity.Fact) error) (sources.Checkpoint, error) {
	facts, failed := r.now()
	for i, f := range facts {
		if failed != nil && i >= len(facts)/2 {
			return sources.Checkpoint{}, failed
		}
		if err := ctx.Err(); err != nil {
			return sources.Checkpoint{}, err
		}
		if err := tell(f); err != nil {
			return sources.Checkpoint{}, err
		}
	}
	if failed == nil {
		failed = ctx.Err()
	}
	if failed != nil {
		return sources.Checkpoint{}, failed
	}
	return sources.Checkpoint{Complete: true, Seen: len(facts)}, nil
}

// Probe counts nobody.
func (r *Rota) Probe(ctx context.Context) (sources.Report, error) {
	facts, failed := r.now()
	report := sources.Report{Reachable: failed == nil, Users: -1, Groups: -1}
	report.Findings = append(report.Findings, identity.Found("read", fmt.Sprintf("%d facts", len(facts)), failed))
	return report, ctx.Err()
}

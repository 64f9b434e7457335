package pagerduty

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"birthright/identity"
	"birthright/internal/httpkit"
	"birthright/sources"
)

// Source is one PagerDuty account. It is safe for concurrent use.
type Source struct {
	name, url string
	terms     sources.Terms
	named     []string // schedules, by name or id; nil for all
	horizon   time.Duration
	tickets   bool
	now       func() time.Time
	client    *httpkit.Client

	mu    sync.Mutex
	until time.Time // PagerDuty asked to be left alone until then
}

// Terms says how far the account is believed.
func (s *Source) Terms() sources.Terms { return s.terms }

// Close lets go of idle connections.
func (s *Source) Close() error {
	s.client.Close()
	return nil
}

// Facts reads shifts and tickets whole before it tells the first of them.
func (s *Source) Facts(ctx context.Context, tell func(identity.Fact) error) (sources.Checkpoint, error) {
	facts, err := s.read(ctx)
	if err != nil {
		return sources.Checkpoint{}, err
	}
	return sources.TellAll(facts, tell)
}

func (s *Source) read(ctx context.Context) ([]identity.Fact, error) {
	facts, err := s.shifts(ctx)
	if err != nil || !s.tickets {
		return facts, err
	}
	tickets, err := s.incidents(ctx)
	return append(facts, tickets...), err
}

// Probe makes the requests that a read makes.
func (s *Source) Probe(ctx context.Context) (sources.Report, error) {
	report := sources.Report{Users: -1, Groups: -1}
	shifts, err := s.shifts(ctx)
	report.Reachable = err == nil
	report.Findings = append(report.Findings, identity.Found("read on-calls",
		fmt.Sprintf("%d shifts until %s", len(shifts), s.now().Add(s.horizon).UTC().Format(time.RFC3339)), err))
	if s.tickets {
		tickets, err := s.incidents(ctx)
		report.Findings = append(report.Findings, identity.Found("read incidents", fmt.Sprintf("%d assignments of open incidents", len(tickets)), err))
	}
	return report, ctx.Err()
}

// get sends one request, unless PagerDuty asked to wait.
func (s *Source) get(ctx context.Context, r httpkit.Request) (*httpkit.Response, error) {
	s.mu.Lock()
	until := s.until
	s.mu.Unlock()
	if until.After(s.now()) {
		return nil, s.failed(identity.Throttled, errors.New("PagerDuty asked to be left alone until "+until.UTC().Format(time.RFC3339)))
	}
	resp, err := s.client.Do(ctx, r)
	if f := httpkit.AsFailure(err); f != nil {
		s.mu.Lock()
		s.until = f.RetryAt
		s.mu.Unlock()
		return nil, s.failed(f.Kind(), err)
	}
	return resp, err
}

// failed is an error of a read.
func (s *Source) failed(kind identity.Kind, err error) error {
	return &identity.Error{Kind: kind, Op: "read source " + s.name, Err: err}
}

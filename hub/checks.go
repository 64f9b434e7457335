package hub

import (
	"context"
	"errors"

	"birthright/grants/approval"
	"birthright/identity"
	"birthright/reconcile"
	"birthright/rights"
)

// Check is one verdict, with what to do about a bad one.
type Check struct {
	Check  string `json:"check"`
	OK     bool   `json:"ok"`
	Detail string `json:"detail"`
	Remedy string `json:"remedy"`
}

// FailedCheck is the verdict on something that could not be looked at.
func FailedCheck(name string, err error) Check {
	c := Check{Check: name, Detail: err.Error()}
	var e *identity.Error
	if errors.As(err, &e) {
		c.Remedy = e.Hint
	}
	return c
}

// CheckTarget asks a target about connection and rights; it changes nothing.
func CheckTarget(ctx context.Context, d reconcile.Destination) []Check {
	report, err := d.Target.Probe(ctx)
	if err != nil {
		return []Check{FailedCheck(d.Name(), err)}
	}
	return verdicts(d.Name(), report.Reachable, report.Version, report.Findings)
}

// CheckSource asks a source about connection and rights.
func CheckSource(ctx context.Context, s SourceSetting) []Check {
	report, err := s.Adapter.Probe(ctx)
	if err != nil {
		return []Check{FailedCheck(s.Name, err)}
	}
	return verdicts(s.Name, report.Reachable, report.Version, report.Findings)
}

func verdicts(name string, reachable bool, version string, findings []identity.Finding) []Check {
	checks := []Check{}
	for _, f := range findings {
		checks = append(checks, Check{Check: name + ": " + f.Check, OK: f.OK, Detail: f.Detail, Remedy: f.Remedy})
	}
	if len(checks) == 0 {
		checks = append(checks, Check{Check: name, OK: reachable, Detail: version})
	}
	return checks
}

// CheckTargets asks the named targets, or all, about connection and rights.
func (h *Hub) CheckTargets(ctx context.Context, a approval.Actor, names []string) ([]Check, error) {
	if err := h.allowed(ctx, a, rights.Probe); err != nil {
		return nil, err
	}
	dests, err := h.destinations(names)
	checks := []Check{}
	for _, d := range dests {
		checks = append(checks, CheckTarget(ctx, d)...)
	}
	return checks, err
}

// CheckSources asks the named sources, or all, about connection and rights.
func (h *Hub) CheckSources(ctx context.Context, a approval.Actor, names []string) ([]Check, error) {
	if err := h.allowed(ctx, a, rights.Probe); err != nil {
		return nil, err
	}
	chosen, err := h.chosenSources(names)
	checks := []Check{}
	for _, s := range chosen {
		checks = append(checks, CheckSource(ctx, s)...)
	}
	return checks, err
}

// allowed checks a right on its own, for what takes too long to be done in a transaction.
func (h *Hub) allowed(ctx context.Context, a approval.Actor, v rights.Verb) error {
	return h.view(ctx, a, func(s *session) error { return s.may(v, rights.Relation{}) })
}

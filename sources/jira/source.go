package jira

import (
	"context"
	"errors"
	"fmt"
	"net/http"

	"birthright/identity"
	"birthright/internal/httpkit"
	"birthright/sources"
)

// Source is one Jira site. It is safe for concurrent use.
type Source struct {
	name   string
	terms  sources.Terms
	queues []Queue
	client *httpkit.Client
}

// Terms says how far the site is believed.
func (s *Source) Terms() sources.Terms { return s.terms }

// Close lets go of idle connections.
func (s *Source) Close() error {
	s.client.Close()
	return nil
}

// Facts reads the issues of all queues whole before it tells the first of them.
func (s *Source) Facts(ctx context.Context, tell func(identity.Fact) error) (sources.Checkpoint, error) {
	if err := s.known(ctx); err != nil {
		return sources.Checkpoint{}, err
	}
	var all []identity.Fact
	for _, q := range s.queues {
		found, err := s.issues(ctx, q)
		if err != nil {
			return sources.Checkpoint{}, err
		}
		for _, i := range found {
			all = append(all, i.fact(q.Name))
		}
	}
	return sources.TellAll(all, tell)
}

// Probe makes the requests that a read makes.
func (s *Source) Probe(ctx context.Context) (sources.Report, error) {
	report := sources.Report{Users: -1, Groups: -1}
	err := s.known(ctx)
	report.Reachable = err == nil
	report.Findings = append(report.Findings, identity.Found("log in", "Jira knows the account", err))
	for _, q := range s.queues {
		found, err := s.issues(ctx, q)
		report.Findings = append(report.Findings, s.found(q, found, err))
	}
	return report, ctx.Err()
}

// found says what came of one query, and whether Jira hides whose the issues are.
func (s *Source) found(q Queue, issues []issue, err error) sources.Finding {
	hidden := 0
	for _, i := range issues {
		if i.Fields.Assignee.Email == "" {
			hidden++
		}
	}
	if err == nil && hidden > 0 {
		return sources.Finding{
			Check: "read " + q.Name, Detail: fmt.Sprintf("%d open and assigned issues, of %d of which Jira hides the assignee's address", len(issues), hidden),
			Remedy: "let the organisation manage these accounts, or match by an attribute that has their account ids",
		}
	}
	return identity.Found("read "+q.Name, fmt.Sprintf("%d open and assigned issues", len(issues)), err)
}

// known makes sure that Jira takes us for the account of the token.
func (s *Source) known(ctx context.Context) error {
	var we struct {
		AccountID string `json:"accountId"`
	}
	_, err := s.client.JSON(ctx, httpkit.Request{Method: http.MethodGet, Path: "/rest/api/3/myself"}, nil, &we)
	if err == nil && we.AccountID == "" {
		err = errors.New("the site does not say whom it takes the hub for: check url, email and token")
	}
	return s.failed(err)
}

// failed is an error of a read.
func (s *Source) failed(err error) error {
	if err == nil {
		return nil
	}
	kind := identity.Incomplete
	if f := httpkit.AsFailure(err); f != nil {
		kind = f.Kind()
	}
	return &identity.Error{Kind: kind, Op: "read source " + s.name, Err: err}
}

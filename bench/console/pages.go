package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"strconv"
	"time"

	"birthright/bench/hub"
	"birthright/bench/measure"
	"birthright/reconcile"
)

// list is something that holds many: a page, or a list of the API.
type list struct {
	path string
	api  bool
}

// lists are what is asked for; {user} is a person in the middle of the directory.
var lists = []list{
	{path: "/"}, {path: "/people"}, {path: "/people?department=Engineering"}, {path: "/people?q=lovelace"}, {path: "/people/{user}"},
	{path: "/groups"}, {path: "/groups/engineering"}, {path: "/targets"}, {path: "/sources"}, {path: "/runs"}, {path: "/held"}, {path: "/policy"},
	{path: "/decide"}, {path: "/reviews"}, {path: "/reports"}, {path: "/audit"}, {path: "/tokens"}, {path: "/overview"},
	{path: "/api/v1/users", api: true}, {path: "/api/v1/users?q=lovelace", api: true}, {path: "/api/v1/users/{user}", api: true},
	{path: "/api/v1/groups", api: true}, {path: "/api/v1/groups/engineering/members", api: true}, {path: "/api/v1/grants", api: true},
	{path: "/api/v1/requests", api: true}, {path: "/api/v1/runs", api: true}, {path: "/api/v1/audit", api: true}, {path: "/api/v1/status", api: true},
}

// looks is how often each is asked for.
const looks = 40

const configuration = `
server: {listen: "127.0.0.1:0", public_url: "http://127.0.0.1:0"}
database: {url: "sqlite:hub.db"}
policies: [policies/policy.yaml]
sources: [{name: idp, kind: scim}]
sync: {schedule: "0 0 1 1 *"}
`

const policy = `
groups:
  - {name: engineering, owners: ["group:engineering"], request: {approve: [{by: owners}]}}
  - {name: everyone}
rules:
  - {name: everyone, when: 'user.userName != ""', groups: [everyone]}
  - {name: engineering, when: 'user.department == "Engineering"', groups: [engineering]}
  - {name: teams, when: 'user.team != ""', groups: ["team-{department}-{team}"]}
`

func pagesTask(ctx context.Context, args []string) (result measure.Result, err error) {
	people, err := strconv.Atoi(args[0])
	if err != nil {
		return result, err
	}
	dir, err := os.MkdirTemp("", "birthright-bench-")
	if err != nil {
		return result, err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	h, err := hub.Open(ctx, dir, configuration, policy, nil)
	if err != nil {
		return result, err
	}
	defer func() { err = errors.Join(err, h.Close(context.WithoutCancel(ctx))) }()
	if err := h.Fill(ctx, people); err != nil {
		return result, err
	}
	if _, err := h.Runner.Sync(ctx, reconcile.Request{Full: true, Actor: "operator:bench"}); err != nil {
		return result, err
	}
	s, err := serve(ctx, h)
	if err != nil {
		return result, err
	}
	result.Figures, result.Counts = map[string]float64{}, map[string]int{}
	measure.ForgetPeak()
	for _, l := range lists {
		if err := s.measure(ctx, l, &result); err != nil {
			return result, err
		}
	}
	if err := s.weigh(ctx, &result); err != nil {
		return result, err
	}
	return result, s.reads(ctx, h, &result)
}

// measure asks for a list several times, one after the other.
func (s *site) measure(ctx context.Context, l list, result *measure.Result) error {
	var took []float64
	for i := range looks + 3 {
		began := time.Now()
		if _, err := s.get(ctx, l); err != nil {
			return err
		}
		if i >= 3 { // the first ones find nothing in memory yet
			took = append(took, time.Since(began).Seconds())
		}
	}
	result.Figures[l.path+" p50"], result.Figures[l.path+" p95"] = measure.Median(took), measure.Quantile(took, 0.95)
	return nil
}

// get asks for a list, in a browser that is logged in or with a token.
func (s *site) get(ctx context.Context, l list) ([]byte, error) {
	client, bearer := s.browser, ""
	if l.api {
		client, bearer = s.program, s.tokens[s.turn%len(s.tokens)]
		s.turn++
	}
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, s.base+s.resolve(l.path), nil)
	if err != nil {
		return nil, err
	}
	if bearer != "" {
		r.Header.Set("Authorization", "Bearer "+bearer)
	}
	answer, err := client.Do(r)
	if err != nil {
		return nil, err
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	if err == nil && answer.StatusCode != http.StatusOK {
		err = fmt.Errorf("%s: %s: %.200s", l.path, answer.Status, body)
	}
	return body, err
}

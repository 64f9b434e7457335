package main

import (
	"context"
	"encoding/json"
	"fmt"
	"net/url"
	"strings"
	"time"

	"birthright/bench/measure"
)

// question is one that the larger hub is asked, often or, where everybody is
// looked at, a few times.
type question struct {
	key, name string
	path      func(a *among, i int) string
	often     int
	found     int // how many there must be at least
}

func userNamed(name string) string { return filtered(fmt.Sprintf("userName eq %q", name)) }

func filtered(filter string) string { return "/Users?filter=" + url.QueryEscape(filter) }

// questions are asked of the larger hub.
func questions(since time.Time) []question {
	fixed := func(path string) func(*among, int) string { return func(*among, int) string { return path } }
	return []question{
		{"a", `/Users?filter=externalId eq "x"`, func(a *among, i int) string {
			return filtered(fmt.Sprintf("externalId eq %q", a.people[a.one(i)].EmployeeNumber))
		}, lookUps, 1},
		{"b", `/Users?filter=emails.value eq "x"`, func(a *among, i int) string {
			return filtered(fmt.Sprintf("emails.value eq %q", a.people[a.one(i)].Email))
		}, lookUps, 1},
		{"c", `/Users?filter=an undeclared extension's attribute eq "x"`, func(a *among, i int) string {
			return filtered(fmt.Sprintf("%s:badge eq %q", acme, badge(a.one(i))))
		}, lookUps, 1},
		{"d", `/Users?filter=name.familyName eq "x", which very many have`, func(a *among, i int) string {
			return filtered(fmt.Sprintf("name.familyName eq %q", a.people[a.one(i)].FamilyName))
		}, 10, 1},
		{"e", "/Users?filter=meta.lastModified ge the last poll, 100 found", fixed(filtered(fmt.Sprintf("meta.lastModified ge %q", since.Format(time.RFC3339Nano)))), lookUps, changed},
		{"f", `/Users?filter=displayName co "x", no index`, fixed(filtered(`displayName co "zzz"`)), scans, 0},
		{"g", "/Users?sortBy=userName&count=100", fixed("/Users?sortBy=userName&count=100"), scans, 100},
		{"h", "/Users?startIndex=1&count=100", fixed("/Users?startIndex=1&count=100"), scans, 100},
		{"i", "/Users?startIndex=900001&count=100, a deep page", func(a *among, _ int) string {
			return fmt.Sprintf("/Users?startIndex=%d&count=100", len(a.people)/10*9+1)
		}, scans, 100},
	}
}

// questionOf tells what a key of the figures was.
func questionOf(key string) (string, bool) {
	for _, size := range []int{few, many} {
		if key == look(size) {
			return fmt.Sprintf(`/Users?filter=userName eq "x" among %s`, measure.Count(size)), true
		}
	}
	for _, q := range questions(time.Time{}) {
		if key == q.key {
			return q.name, true
		}
	}
	return "", false
}

// changed is how many users a poll finds.
const changed = 100

// patience is about how long the hub works on a question, in seconds; one that
// was given up then counts as so long.
const patience = 50

// askAll asks every question, after some users changed.
func (a *among) askAll(ctx context.Context, result measure.Result) error {
	since := time.Now().UTC()
	for i := range changed {
		if err := a.client.Replace(ctx, a.ids[a.one(i)], map[string]any{"title": "Changed"}); err != nil {
			return err
		}
	}
	took := map[string][]float64{}
	for _, q := range questions(since) {
		for i := range q.often {
			seconds, err := a.ask(ctx, q.path(a, i), q.found)
			if err != nil && (q.often != scans || seconds < patience) {
				return err
			}
			took[q.key] = append(took[q.key], seconds)
		}
	}
	note(result, took)
	return nil
}

// answered is what is looked at of a list.
type answered struct {
	Total     int               `json:"totalResults"`
	Next      string            `json:"nextCursor"`
	Resources []json.RawMessage `json:"Resources"`
}

// ask asks a question and returns how long the answer took, which must find so
// many at least.
func (a *among) ask(ctx context.Context, path string, found int) (float64, error) {
	sent := time.Now()
	got, err := a.list(ctx, path)
	took := time.Since(sent).Seconds()
	if err == nil && len(got.Resources) < found {
		err = fmt.Errorf("GET %s found %d, not %d", path, len(got.Resources), found)
	}
	return took, err
}

func (a *among) list(ctx context.Context, path string) (got answered, err error) {
	data, err := a.client.Get(ctx, path)
	if err != nil {
		return got, err
	}
	return got, json.NewDecoder(strings.NewReader(string(data))).Decode(&got)
}

package pagerduty

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"birthright/identity"
	"birthright/internal/secret"
	"birthright/sources"
	"birthright/sources/sourcetest"
)

const key = "u+canary-7741"

// fake answers as PagerDuty does, as far as its public API description (REST API,
// version 2) says, and refuses what that does not allow. Beyond the description it
// gives each schedule two escalation levels, so that shifts come twice.
type fake struct {
	mu        sync.Mutex
	facts     []identity.Fact
	permanent bool // somebody is on call without a schedule
	requests  []string
	// spoil may answer the n-th request, counted from 1, in the fake's place.
	spoil func(n int, w http.ResponseWriter, r *http.Request) bool
}

// parameters are those that each path takes.
var parameters = map[string][]string{
	"/schedules": {"limit", "offset", "query", "time_zone", "total"},
	"/oncalls":   {"limit", "offset", "since", "until", "time_zone", "include[]", "schedule_ids[]", "user_ids[]", "earliest", "total"},
	"/incidents": {"limit", "offset", "statuses[]", "date_range", "include[]", "time_zone", "sort_by", "since", "until", "total"},
}

func (f *fake) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.requests = append(f.requests, r.Method+" "+r.URL.Path)
	if f.spoil != nil && f.spoil(len(f.requests), w, r) {
		return
	}
	query := r.URL.Query()
	for name := range query {
		if !slices.Contains(parameters[r.URL.Path], name) {
			refuse(w, 400, "unknown parameter "+name)
			return
		}
	}
	limit, _ := strconv.Atoi(query.Get("limit"))
	offset, _ := strconv.Atoi(query.Get("offset"))
	switch {
	case r.Header.Get("Authorization") != "Token token="+key:
		refuse(w, 401, "Unauthorized")
	case r.Header.Get("Accept") != "application/vnd.pagerduty+json;version=2":
		refuse(w, 406, "no such version")
	case r.Method != http.MethodGet || parameters[r.URL.Path] == nil:
		refuse(w, 404, "Not Found")
	case limit < 1 || limit > 100 || offset+limit > 10_000:
		refuse(w, 400, "limit and offset")
	default:
		f.list(w, r, limit, offset)
	}
}

func refuse(w http.ResponseWriter, status int, message string) {
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("X-Request-Id", "req-4711")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(map[string]any{"error": map[string]any{"message": message, "code": 2001}})
}

func (f *fake) list(w http.ResponseWriter, r *http.Request, limit, offset int) {
	name := strings.TrimPrefix(r.URL.Path, "/")
	items, wrong := map[string]func(*http.Request) ([]any, string){"schedules": f.schedules, "oncalls": f.oncalls, "incidents": f.incidents}[name](r)
	if wrong != "" {
		refuse(w, 400, wrong)
		return
	}
	end := min(offset+limit, len(items))
	page := items[min(offset, end):end]
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(map[string]any{
		name: append([]any{}, page...), "limit": limit, "offset": offset, "more": end < len(items), "total": nil,
	})
}

func id(name string) string { return fmt.Sprintf("P%X", name) }

func point(kind, name string) map[string]any {
	return map[string]any{"id": id(name), "type": kind + "_reference", "summary": name}
}

// user is a reference, or the user itself where that is asked for.
func user(r *http.Request, include, address string) map[string]any {
	name, _, _ := strings.Cut(address, "@")
	u := map[string]any{"id": id(address), "type": "user_reference", "summary": name}
	if slices.Contains(r.URL.Query()["include[]"], include) {
		u["type"], u["name"], u["email"] = "user", name, address
	}
	return u
}

func (f *fake) schedules(*http.Request) (out []any, wrong string) {
	names := map[string]bool{}
	for _, one := range f.facts {
		if one.Kind == identity.FactShift {
			names[one.Name] = true
		}
	}
	for _, name := range slices.Sorted(maps.Keys(names)) {
		s := point("schedule", name)
		s["type"], s["name"], s["time_zone"] = "schedule", name, "Europe/Berlin"
		out = append(out, s)
	}
	return out, ""
}

func (f *fake) oncalls(r *http.Request) (out []any, wrong string) {
	q := r.URL.Query()
	since, err := time.Parse(time.RFC3339, q.Get("since"))
	until, err2 := time.Parse(time.RFC3339, q.Get("until"))
	if err != nil || err2 != nil || until.Before(since) || until.Sub(since) > 90*24*time.Hour {
		return nil, "since and until"
	}
	for _, one := range f.facts {
		over := !one.End.IsZero() && !one.End.After(since)
		if one.Kind != identity.FactShift || over || one.Start.After(until) || len(q["schedule_ids[]"]) > 0 && !slices.Contains(q["schedule_ids[]"], id(one.Name)) {
			continue
		}
		for level := range 2 {
			entry := map[string]any{
				"user": user(r, "users", one.Person), "schedule": point("schedule", one.Name), "escalation_policy": point("escalation_policy", "p"),
				"escalation_level": level + 1, "start": one.Start.Format(time.RFC3339), "end": nil,
			}
			if !one.End.IsZero() {
				entry["end"] = one.End.Format(time.RFC3339)
			}
			out = append(out, entry)
		}
	}
	if f.permanent {
		out = append(out, map[string]any{"user": user(r, "users", "boss@x.test"), "schedule": nil, "escalation_policy": point("escalation_policy", "p"), "escalation_level": 3, "start": nil, "end": nil})
	}
	return out, ""
}

func (f *fake) incidents(r *http.Request) (out []any, wrong string) {
	q := r.URL.Query()
	if !slices.Equal(q["statuses[]"], []string{"triggered", "acknowledged"}) || q.Get("date_range") != "all" {
		return nil, "the open ones of all time were not asked for"
	}
	for i, one := range f.facts {
		if one.Kind == identity.FactTicket {
			out = append(out, map[string]any{
				"id": fmt.Sprintf("Q%d", i), "type": "incident", "incident_number": i, "status": "triggered", "service": point("service", one.Name),
				"created_at":  one.Start.Add(-time.Hour).Format(time.RFC3339),
				"assignments": []any{map[string]any{"at": one.Start.Format(time.RFC3339), "assignee": user(r, "assignees", one.Person)}},
			})
		}
	}
	return out, ""
}

// serve starts a fake and opens a source on it; change may change its settings.
func serve(t testing.TB, f *fake, change func(*Config)) sources.Context {
	t.Helper()
	server := httptest.NewServer(f)
	t.Cleanup(server.Close)
	token, err := secret.New(key)
	if err != nil {
		t.Fatal(err)
	}
	c := &Config{URL: server.URL, Token: token, Tickets: true}
	if change != nil {
		change(c)
	}
	source, err := c.Open(sources.Env{Name: "pager", Now: func() time.Time { return sourcetest.ContextNow }})
	if err != nil {
		t.Fatal(err)
	}
	return source.(sources.Context)
}

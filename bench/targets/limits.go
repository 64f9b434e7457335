package main

import (
	"context"
	"fmt"
	"net/http"
	"sync"
	"time"

	"birthright/bench/measure"
	"birthright/internal/httpkit"
	"birthright/internal/ratelimit"
)

// model is how a vendor limits requests: so many in a window, which begins anew when
// it is over (fixed), or any window as long (sliding).
type model struct {
	name    string
	limit   ratelimit.Limit
	sliding bool
}

// models are the vendors' documented limits for changes.
var models = []model{
	{"GitHub, writes", ratelimit.Limit{Tokens: 180, Per: time.Minute}, true},
	{"Okta, users", ratelimit.Limit{Tokens: 600, Per: time.Minute}, false},
	{"Slack, user groups", ratelimit.Limit{Tokens: 20, Per: time.Minute}, true},
	{"Slack SCIM, writes", ratelimit.Limit{Tokens: 600, Per: time.Minute}, false},
	{"Google Directory", ratelimit.Limit{Tokens: 2400, Per: time.Minute}, false},
	{"Graph, writes", ratelimit.Limit{Tokens: 3000, Per: 150 * time.Second}, true},
}

// windows is for how many windows of a limit requests are sent without a pause.
const windows = 20

func limits(ctx context.Context, r *measure.Report) error {
	for i, m := range models {
		result, err := measure.Fork(ctx, "limits", fmt.Sprint(i))
		if err != nil {
			return err
		}
		share, refused := result.Figures["share"], result.Counts["refused"]
		r.Line(fmt.Sprintf("%s: %d in %v", m.name, m.limit.Tokens, m.limit.Per), fmt.Sprintf("%.1f %% used", share*100), fmt.Sprintf("%d refused", refused))
		r.Ratio(m.name+": what is allowed", "what was used", 1/share, mostSlack*1.02)
		if refused > 0 {
			return fmt.Errorf("%s: %d requests were refused that need not have been sent", m.name, refused)
		}
	}
	return nil
}

// limited is a system with a limit, by a clock that moves when somebody waits.
type limited struct {
	model
	mu      sync.Mutex
	now     time.Time
	taken   []time.Time
	served  int
	refused int
}

// RoundTrip answers 429 beyond the limit.
func (l *limited) RoundTrip(r *http.Request) (*http.Response, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	status := http.StatusOK
	if l.inWindow() >= l.limit.Tokens {
		l.refused++
		status = http.StatusTooManyRequests
	} else {
		l.served++
		l.taken = append(l.taken, l.now)
	}
	return &http.Response{StatusCode: status, Header: http.Header{}, Body: http.NoBody, Request: r}, nil
}

// inWindow counts what was taken in the window that now is in.
func (l *limited) inWindow() int {
	from := l.now.Add(-l.limit.Per)
	if !l.sliding {
		from = l.now.Truncate(l.limit.Per).Add(-1)
	}
	n := 0
	for i := len(l.taken) - 1; i >= 0 && l.taken[i].After(from); i-- {
		n++
	}
	return n
}

// Now tells the time.
func (l *limited) Now() time.Time {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.now
}

// Sleep lets time pass.
func (l *limited) Sleep(ctx context.Context, d time.Duration) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.now = l.now.Add(d)
	return ctx.Err()
}

// limitsTask sends requests to one system as fast as the kit lets them go.
func limitsTask(ctx context.Context, args []string) (measure.Result, error) {
	var i int
	if _, err := fmt.Sscan(args[0], &i); err != nil {
		return measure.Result{}, err
	}
	began := time.Now()
	l := &limited{model: models[i], now: time.Unix(1_800_000_000, 0)}
	client, err := httpkit.New(httpkit.Options{
		Base: "https://limited.invalid", Transport: l, Now: l.Now, Budgets: ratelimit.NewWith(l.Now, l.Sleep), Limits: []ratelimit.Limit{models[i].limit}, Patient: true,
	})
	if err != nil {
		return measure.Result{}, err
	}
	defer client.Close()
	start := l.Now()
	for l.Now().Sub(start) < windows*l.limit.Per {
		if _, err := client.Do(ctx, httpkit.Request{Method: http.MethodGet, Path: "/"}); err != nil && l.refused == 0 {
			return measure.Result{}, err
		}
	}
	result := measure.Since(began, map[string]int{"refused": l.refused})
	allowed := float64(l.limit.Tokens) * l.Now().Sub(start).Seconds() / l.limit.Per.Seconds()
	result.Figures = map[string]float64{"share": float64(l.served) / allowed}
	return result, nil
}

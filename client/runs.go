package client

import (
	"context"
	"encoding/json"

	"net/http"
	"time"

	"birthright/grants/approval"
	"birthright/hub"
	"birthright/identity"
	"birthright/live"
	"birthright/reconcile"
)

// lookAgain is how long is waited before a stream that ended is asked for again.
const lookAgain = time.Second

// Plan works out what a sync would do, and changes nothing.
func (c Hub) Plan(ctx context.Context, _ approval.Actor, scope hub.Scope) (out reconcile.Report, err error) {
	return out, c.post(ctx, "/plans", scope, &out)
}

// Sync brings targets up to what people should have. It is the hub that does it, also
// when ctx ends; what it does meanwhile is told to Progress.
func (c Hub) Sync(ctx context.Context, _ approval.Actor, scope hub.Scope) (out reconcile.Report, err error) {
	return out, c.carryOut(ctx, "/runs", scope, &out)
}

// Import reads the named sources, or all that can be read, into the directory.
func (c Hub) Import(ctx context.Context, _ approval.Actor, sources []string) (out hub.Imported, err error) {
	return out, c.carryOut(ctx, "/imports", map[string][]string{"sources": sources}, &out)
}

// carryOut has a run begun, waits until it is over, and returns what it came to.
func (c Hub) carryOut(ctx context.Context, path string, order, into any) error {
	var run hub.Run
	if err := c.post(ctx, path, order, &run); err != nil {
		return err
	}
	if err := c.follow(ctx, run.ID); err != nil {
		return err
	}
	return c.get(ctx, "/runs/"+run.ID+"/report", nil, into)
}

// follow hears what a run does until it is over.
func (c Hub) follow(ctx context.Context, run string) error {
	last := ""
	for {
		over, err := c.hear(ctx, run, &last)
		if over || ctx.Err() != nil {
			return ctx.Err()
		}
		if kind := identity.KindOf(err); kind == identity.Denied || kind == identity.NotFound {
			return err
		}
		timer := time.NewTimer(lookAgain)
		select {
		case <-timer.C:
		case <-ctx.Done():
			timer.Stop()
			return ctx.Err()
		}
	}
}

// hear follows one stream of events, and reports whether the last one was the end.
func (c Hub) hear(ctx context.Context, run string, last *string) (over bool, err error) {
	r, err := c.request(ctx, http.MethodGet, "/runs/"+run+"/events", nil)
	if err != nil {
		return false, err
	}
	r.Header.Set("Accept", "text/event-stream")
	if *last != "" {
		r.Header.Set("Last-Event-ID", *last)
	}
	answer, err := c.http.Do(r)
	if err != nil {
		return false, c.unreachable(err)
	}
	defer answer.Body.Close()
	if answer.StatusCode != http.StatusOK {
		return false, c.refusal(answer)
	}
	err = live.Read(answer.Body, func(e live.Event) bool {
		if e.ID != "" {
			*last = e.ID
		}
		if e.Kind == live.Progress && c.Progress != nil {
			c.Progress(e.Target, e.Step, e.Done, e.Total)
		}
		over = e.Kind == live.Finished && e.Run == run
		return over
	})
	return over, err
}

// Runs lists runs, newest first.
func (c Hub) Runs(ctx context.Context, _ approval.Actor, q hub.RunQuery) (hub.Page[hub.Run], error) {
	return pages[hub.Run](ctx, c.Client, "/runs", values("target", q.Target, "kind", q.Kind), q.After, q.Limit)
}

// Run returns one run with its parts.
func (c Hub) Run(ctx context.Context, _ approval.Actor, id string) (out hub.RunDetail, err error) {
	return out, c.get(ctx, "/runs/"+segment(id), nil, &out)
}

// RunChanges lists what a run and its passes did.
func (c Hub) RunChanges(ctx context.Context, _ approval.Actor, q hub.ChangeQuery) (hub.Page[hub.RunChange], error) {
	return pages[hub.RunChange](ctx, c.Client, "/runs/"+segment(q.Run)+"/changes", values("outcome", q.Outcome), q.After, q.Limit)
}

// RunReport returns what an ordered run came to, as JSON.
func (c Hub) RunReport(ctx context.Context, _ approval.Actor, id string) (out json.RawMessage, err error) {
	return out, c.get(ctx, "/runs/"+segment(id)+"/report", nil, &out)
}

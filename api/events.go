package api

import (
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"

	"birthright/grants/approval"
	"birthright/hub"
	"birthright/live"
)

// Watching says where a stream of events begins.
type Watching struct {
	LastEvent string `header:"Last-Event-ID" maxLength:"64" doc:"the last event that was heard; those after it come first"`
}

type watchingRun struct {
	RunPath
	Watching
}

func (s *server) mountEvents() {
	route(s, eventual("events", "/events", "What happens in this process: runs, how far they are, changes, what is held"),
		func(ctx context.Context, who approval.Actor, in *Watching) (*huma.StreamResponse, error) {
			return s.events(ctx, who, "", in.LastEvent)
		})
	route(s, eventual("run-events", "/runs/{run}/events", "What a run does, until it is over"),
		func(ctx context.Context, who approval.Actor, in *watchingRun) (*huma.StreamResponse, error) {
			return s.events(ctx, who, in.Run, in.LastEvent)
		})
}

// eventual describes a route that answers with server-sent events.
func eventual(id, path, summary string) huma.Operation {
	op := operation(id, http.MethodGet, path, summary)
	op.Responses = map[string]*huma.Response{
		"200": {Description: "Events, each with the JSON of a live event as its data", Content: map[string]*huma.MediaType{"text/event-stream": {Schema: &huma.Schema{Type: "string"}}}},
	}
	return op
}

func (s *server) events(ctx context.Context, who approval.Actor, run, after string) (*huma.StreamResponse, error) {
	watch, err := s.Hub.Watch(ctx, who, run, after)
	if err != nil {
		return nil, err
	}
	return &huma.StreamResponse{Body: func(hc huma.Context) {
		r, w := humago.Unwrap(hc)
		live.Serve(w, r, watch, hub.Last(run))
	}}, nil
}

// beginning describes a route that begins a run, which may go on behind its answer.
func beginning(id, path, summary string) huma.Operation {
	op := operation(id, http.MethodPost, path, summary)
	op.DefaultStatus = http.StatusAccepted
	return op
}

// patient are the routes whose answers may take long.
var patient = map[string]bool{
	Prefix + "/plans": true, Prefix + "/runs": true, Prefix + "/imports": true,
	Prefix + "/targets/check": true, Prefix + "/targets/catalog": true, Prefix + "/sources/check": true,
}

// takingTime takes the server's deadlines from answers that may take long.
func takingTime(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodPost && patient[r.URL.Path] {
			control := http.NewResponseController(w)
			_ = control.SetReadDeadline(time.Time{}) // a writer without deadlines needs no others
			_ = control.SetWriteDeadline(time.Time{})
		}
		next.ServeHTTP(w, r)
	})
}

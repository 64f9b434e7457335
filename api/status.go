package api

import (
	"context"
	"net/http"

	"birthright/grants/approval"
	"birthright/hub"
	"birthright/rights"
)

type statusDesk interface {
	Self(ctx context.Context, a approval.Actor, verbs ...rights.Verb) (hub.Self, error)
	Status(ctx context.Context, a approval.Actor) (hub.Status, error)
}

// build is which program answers.
type build struct {
	Version string `json:"version"`
}

func (s *server) mountStatus() {
	route(s, operation("status", http.MethodGet, "/status", "How the hub is, in one look: what is late before everything else"),
		func(ctx context.Context, who approval.Actor, _ *struct{}) (*answer[hub.Status], error) {
			return answering(s.Hub.Status(ctx, who))
		})
	route(s, operation("version", http.MethodGet, "/version", "Which program answers"),
		func(ctx context.Context, who approval.Actor, _ *struct{}) (*answer[build], error) {
			_, err := s.Hub.Self(ctx, who) // whoever has left is told nothing
			return answering(build{s.Version}, err)
		})
}

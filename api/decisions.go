package api

import (
	"context"
	"net/http"

	"birthright/grants/approval"
	"birthright/grants/desk"
)

type decisionDesk interface {
	Decide(ctx context.Context, a approval.Actor, id string, w desk.Decision) (desk.Answer, error)
	Cancel(ctx context.Context, a approval.Actor, id string) (desk.Request, error)
}

type approving struct {
	Named
	Key  string `header:"Idempotency-Key" maxLength:"200"`
	Body *struct {
		Note     string `json:"note,omitempty" maxLength:"4000"`
		Revision int    `json:"revision,omitempty" minimum:"1" doc:"of the request that was looked at: one that was changed since is not decided on"`
	}
}

type denying struct {
	Named
	Key  string `header:"Idempotency-Key" maxLength:"200"`
	Body struct {
		Reason   string `json:"reason" maxLength:"4000"`
		Revision int    `json:"revision,omitempty" minimum:"1"`
	}
}

// decided is a request that was answered.
type decided struct {
	desk.Request
	// Already says that the answer changed nothing.
	Already bool `json:"already" doc:"the answer changed nothing: it had been given before, or others had decided so"`
}

func (s *server) mountDecisions() {
	route(s, operation("approve", http.MethodPost, "/requests/{id}/approve", "Approve a request"),
		func(ctx context.Context, who approval.Actor, in *approving) (*answer[decided], error) {
			w := desk.Decision{Approve: true}
			if in.Body != nil {
				w.Note, w.Revision = in.Body.Note, in.Body.Revision
			}
			return s.decide(ctx, who, in.ID, w)
		})
	route(s, operation("deny", http.MethodPost, "/requests/{id}/deny", "Deny a request"),
		func(ctx context.Context, who approval.Actor, in *denying) (*answer[decided], error) {
			return s.decide(ctx, who, in.ID, desk.Decision{Note: in.Body.Reason, Revision: in.Body.Revision})
		})
	route(s, operation("cancel", http.MethodPost, "/requests/{id}/cancel", "Take a request back, or an approved one whose grant has not begun"),
		func(ctx context.Context, who approval.Actor, in *doing) (*answer[desk.Request], error) {
			return answering(s.Desk.Cancel(ctx, who, in.ID))
		})
}

// doing is a deed that needs no words.
type doing struct {
	Named
	Key string `header:"Idempotency-Key" maxLength:"200"`
}

func (s *server) decide(ctx context.Context, who approval.Actor, id string, w desk.Decision) (*answer[decided], error) {
	a, err := s.Desk.Decide(ctx, who, id, w)
	return answering(decided{a.Request, a.Already}, err)
}

package api

import (
	"context"
	"net/http"
	"strconv"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"birthright/grants/approval"
	"birthright/grants/desk"
)

type grantDesk interface {
	Grants(ctx context.Context, a approval.Actor, q desk.Query) ([]desk.Grant, error)
	Grant(ctx context.Context, a approval.Actor, id string) (desk.Grant, error)
	Overdue(ctx context.Context, a approval.Actor) ([]desk.Grant, error)
	Extend(ctx context.Context, a approval.Actor, id string, by time.Duration, reason string) (desk.Extension, error)
	Return(ctx context.Context, a approval.Actor, id string) (desk.Grant, error)
	Revoke(ctx context.Context, a approval.Actor, id, reason string) (desk.Grant, error)
}

// grantQuestion selects grants.
type grantQuestion struct {
	Question
	Open  bool     `query:"open" doc:"only those of which something is, will be or may be left on a target"`
	State []string `query:"state" enum:"scheduled,activating,active,ending,ended,failed" doc:"one or more, with commas"`
}

type extending struct {
	Named
	Key  string `header:"Idempotency-Key" maxLength:"200"`
	Body struct {
		For    string `json:"for" maxLength:"40" example:"1h" doc:"by how much"`
		Reason string `json:"reason,omitempty" maxLength:"4000"`
	}
}

type revoking struct {
	Named
	Key  string `header:"Idempotency-Key" maxLength:"200"`
	Body struct {
		Reason string `json:"reason" maxLength:"4000"`
	}
}

func (s *server) mountGrants() {
	grants := list[desk.Grant]{
		name: "grants", find: s.Desk.Grants, number: func(g desk.Grant) int64 { return g.N }, header: desk.GrantColumns(), row: func(g desk.Grant) []string { return g.Cells() },
	}
	route(s, paged[desk.Grant](s, operation("grants", http.MethodGet, "/grants", "Grants, newest first")),
		func(ctx context.Context, who approval.Actor, in *grantQuestion) (*huma.StreamResponse, error) {
			q := in.query(in.State)
			q.Open = in.Open
			return grants.pages(ctx, s, who, &in.Question, q, in.text("grants", "", strconv.FormatBool(in.Open), in.State))
		})
	route(s, operation("overdue", http.MethodGet, "/grants/overdue", "Grants that are over and of which something is left on a target; for administrators and auditors"),
		func(ctx context.Context, who approval.Actor, _ *struct{}) (*answer[items[desk.Grant]], error) {
			return listing(s.Desk.Overdue(ctx, who))
		})
	route(s, operation("grant", http.MethodGet, "/grants/{id}", "One grant"),
		func(ctx context.Context, who approval.Actor, in *Named) (*answer[desk.Grant], error) {
			return answering(s.Desk.Grant(ctx, who, in.ID))
		})
	s.mountGrantChanges()
}

func (s *server) mountGrantChanges() {
	route(s, operation("extend", http.MethodPost, "/grants/{id}/extend", "Have a grant for longer; where the policy asks somebody, a request waits for a decision"), s.extend)
	route(s, operation("return", http.MethodPost, "/grants/{id}/return", "Give a grant back before its time"),
		func(ctx context.Context, who approval.Actor, in *doing) (*answer[desk.Grant], error) {
			return answering(s.Desk.Return(ctx, who, in.ID))
		})
	route(s, operation("revoke", http.MethodPost, "/grants/{id}/revoke", "Take a grant away before its time"),
		func(ctx context.Context, who approval.Actor, in *revoking) (*answer[desk.Grant], error) {
			return answering(s.Desk.Revoke(ctx, who, in.ID, in.Body.Reason))
		})
}

func (s *server) extend(ctx context.Context, who approval.Actor, in *extending) (*answer[desk.Extension], error) {
	d, err := length("for", in.Body.For)
	if err != nil {
		return nil, err
	}
	return answering(s.Desk.Extend(ctx, who, in.ID, d, in.Body.Reason))
}

package api

import (
	"context"
	"encoding/json"
	"net/http"
	"strconv"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"birthright/grants"
	"birthright/grants/approval"
	"birthright/grants/desk"
)

type requestDesk interface {
	Ask(ctx context.Context, a approval.Actor, w desk.Wish) ([]desk.Request, error)
	Requests(ctx context.Context, a approval.Actor, q desk.Query) ([]desk.Request, error)
	Request(ctx context.Context, a approval.Actor, id string) (desk.Request, error)
	Look(ctx context.Context, a approval.Actor, id string) (desk.Look, error)
	Amend(ctx context.Context, a approval.Actor, id string, to desk.Amendment) (desk.Request, error)
}

// Named is a path with the ID of something.
type Named struct {
	ID string `path:"id" maxLength:"40"`
}

// wish is what somebody asks for.
type wish struct {
	User   string    `json:"user,omitempty" maxLength:"256" doc:"who is to get it; without it oneself"`
	Groups []string  `json:"groups" minItems:"1" maxItems:"50" nullable:"false" doc:"groups, bundles, and addresses of entitlements"`
	For    string    `json:"for,omitempty" maxLength:"40" example:"2h" doc:"for how long: 90s, 30m, 8h, 2d, 1w"`
	Reason string    `json:"reason,omitempty" maxLength:"4000"`
	Ticket string    `json:"ticket,omitempty" maxLength:"200"`
	Start  time.Time `json:"start,omitempty" doc:"when it is wanted; without it at once"`
}

func (w *wish) wish() (desk.Wish, error) {
	d, err := length("for", w.For)
	return desk.Wish{User: w.User, Groups: w.Groups, For: d, Reason: w.Reason, Ticket: w.Ticket, Start: w.Start}, err
}

type asking struct {
	Key  string `header:"Idempotency-Key" maxLength:"200" doc:"of the sender's choice: the same request again gets the same answer, for 24 hours"`
	Body wish
}

// requestQuestion selects requests.
type requestQuestion struct {
	Question
	Approver string   `query:"approver" maxLength:"256" doc:"who may decide on it now"`
	Mine     bool     `query:"mine" doc:"only what the caller may decide on now"`
	State    []string `query:"state" enum:"pending,approved,denied,cancelled,expired" doc:"one or more, with commas"`
}

type amendment struct {
	Named
	Body struct {
		For    string    `json:"for,omitempty" maxLength:"40" example:"2h"`
		Reason string    `json:"reason,omitempty" maxLength:"4000"`
		Ticket string    `json:"ticket,omitempty" maxLength:"200"`
		Start  time.Time `json:"start,omitempty"`
	}
}

func (s *server) mountRequests() {
	ask := operation("ask", http.MethodPost, "/requests", "Ask for access: one request for each group, all or none")
	ask.DefaultStatus = http.StatusCreated
	route(s, ask, s.ask)
	requests := list[desk.Request]{
		name: "requests", find: s.Desk.Requests, number: func(r desk.Request) int64 { return r.N }, header: desk.RequestColumns(), row: func(r desk.Request) []string { return r.Cells() },
	}
	route(s, paged[desk.Request](s, operation("requests", http.MethodGet, "/requests", "Requests, newest first")),
		func(ctx context.Context, who approval.Actor, in *requestQuestion) (*huma.StreamResponse, error) {
			q := in.query(in.State)
			q.Approver, q.Mine = in.Approver, in.Mine
			return requests.pages(ctx, s, who, &in.Question, q, in.text("requests", in.Approver, strconv.FormatBool(in.Mine), in.State))
		})
	route(s, operation("request", http.MethodGet, "/requests/{id}", "One request"),
		func(ctx context.Context, who approval.Actor, in *Named) (*requestAnswer, error) {
			r, err := s.Desk.Request(ctx, who, in.ID)
			if err != nil {
				return nil, err
			}
			return &requestAnswer{Tag: requestTag(r), Body: r}, nil
		})
	route(s, operation("look", http.MethodGet, "/requests/{id}/look", "One request with what helps to decide on it: who, what they have, what colleagues have, what became of it before"),
		func(ctx context.Context, who approval.Actor, in *Named) (*answer[desk.Look], error) {
			return answering(s.Desk.Look(ctx, who, in.ID))
		})
	route(s, operation("amend", http.MethodPatch, "/requests/{id}", "Change a request that is open; who has approved it must do so again"), s.amend)
}

// requestAnswer is a request with a tag of its own.
type requestAnswer struct {
	Tag  string `header:"ETag" doc:"what If-Match takes"`
	Body desk.Request
}

// requestTag is the tag of a request. While it waits, its end moves on with the clock,
// which is no change of it.
func requestTag(r desk.Request) string {
	if r.State == grants.Pending {
		r.EndsAt = time.Time{}
	}
	text, _ := json.Marshal(r) // it is made of what JSON has
	return tag(text)
}

func (s *server) ask(ctx context.Context, who approval.Actor, in *asking) (*answer[items[desk.Request]], error) {
	w, err := in.Body.wish()
	if err != nil {
		return nil, err
	}
	return listing(s.Desk.Ask(ctx, who, w))
}

func (s *server) amend(ctx context.Context, who approval.Actor, in *amendment) (*answer[desk.Request], error) {
	d, err := length("for", in.Body.For)
	if err != nil {
		return nil, err
	}
	return answering(s.Desk.Amend(ctx, who, in.ID, desk.Amendment{For: d, Reason: in.Body.Reason, Ticket: in.Body.Ticket, Start: in.Body.Start}))
}

package api

import (
	"context"
	"net/http"

	"birthright/grants/approval"
	"birthright/grants/desk"
)

type glassDesk interface {
	BreakGlass(ctx context.Context, a approval.Actor, w desk.Wish) (desk.Request, error)
	Glasses(ctx context.Context, a approval.Actor, all bool) ([]desk.Request, error)
	Examine(ctx context.Context, a approval.Actor, id, verdict, note string) (desk.Request, error)
}

type breaking struct {
	Key  string `header:"Idempotency-Key" maxLength:"200"`
	Body struct {
		User   string `json:"user,omitempty" maxLength:"256" doc:"who is to get it; without it oneself"`
		Group  string `json:"group" minLength:"1" maxLength:"512"`
		For    string `json:"for,omitempty" maxLength:"40" example:"30m"`
		Reason string `json:"reason" maxLength:"4000"`
		Ticket string `json:"ticket,omitempty" maxLength:"200"`
	}
}

// glassQuestion selects emergencies.
type glassQuestion struct {
	All bool `query:"all" doc:"also those that somebody has looked at"`
}

type examining struct {
	Named
	Key  string `header:"Idempotency-Key" maxLength:"200"`
	Body struct {
		Verdict string `json:"verdict" enum:"justified,abuse"`
		Note    string `json:"note,omitempty" maxLength:"4000"`
	}
}

func (s *server) mountGlass() {
	op := operation("break-glass", http.MethodPost, "/break-glass", "Have a group at once, in an emergency; its owners are told, and look at it afterwards")
	op.DefaultStatus = http.StatusCreated
	route(s, op, func(ctx context.Context, who approval.Actor, in *breaking) (*answer[desk.Request], error) {
		d, err := length("for", in.Body.For)
		if err != nil {
			return nil, err
		}
		w := desk.Wish{User: in.Body.User, Groups: []string{in.Body.Group}, For: d, Reason: in.Body.Reason, Ticket: in.Body.Ticket}
		return answering(s.Desk.BreakGlass(ctx, who, w))
	})
	route(s, operation("unreviewed", http.MethodGet, "/break-glass", "Emergencies that nobody has looked at yet, or all, oldest first"),
		func(ctx context.Context, who approval.Actor, in *glassQuestion) (*answer[items[desk.Request]], error) {
			return listing(s.Desk.Glasses(ctx, who, in.All))
		})
	route(s, operation("review", http.MethodPost, "/requests/{id}/review", "Say whether an emergency was one"),
		func(ctx context.Context, who approval.Actor, in *examining) (*answer[desk.Request], error) {
			return answering(s.Desk.Examine(ctx, who, in.ID, in.Body.Verdict, in.Body.Note))
		})
}

package api

import (
	"context"
	"net/http"
	"time"

	"birthright/grants"
	"birthright/grants/approval"
	"birthright/grants/desk"
)

type delegationDesk interface {
	Delegations(ctx context.Context, a approval.Actor) ([]grants.Delegation, error)
	Delegate(ctx context.Context, a approval.Actor, w desk.Delegation) (grants.Delegation, error)
	EndDelegation(ctx context.Context, a approval.Actor, id string) (grants.Delegation, error)
}

// delegation is a delegation as programs see it.
type delegation struct {
	ID        string     `json:"id"`
	From      string     `json:"from"`
	To        string     `json:"to"`
	StartsAt  time.Time  `json:"starts_at"`
	EndsAt    time.Time  `json:"ends_at"`
	Reason    string     `json:"reason"`
	CreatedAt time.Time  `json:"created_at"`
	RevokedAt *time.Time `json:"revoked_at"`
}

func shown(d grants.Delegation) delegation {
	out := delegation{ID: d.ID, From: d.From, To: d.To, StartsAt: d.Start, EndsAt: d.End, Reason: d.Reason, CreatedAt: d.Created}
	if !d.RevokedAt.IsZero() {
		out.RevokedAt = &d.RevokedAt
	}
	return out
}

type delegating struct {
	Key  string `header:"Idempotency-Key" maxLength:"200"`
	Body struct {
		From   string    `json:"from,omitempty" maxLength:"256" doc:"who hands over; without it oneself"`
		To     string    `json:"to" minLength:"1" maxLength:"256"`
		Start  time.Time `json:"start,omitempty"`
		Until  time.Time `json:"until"`
		Reason string    `json:"reason,omitempty" maxLength:"4000"`
	}
}

func (s *server) mountDelegations() {
	route(s, operation("delegations", http.MethodGet, "/delegations", "Who decides in whose place"),
		func(ctx context.Context, who approval.Actor, _ *struct{}) (*answer[items[delegation]], error) {
			found, err := s.Desk.Delegations(ctx, who)
			out := make([]delegation, len(found))
			for i, d := range found {
				out[i] = shown(d)
			}
			return listing(out, err)
		})
	op := operation("delegate", http.MethodPost, "/delegations", "Let somebody decide in another's place for a time")
	op.DefaultStatus = http.StatusCreated
	route(s, op, func(ctx context.Context, who approval.Actor, in *delegating) (*answer[delegation], error) {
		b := in.Body
		d, err := s.Desk.Delegate(ctx, who, desk.Delegation{From: b.From, To: b.To, Start: b.Start, End: b.Until, Reason: b.Reason})
		return answering(shown(d), err)
	})
	route(s, operation("end-delegation", http.MethodDelete, "/delegations/{id}", "Take a delegation back"),
		func(ctx context.Context, who approval.Actor, in *Named) (*answer[delegation], error) {
			d, err := s.Desk.EndDelegation(ctx, who, in.ID)
			return answering(shown(d), err)
		})
}

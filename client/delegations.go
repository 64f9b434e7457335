package client

import (
	"context"
	"net/http"
	"time"

	"birthright/grants"
	"birthright/grants/approval"
	"birthright/grants/desk"
)

// delegation is a delegation as the API shows it.
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

func (d delegation) read() grants.Delegation {
	out := grants.Delegation{ID: d.ID, From: d.From, To: d.To, Start: d.StartsAt, End: d.EndsAt, Reason: d.Reason, Created: d.CreatedAt}
	if d.RevokedAt != nil {
		out.RevokedAt = *d.RevokedAt
	}
	return out
}

// Delegations returns who decides in whose place.
func (c Desk) Delegations(ctx context.Context, _ approval.Actor) ([]grants.Delegation, error) {
	var found items[delegation]
	err := c.get(ctx, "/delegations", nil, &found)
	out := make([]grants.Delegation, len(found.Items))
	for i, d := range found.Items {
		out[i] = d.read()
	}
	return out, err
}

// Delegate lets somebody decide in another's place.
func (c Desk) Delegate(ctx context.Context, _ approval.Actor, w desk.Delegation) (grants.Delegation, error) {
	var out delegation
	err := c.post(ctx, "/delegations", fields("from", w.From, "to", w.To, "start", instant(w.Start), "until", instant(w.End), "reason", w.Reason), &out)
	return out.read(), err
}

// EndDelegation takes a delegation back.
func (c Desk) EndDelegation(ctx context.Context, _ approval.Actor, id string) (grants.Delegation, error) {
	var out delegation
	err := c.do(ctx, http.MethodDelete, "/delegations/"+segment(id), nil, &out)
	return out.read(), err
}

package api

import (
	"context"
	"net/http"

	"birthright/grants/approval"
	"birthright/hub"
)

type takenDesk interface {
	Revocations(ctx context.Context, a approval.Actor, q hub.TakenQuery) (hub.Page[hub.Revocation], error)
	Orders(ctx context.Context, a approval.Actor, q hub.TakenQuery) (hub.Page[hub.Order], error)
	Lift(ctx context.Context, a approval.Actor, ids []string, reason string) ([]hub.Revocation, error)
	Withdraw(ctx context.Context, a approval.Actor, ids []string, reason string) ([]hub.Order, error)
}

// takenQuestion selects what was taken away.
type takenQuestion struct {
	Paging
	All bool `query:"all" doc:"what is over, too, newest first"`
}

func (q *takenQuestion) text(list string) string {
	if q.All {
		return question(list, "all")
	}
	return question(list)
}

type givingBack struct {
	Key  string `header:"Idempotency-Key" maxLength:"200"`
	Body struct {
		IDs    []string `json:"ids" minItems:"1" maxItems:"1000" doc:"IDs: all of them, or none"`
		Reason string   `json:"reason" minLength:"1" maxLength:"4000"`
	}
}

func (s *server) mountTaken() {
	route(s, operation("revocations", http.MethodGet, "/revocations", "Memberships that reviews took away, whatever gives them"),
		func(ctx context.Context, who approval.Actor, in *takenQuestion) (*answer[page[hub.Revocation]], error) {
			return paging(in.Paging, in.text("revocations"), func(after string, limit int) (hub.Page[hub.Revocation], error) {
				return s.Hub.Revocations(ctx, who, hub.TakenQuery{All: in.All, After: after, Limit: limit})
			})
		})
	route(s, operation("orders", http.MethodGet, "/orders", "Access on targets that somebody ordered to go and that was not seen to be gone"),
		func(ctx context.Context, who approval.Actor, in *takenQuestion) (*answer[page[hub.Order]], error) {
			return paging(in.Paging, in.text("orders"), func(after string, limit int) (hub.Page[hub.Order], error) {
				return s.Hub.Orders(ctx, who, hub.TakenQuery{All: in.All, After: after, Limit: limit})
			})
		})
	route(s, operation("lift", http.MethodPost, "/revocations/lift", "Let whoever gives them give memberships again that reviews took away"),
		func(ctx context.Context, who approval.Actor, in *givingBack) (*answer[items[hub.Revocation]], error) {
			return listing(s.Hub.Lift(ctx, who, in.Body.IDs, in.Body.Reason))
		})
	route(s, operation("withdraw", http.MethodPost, "/orders/withdraw", "Let access stay that was ordered to go and is there still"),
		func(ctx context.Context, who approval.Actor, in *givingBack) (*answer[items[hub.Order]], error) {
			return listing(s.Hub.Withdraw(ctx, who, in.Body.IDs, in.Body.Reason))
		})
}

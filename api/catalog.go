package api

import (
	"context"
	"net/http"

	"birthright/grants/approval"
	"birthright/grants/desk"
)

type catalogDesk interface {
	Catalog(ctx context.Context, a approval.Actor, user, search string) ([]desk.Offer, error)
}

type catalogQuestion struct {
	User string `query:"user" maxLength:"256" doc:"for whom; without it for oneself"`
	Q    string `query:"q" maxLength:"200" doc:"words that must be found in what is offered"`
}

func (s *server) mountCatalog() {
	route(s, operation("catalog", http.MethodGet, "/catalog", "What can be asked for"),
		func(ctx context.Context, who approval.Actor, in *catalogQuestion) (*answer[items[desk.Offer]], error) {
			return listing(s.Desk.Catalog(ctx, who, in.User, in.Q))
		})
}

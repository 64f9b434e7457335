package api

import (
	"context"
	"net/http"

	"birthright/grants/approval"
	"birthright/grants/desk"
)

type catalogDesk interface {
	Browse(ctx context.Context, a approval.Actor, b desk.Browse) (desk.Shelf, error)
}

type catalogQuestion struct {
	User  string `query:"user" maxLength:"256" doc:"for whom; without it for oneself"`
	Q     string `query:"q" maxLength:"200" doc:"words, each of which must be found in what is offered, as it is or in another form; then the best fit comes first"`
	Limit int    `query:"limit" minimum:"0" doc:"at most so many; 0 for all"`
}

// catalog is what can be asked for.
type catalog struct {
	Items []desk.Offer `json:"items" nullable:"false"`
	Fit   int          `json:"fit" doc:"how many fit the words, also beyond limit"`
	All   int          `json:"all" doc:"how many there are, whatever the words"`
}

func (s *server) mountCatalog() {
	route(s, operation("catalog", http.MethodGet, "/catalog", "What can be asked for"),
		func(ctx context.Context, who approval.Actor, in *catalogQuestion) (*answer[catalog], error) {
			shelf, err := s.Desk.Browse(ctx, who, desk.Browse{User: in.User, Search: in.Q, Limit: in.Limit})
			if shelf.Offers == nil {
				shelf.Offers = []desk.Offer{}
			}
			return answering(catalog{shelf.Offers, shelf.Fit, shelf.All}, err)
		})
}

package api

import (
	"context"
	"fmt"
	"net/http"
	"time"

	"birthright/grants/approval"
	"birthright/hub"
	"birthright/identity"
	"birthright/reconcile"
)

type personDesk interface {
	Me(ctx context.Context, a approval.Actor) (hub.Me, error)
	UserThen(ctx context.Context, a approval.Actor, name string, at time.Time) (*hub.Then, error)
	UserDifference(ctx context.Context, a approval.Actor, name string, one, other time.Time) (hub.Difference, error)
	Explain(ctx context.Context, a approval.Actor, name string, q reconcile.Question) ([]reconcile.Explained, error)
	Timeline(ctx context.Context, a approval.Actor, q hub.TimelineQuery) (hub.Page[hub.Happening], error)
}

// Moment is a user at a moment.
type Moment struct {
	UserPath
	At time.Time `query:"at" required:"true" doc:"the moment to look back to"`
}

// moments is a user at two moments.
type moments struct {
	Moment
	Compare time.Time `query:"compare" required:"true" doc:"the other moment"`
}

// why asks why access is held, or why not.
type why struct {
	UserPath
	Group       string `query:"group" maxLength:"256"`
	Entitlement string `query:"entitlement" maxLength:"1024" doc:"TARGET:KIND/ID: every group that carries it"`
	Lose        bool   `query:"lose" doc:"of what is held: the smallest change by which it would be lost"`
}

func (w *why) question() (q reconcile.Question, err error) {
	q = reconcile.Question{Group: w.Group, Lose: w.Lose}
	if w.Entitlement == "" {
		return q, nil
	}
	if w.Group != "" {
		return q, &identity.Error{Kind: identity.Invalid, Field: "entitlement", Err: fmt.Errorf("entitlement: ask about a group or about an entitlement, not both")}
	}
	if q.Entitlement, err = identity.ParseEntitlement(w.Entitlement); err != nil {
		return q, &identity.Error{Kind: identity.Invalid, Field: "entitlement", Err: err}
	}
	return q, nil
}

// timelineQuestion asks what happened to somebody.
type timelineQuestion struct {
	UserPath
	Paging
}

func (s *server) mountPerson() {
	route(s, operation("me", http.MethodGet, "/me", "Who the token speaks for, and what waits for them"),
		func(ctx context.Context, who approval.Actor, _ *struct{}) (*answer[hub.Me], error) {
			return answering(s.Hub.Me(ctx, who))
		})
	route(s, operation("user-then", http.MethodGet, "/users/{user}/then", "What somebody was and had at a moment"),
		func(ctx context.Context, who approval.Actor, in *Moment) (*answer[*hub.Then], error) {
			return answering(s.Hub.UserThen(ctx, who, in.User, in.At))
		})
	route(s, operation("user-difference", http.MethodGet, "/users/{user}/difference", "What was different of somebody at two moments"),
		func(ctx context.Context, who approval.Actor, in *moments) (*answer[hub.Difference], error) {
			return answering(s.Hub.UserDifference(ctx, who, in.User, in.At, in.Compare))
		})
	route(s, operation("explain", http.MethodGet, "/users/{user}/explain", "Why somebody holds access or why not, down to the clause, and the smallest change by which it would be otherwise"),
		func(ctx context.Context, who approval.Actor, in *why) (*answer[items[reconcile.Explained]], error) {
			q, err := in.question()
			if err != nil {
				return nil, err
			}
			return listing(s.Hub.Explain(ctx, who, in.User, q))
		})
	route(s, operation("timeline", http.MethodGet, "/users/{user}/timeline", "What happened to somebody, newest first"),
		func(ctx context.Context, who approval.Actor, in *timelineQuestion) (*answer[page[hub.Happening]], error) {
			return paging(in.Paging, question("timeline", in.User), func(after string, limit int) (hub.Page[hub.Happening], error) {
				return s.Hub.Timeline(ctx, who, hub.TimelineQuery{User: in.User, After: after, Limit: limit})
			})
		})
}

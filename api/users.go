package api

import (
	"context"
	"net/http"

	"birthright/grants/approval"
	"birthright/hub"
	"birthright/identity"
)

type userDesk interface {
	Users(ctx context.Context, a approval.Actor, q hub.UserQuery) (hub.Page[hub.User], error)
	User(ctx context.Context, a approval.Actor, name string) (hub.User, error)
}

// userQuestion selects users.
type userQuestion struct {
	Paging
	State      string `query:"state" enum:"staged,active,leave,suspended,left"`
	Department string `query:"department" maxLength:"256"`
	Team       string `query:"team" maxLength:"256"`
	Q          string `query:"q" maxLength:"200" doc:"a text in user name, display name or e-mail"`
}

// UserPath names a user.
type UserPath struct {
	User string `path:"user" maxLength:"256" doc:"user name, or id"`
}

func (s *server) mountUsers() {
	route(s, operation("users", http.MethodGet, "/users", "The directory: users with their memberships"),
		func(ctx context.Context, who approval.Actor, in *userQuestion) (*answer[page[hub.User]], error) {
			q := hub.UserQuery{State: identity.State(in.State), Department: in.Department, Team: in.Team, Search: in.Q}
			return paging(in.Paging, question("users", in.State, in.Department, in.Team, in.Q), func(after string, limit int) (hub.Page[hub.User], error) {
				q.After, q.Limit = after, limit
				return s.Hub.Users(ctx, who, q)
			})
		})
	route(s, operation("user", http.MethodGet, "/users/{user}", "One user: attributes, records, memberships, accounts"),
		func(ctx context.Context, who approval.Actor, in *UserPath) (*answer[hub.User], error) {
			return answering(s.Hub.User(ctx, who, in.User))
		})
}

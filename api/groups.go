package api

import (
	"context"
	"net/http"
	"time"

	"birthright/grants/approval"
	"birthright/hub"
)

type groupDesk interface {
	Groups(ctx context.Context, a approval.Actor, q hub.GroupQuery) (hub.Page[hub.Group], error)
	Group(ctx context.Context, a approval.Actor, name string) (hub.GroupDetail, error)
	Members(ctx context.Context, a approval.Actor, q hub.MemberQuery) (hub.Page[hub.Member], error)
	MembersThen(ctx context.Context, a approval.Actor, q hub.MomentQuery) (hub.Page[hub.HeldThen], error)
}

// groupQuestion selects groups.
type groupQuestion struct {
	Paging
	Q string `query:"q" maxLength:"200" doc:"a text in name, title or description"`
}

// GroupPath names a group.
type GroupPath struct {
	Group string `path:"group" maxLength:"256"`
}

// memberQuestion selects members of a group.
type memberQuestion struct {
	GroupPath
	Paging
	Q string `query:"q" maxLength:"200" doc:"a text in user name, display name or e-mail"`
}

// memberMoment asks who was in a group.
type memberMoment struct {
	GroupPath
	Paging
	At time.Time `query:"at" required:"true" doc:"the moment to look back to"`
}

func (s *server) mountGroups() {
	route(s, operation("groups", http.MethodGet, "/groups", "Groups: what the policy spells out, and what rules made and somebody is in"),
		func(ctx context.Context, who approval.Actor, in *groupQuestion) (*answer[page[hub.Group]], error) {
			return paging(in.Paging, question("groups", in.Q), func(after string, limit int) (hub.Page[hub.Group], error) {
				return s.Hub.Groups(ctx, who, hub.GroupQuery{Search: in.Q, After: after, Limit: limit})
			})
		})
	route(s, operation("group", http.MethodGet, "/groups/{group}", "One group: what it gives, who decides, by what its members are in it"),
		func(ctx context.Context, who approval.Actor, in *GroupPath) (*answer[hub.GroupDetail], error) {
			return answering(s.Hub.Group(ctx, who, in.Group))
		})
	route(s, operation("group-members", http.MethodGet, "/groups/{group}/members", "Who is in a group, and why"),
		func(ctx context.Context, who approval.Actor, in *memberQuestion) (*answer[page[hub.Member]], error) {
			return paging(in.Paging, question("members", in.Group, in.Q), func(after string, limit int) (hub.Page[hub.Member], error) {
				return s.Hub.Members(ctx, who, hub.MemberQuery{Group: in.Group, Search: in.Q, After: after, Limit: limit})
			})
		})
	route(s, operation("group-members-then", http.MethodGet, "/groups/{group}/members/then", "Who was in a group at a moment, and why"),
		func(ctx context.Context, who approval.Actor, in *memberMoment) (*answer[page[hub.HeldThen]], error) {
			return paging(in.Paging, question("members-then", in.Group, in.At.UTC().String()), func(after string, limit int) (hub.Page[hub.HeldThen], error) {
				return s.Hub.MembersThen(ctx, who, hub.MomentQuery{Group: in.Group, At: in.At, After: after, Limit: limit})
			})
		})
}

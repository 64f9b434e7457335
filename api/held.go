package api

import (
	"context"
	"net/http"

	"birthright/grants/approval"
	"birthright/hub"
)

type heldDesk interface {
	Held(ctx context.Context, a approval.Actor, q hub.HeldQuery) (hub.Page[hub.HeldChange], error)
	HeldChange(ctx context.Context, a approval.Actor, id string) (hub.HeldDetail, error)
	Release(ctx context.Context, a approval.Actor, by hub.Settlement) ([]hub.HeldChange, error)
	Refuse(ctx context.Context, a approval.Actor, by hub.Settlement) ([]hub.HeldChange, error)
}

type heldQuestion struct {
	Paging
	Kind   string `query:"kind" enum:"removal,missing,ambiguous,emptied"`
	Target string `query:"target" maxLength:"256"`
	Source string `query:"source" maxLength:"256"`
	All    bool   `query:"all" doc:"also what was released and not carried out yet, and what was refused"`
}

// HeldPath names something that is held.
type HeldPath struct {
	Held string `path:"held" maxLength:"256"`
}

// Placing says whose an ambiguous record is.
type Placing struct {
	User string `json:"user,omitempty" maxLength:"256" doc:"of an ambiguous record: the user whose it is"`
	New  bool   `json:"new,omitempty" doc:"of an ambiguous record: it is a user of its own"`
}

// Several names what is to be settled.
type Several struct {
	IDs    []string `json:"ids,omitempty" maxItems:"10000" doc:"one that is unknown settles nothing"`
	All    bool     `json:"all,omitempty" doc:"instead of ids: everything that is held but ambiguous records"`
	Target string   `json:"target,omitempty" maxLength:"256" doc:"with all: only what is held on this target"`
	Reason string   `json:"reason" maxLength:"4000"`
}

func (b Several) settlement() hub.Settlement {
	return hub.Settlement{IDs: b.IDs, All: b.All, Target: b.Target, Reason: b.Reason}
}

type releasingOne struct {
	HeldPath
	Key  string `header:"Idempotency-Key" maxLength:"200"`
	Body struct {
		Placing
		Reason string `json:"reason" maxLength:"4000"`
	}
}

type refusingOne struct {
	HeldPath
	Key  string `header:"Idempotency-Key" maxLength:"200"`
	Body struct {
		Reason string `json:"reason" maxLength:"4000"`
	}
}

type releasing struct {
	Key  string `header:"Idempotency-Key" maxLength:"200"`
	Body struct {
		Several
		Placing
	}
}

type refusing struct {
	Key  string `header:"Idempotency-Key" maxLength:"200"`
	Body Several
}

func (s *server) mountHeld() {
	route(s, operation("held", http.MethodGet, "/held", "What guards stopped, oldest first"),
		func(ctx context.Context, who approval.Actor, in *heldQuestion) (*answer[page[hub.HeldChange]], error) {
			q := hub.HeldQuery{Kind: in.Kind, Target: in.Target, Source: in.Source, All: in.All}
			asked := question("held", in.Kind, in.Target, in.Source, map[bool]string{true: "all"}[in.All])
			return paging(in.Paging, asked, func(after string, limit int) (hub.Page[hub.HeldChange], error) {
				q.After, q.Limit = after, limit
				return s.Hub.Held(ctx, who, q)
			})
		})
	route(s, operation("held-change", http.MethodGet, "/held/{held}", "One held change, and whom it concerns"),
		func(ctx context.Context, who approval.Actor, in *HeldPath) (*answer[hub.HeldDetail], error) {
			return answering(s.Hub.HeldChange(ctx, who, in.Held))
		})
	route(s, operation("release-one", http.MethodPost, "/held/{held}/release", "Let one held change go; an ambiguous record is given to a user, or becomes one"),
		func(ctx context.Context, who approval.Actor, in *releasingOne) (*answer[items[hub.HeldChange]], error) {
			return listing(s.Hub.Release(ctx, who, hub.Settlement{IDs: []string{in.Held}, Reason: in.Body.Reason, User: in.Body.User, New: in.Body.New}))
		})
	route(s, operation("refuse-one", http.MethodPost, "/held/{held}/refuse", "Say that one held change must not happen"),
		func(ctx context.Context, who approval.Actor, in *refusingOne) (*answer[items[hub.HeldChange]], error) {
			return listing(s.Hub.Refuse(ctx, who, hub.Settlement{IDs: []string{in.Held}, Reason: in.Body.Reason}))
		})
	route(s, operation("release", http.MethodPost, "/held/release", "Let held changes go, all of these or none"),
		func(ctx context.Context, who approval.Actor, in *releasing) (*answer[items[hub.HeldChange]], error) {
			by := in.Body.settlement()
			by.User, by.New = in.Body.User, in.Body.New
			return listing(s.Hub.Release(ctx, who, by))
		})
	route(s, operation("refuse", http.MethodPost, "/held/refuse", "Say that held changes must not happen, all of these or none"),
		func(ctx context.Context, who approval.Actor, in *refusing) (*answer[items[hub.HeldChange]], error) {
			return listing(s.Hub.Refuse(ctx, who, in.Body.settlement()))
		})
}

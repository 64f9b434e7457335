package api

import (
	"context"
	"net/http"

	"birthright/grants/approval"
	"birthright/hub"
)

type targetDesk interface {
	AllTargets(ctx context.Context, a approval.Actor) ([]hub.Target, error)
	Target(ctx context.Context, a approval.Actor, name string) (hub.TargetDetail, error)
	Entitlements(ctx context.Context, a approval.Actor, q hub.EntitlementQuery) (hub.Page[hub.SeenEntitlement], error)
	CheckTargets(ctx context.Context, a approval.Actor, names []string) ([]hub.Check, error)
	Catalog(ctx context.Context, a approval.Actor, names []string) ([]hub.TargetEntitlement, error)
}

// TargetPath names a target.
type TargetPath struct {
	Target string `path:"target" maxLength:"256"`
}

// entitlementQuestion selects what a target can give.
type entitlementQuestion struct {
	TargetPath
	Paging
	Q string `query:"q" maxLength:"200" doc:"a text in kind or id"`
}

// probing names what is to be asked; all where nothing is named.
type probing struct {
	Body struct {
		Names []string `json:"names,omitempty" maxItems:"1000" doc:"all where none is named"`
	}
}

func (s *server) mountTargets() {
	route(s, operation("targets", http.MethodGet, "/targets", "The targets, and how each of them stands"),
		func(ctx context.Context, who approval.Actor, _ *struct{}) (*answer[items[hub.Target]], error) {
			return listing(s.Hub.AllTargets(ctx, who))
		})
	route(s, operation("target", http.MethodGet, "/targets/{target}", "One target: health, queue, guard, capabilities, last runs"),
		func(ctx context.Context, who approval.Actor, in *TargetPath) (*answer[hub.TargetDetail], error) {
			return answering(s.Hub.Target(ctx, who, in.Target))
		})
	route(s, operation("entitlements", http.MethodGet, "/targets/{target}/entitlements", "What a target can give, as the last look at it showed"),
		func(ctx context.Context, who approval.Actor, in *entitlementQuestion) (*answer[page[hub.SeenEntitlement]], error) {
			q := hub.EntitlementQuery{Target: in.Target, Search: in.Q}
			return paging(in.Paging, question("entitlements", in.Target, in.Q), func(after string, limit int) (hub.Page[hub.SeenEntitlement], error) {
				q.After, q.Limit = after, limit
				return s.Hub.Entitlements(ctx, who, q)
			})
		})
	route(s, operation("check-targets", http.MethodPost, "/targets/check", "Ask targets about connection and rights; changes nothing"),
		func(ctx context.Context, who approval.Actor, in *probing) (*answer[items[hub.Check]], error) {
			return listing(s.Hub.CheckTargets(ctx, who, in.Body.Names))
		})
	route(s, operation("read-catalog", http.MethodPost, "/targets/catalog", "Ask targets what they can give, and how many hold each"),
		func(ctx context.Context, who approval.Actor, in *probing) (*answer[items[hub.TargetEntitlement]], error) {
			found, err := s.Hub.Catalog(ctx, who, in.Body.Names)
			return listing(found, spokenOf(err))
		})
}

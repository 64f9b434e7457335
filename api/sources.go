package api

import (
	"context"
	"net/http"
	"time"

	"birthright/grants/approval"
	"birthright/hub"
)

type sourceDesk interface {
	AllSources(ctx context.Context, a approval.Actor) ([]hub.Source, error)
	Source(ctx context.Context, a approval.Actor, name string) (hub.SourceDetail, error)
	CheckSources(ctx context.Context, a approval.Actor, names []string) ([]hub.Check, error)
	Conversations(ctx context.Context, a approval.Actor, q hub.ConversationQuery) ([]hub.Conversation, error)
	Facts(ctx context.Context, a approval.Actor, source string) ([]hub.Fact, error)
}

// SourcePath names a source.
type SourcePath struct {
	Source string `path:"source" maxLength:"256"`
}

// talkQuestion selects what a source said.
type talkQuestion struct {
	SourcePath
	Failed bool      `query:"failed" doc:"only requests that were refused or failed"`
	Since  time.Time `query:"since" doc:"only from then on"`
	Limit  int       `query:"limit" minimum:"0" maximum:"10000" default:"50" doc:"so many of the newest; 0 for all that are kept"`
}

type factQuestion struct {
	Source string `query:"source" maxLength:"256"`
}

func (s *server) mountSources() {
	route(s, operation("sources", http.MethodGet, "/sources", "The sources, and when each of them was last heard"),
		func(ctx context.Context, who approval.Actor, _ *struct{}) (*answer[items[hub.Source]], error) {
			return listing(s.Hub.AllSources(ctx, who))
		})
	route(s, operation("source", http.MethodGet, "/sources/{source}", "One source, and what is held of it"),
		func(ctx context.Context, who approval.Actor, in *SourcePath) (*answer[hub.SourceDetail], error) {
			return answering(s.Hub.Source(ctx, who, in.Source))
		})
	route(s, operation("conversations", http.MethodGet, "/sources/{source}/conversations", "What a source that pushes said last, the newest last; secrets are masked"),
		func(ctx context.Context, who approval.Actor, in *talkQuestion) (*answer[items[hub.Conversation]], error) {
			return listing(s.Hub.Conversations(ctx, who, hub.ConversationQuery{Source: in.Source, Failed: in.Failed, Since: in.Since, Limit: in.Limit}))
		})
	route(s, operation("check-sources", http.MethodPost, "/sources/check", "Ask sources about connection and rights"),
		func(ctx context.Context, who approval.Actor, in *probing) (*answer[items[hub.Check]], error) {
			return listing(s.Hub.CheckSources(ctx, who, in.Body.Names))
		})
	route(s, operation("facts", http.MethodGet, "/facts", "Shifts and tickets: whose they are, and whether they hold"),
		func(ctx context.Context, who approval.Actor, in *factQuestion) (*answer[items[hub.Fact]], error) {
			return listing(s.Hub.Facts(ctx, who, in.Source))
		})
}

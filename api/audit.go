package api

import (
	"context"
	"io"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"birthright/audit"
	"birthright/grants/approval"
	"birthright/hub"
)

type auditDesk interface {
	AuditRecords(ctx context.Context, a approval.Actor, q hub.AuditQuery) (hub.Page[audit.Record], error)
	VerifyAudit(ctx context.Context, a approval.Actor) (audit.Verdict, error)
	ExportAudit(ctx context.Context, a approval.Actor, w io.Writer) error
}

// auditQuestion selects records of the log.
type auditQuestion struct {
	Paging
	Since   time.Time `query:"since" doc:"done at this time or later"`
	Until   time.Time `query:"until" doc:"done before this time"`
	Actor   string    `query:"actor" maxLength:"256" example:"user:ada"`
	Action  string    `query:"action" maxLength:"128" example:"change.outcome"`
	Subject string    `query:"subject" maxLength:"256" example:"user:ada"`
	Run     string    `query:"run" maxLength:"64"`
}

func (s *server) mountAudit() {
	route(s, operation("audit", http.MethodGet, "/audit", "What was done, newest first"),
		func(ctx context.Context, who approval.Actor, in *auditQuestion) (*answer[page[audit.Record]], error) {
			q := hub.AuditQuery{Since: in.Since, Until: in.Until, Actor: in.Actor, Action: in.Action, Subject: in.Subject, Run: in.Run}
			asked := question("audit", in.Since.Format(time.RFC3339Nano), in.Until.Format(time.RFC3339Nano), in.Actor, in.Action, in.Subject, in.Run)
			return paging(in.Paging, asked, func(after string, limit int) (hub.Page[audit.Record], error) {
				q.After, q.Limit = after, limit
				return s.Hub.AuditRecords(ctx, who, q)
			})
		})
	route(s, operation("audit-verify", http.MethodGet, "/audit/verify", "Whether nobody changed the log; reads all of it"),
		func(ctx context.Context, who approval.Actor, _ *struct{}) (*answer[audit.Verdict], error) {
			return answering(s.Hub.VerifyAudit(ctx, who))
		})
	route(s, streamed(operation("audit-export", http.MethodGet, "/audit/export", "The whole log, one JSON object a line, for checking offline"), linesType),
		func(ctx context.Context, who approval.Actor, _ *struct{}) (*huma.StreamResponse, error) {
			d, err := spooled("audit.jsonl", linesType, func(w io.Writer) error { return s.Hub.ExportAudit(ctx, who, w) })
			if err != nil {
				return nil, err
			}
			return d.answer(s)
		})
}
